"""The ways in which a connection fails, in no library's terms."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Literal

FailureKind = Literal["connect_error", "connect_timeout", "disconnect", "dns", "read_timeout", "reset", "tls"]


class WireFailure(Exception):
    """No answer, or no more of it, arrives. Each session raises what its own library raises then.

    Attributes:
        kind: what has happened to the connection.
    """

    def __init__(self, kind: FailureKind) -> None:
        super().__init__(kind)
        self.kind = kind


def os_error(kind: FailureKind) -> OSError:
    """What the operating system, or OpenSSL, says of a failure; the end of a stream where it says nothing."""
    match kind:
        case "connect_error":
            return ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        case "connect_timeout" | "read_timeout":
            return TimeoutError("timed out")
        case "dns":
            return socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        case "tls":
            reason = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"
            return ssl.SSLCertVerificationError(1, reason)
        case "reset":
            return ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    return ConnectionError("the connection was closed")
