"""How connections fail, independent of any HTTP library."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Literal

FailureKind = Literal["connect_error", "connect_timeout", "disconnect", "dns", "read_timeout", "reset", "tls"]


class WireFailure(Exception):
    """The connection failed: no response arrives, or no more of it. Each session translates it for its own library.

    Attributes:
        kind: how the connection failed.
        reason: why, for messages; empty if the kind says it.
    """

    def __init__(self, kind: FailureKind, reason: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.reason = reason


def os_error(kind: FailureKind) -> OSError:
    """The error that the operating system or OpenSSL raises for a failure; for ``"disconnect"`` a ConnectionError."""
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
