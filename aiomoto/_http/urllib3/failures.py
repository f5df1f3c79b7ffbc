"""The errors of urllib3 for failed connections, and botocore's errors for these."""

from __future__ import annotations

import errno
import socket
from http.client import HTTPException, RemoteDisconnected
from ssl import CertificateError
from ssl import SSLError as SystemSSLError
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool, AWSPreparedRequest
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
    """The seconds that a client waits for a connection and for data; ``None`` means no limit."""

    connect: float | None
    read: float | None


def library_error(kind: FailureKind, url: str, timeouts: Timeouts, pool: Any = None) -> exceptions.HTTPError:
    """Return the error that urllib3 raises for a failed request to a URL. The pool in it is botocore's by default."""
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
    """Return the error that urllib3 raises if a request's body raises one (``HTTPConnectionPool.urlopen``)."""
    if isinstance(error, BrokenPipeError) or getattr(error, "errno", None) in _SERVER_HUNG_UP:
        # urllib3 takes this for a server that has closed the connection, and waits for the response it may have sent.
        return library_error("read_timeout", url, timeouts)
    if isinstance(error, (SystemSSLError, CertificateError)):
        return exceptions.SSLError(error)
    if isinstance(error, (OSError, HTTPException)):
        return exceptions.ProtocolError("Connection aborted.", error)
    return error


_SERVER_HUNG_UP = (errno.EPROTOTYPE, errno.ECONNRESET)


def client_error(error: Exception, request: AWSPreparedRequest) -> HTTPClientError:
    """Return botocore's error for an error of urllib3 or of a request's body (``URLLib3Session.send``)."""
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
    """Create an empty connection pool like that of botocore's session for a URL."""
    split = urlsplit(url)
    if split.scheme == "https":
        return AWSHTTPSConnectionPool(split.hostname, split.port or 443)
    return AWSHTTPConnectionPool(split.hostname, split.port or 80)


def path_of(url: str) -> str:
    """Return the part of a URL that goes into the request line."""
    return urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl()
