"""What urllib3 raises when a connection fails, and what botocore makes of that."""

from __future__ import annotations

import errno
import socket
from http.client import HTTPException, RemoteDisconnected
from ssl import CertificateError
from ssl import SSLError as SystemSSLError
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from urllib3 import exceptions

from aiomoto._wire.failures import FailureKind, os_error


class Timeouts(NamedTuple):
    """The seconds that a client waits to be connected, and for data; ``None`` for ever."""

    connect: float | None
    read: float | None


def library_error(kind: FailureKind, url: str, timeouts: Timeouts, pool: Any = None) -> exceptions.HTTPError:
    """The error with which urllib3 ends a request to a URL; it names the pool, which is botocore's by default."""
    pool = pool or pool_for(url)
    cause = os_error(kind)
    match kind:
        case "read_timeout":
            message = f"Read timed out. (read timeout={timeouts.read})"
            return exceptions.ReadTimeoutError(pool, path_of(url), message)
        case "disconnect":
            closed = RemoteDisconnected("Remote end closed connection without response")
            return exceptions.ProtocolError("Connection aborted.", closed)
        case "reset":
            return exceptions.ProtocolError("Connection aborted.", cause)
        case "tls":
            return exceptions.SSLError(cause)
    connection = pool.ConnectionCls(pool.host, pool.port)
    if kind == "connect_timeout":
        message = f"Connection to {pool.host} timed out. (connect timeout={timeouts.connect})"
        return exceptions.ConnectTimeoutError(connection, message)
    if kind == "dns" and hasattr(exceptions, "NameResolutionError"):  # since urllib3 2
        return exceptions.NameResolutionError(pool.host, connection, cause)  # type: ignore[arg-type]
    return exceptions.NewConnectionError(connection, f"Failed to establish a new connection: {cause}")


def sending_error(error: Exception, url: str, timeouts: Timeouts) -> Exception:
    """The error with which urllib3 ends a request whose body has raised one (``HTTPConnectionPool.urlopen``)."""
    if isinstance(error, BrokenPipeError) or getattr(error, "errno", None) in _AFTER_AN_ANSWER:
        # Taken for a server that has hung up, and may have answered before it did: urllib3 looks for that.
        return library_error("read_timeout", url, timeouts)
    if isinstance(error, (SystemSSLError, CertificateError)):
        return exceptions.SSLError(error)
    if isinstance(error, (OSError, HTTPException)):
        return exceptions.ProtocolError("Connection aborted.", error)
    return error


_AFTER_AN_ANSWER = (errno.EPROTOTYPE, errno.ECONNRESET)


def client_error(error: Exception, request: Any) -> HTTPClientError:
    """The error that botocore's session raises for one of urllib3's, or of a body's (``URLLib3Session.send``)."""
    url = request.url
    if isinstance(error, exceptions.SSLError):
        return SSLError(endpoint_url=url, error=error)
    if isinstance(error, (exceptions.NewConnectionError, socket.gaierror)):
        return EndpointConnectionError(endpoint_url=url, error=error)
    if isinstance(error, exceptions.ConnectTimeoutError):
        return ConnectTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, exceptions.ReadTimeoutError):
        return ReadTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, exceptions.ProtocolError):
        return ConnectionClosedError(error=error, request=request, endpoint_url=url)
    return HTTPClientError(error=error)


def pool_for(url: str) -> Any:
    """A connection pool as botocore's session would have for a URL, with no connection in it."""
    split = urlsplit(url)
    if split.scheme == "https":
        return AWSHTTPSConnectionPool(split.hostname, split.port or 443)
    return AWSHTTPConnectionPool(split.hostname, split.port or 80)


def path_of(url: str) -> str:
    """What of a URL goes into the request line."""
    return urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl()
