"""The errors of aiohttp for failed connections, and aiobotocore's errors for these."""

from __future__ import annotations

import asyncio
import errno
import inspect
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

from aiomoto._wire.failures import FailureKind, os_error

# Since 3.9.4 aiohttp wraps every error that a request body raises in its own.
_WRAPS_ERRORS_OF_BODIES = tuple(map(int, re.findall(r"\d+", aiohttp.__version__)[:3])) >= (3, 9, 4)

# Added in aiohttp 3.10 and 3.11; older versions raise their base classes.
_ConnectionTimeoutError = getattr(aiohttp, "ConnectionTimeoutError", aiohttp.ServerTimeoutError)
_SocketTimeoutError = getattr(aiohttp, "SocketTimeoutError", aiohttp.ServerTimeoutError)
_DNSError = getattr(aiohttp, "ClientConnectorDNSError", aiohttp.ClientConnectorError)


def library_error(kind: FailureKind, url: str) -> aiohttp.ClientError:
    """Return the error that aiohttp raises for a failed request to a URL."""
    match kind:
        case "connect_timeout":
            return _ConnectionTimeoutError(f"Connection timeout to host {url}")
        case "read_timeout":
            return _SocketTimeoutError("Timeout on reading data from socket")
        case "disconnect":
            return aiohttp.ServerDisconnectedError()
        case "reset":
            return aiohttp.ClientOSError(*os_error(kind).args)
    key = _connection_key(url)
    if kind == "tls":
        return aiohttp.ClientConnectorCertificateError(key, os_error(kind))
    if kind == "dns":
        return _DNSError(key, os_error(kind))
    # The message is asyncio's.
    refused = ConnectionRefusedError(errno.ECONNREFUSED, f"Connect call failed ('{key.host}', {key.port})")
    return aiohttp.ClientConnectorError(key, refused)


def sending_error(error: BaseException, url: str) -> BaseException:
    """Return the error that aiohttp raises if a request's body raises one (``ClientRequest.write_bytes``)."""
    if isinstance(error, OSError):
        if error.errno is None and isinstance(error, asyncio.TimeoutError):
            return error
        return aiohttp.ClientOSError(error.errno, f"Can not write request body for {url}")
    if isinstance(error, asyncio.CancelledError):
        return aiohttp.ClientOSError(None, "Connection closed")
    if not _WRAPS_ERRORS_OF_BODIES:
        return error
    return aiohttp.ClientConnectionError(f"Failed to send bytes into the underlying connection: {error!r}")


def client_error(error: Exception, request: AWSPreparedRequest) -> HTTPClientError:
    """Return aiobotocore's error for an error of aiohttp or of a request's body (``AIOHTTPSession.send``)."""
    url = request.url
    if isinstance(error, aiohttp.ClientSSLError):
        return SSLError(endpoint_url=url, error=error)
    if isinstance(error, (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError)):
        return ConnectionClosedError(error=error, request=request, endpoint_url=url)
    if isinstance(error, aiohttp.ServerTimeoutError):
        on_connecting = str(error).startswith("Connection")
        return (ConnectTimeoutError if on_connecting else ReadTimeoutError)(endpoint_url=url, error=error)
    if isinstance(error, (aiohttp.ClientConnectionError, socket.gaierror)):
        return EndpointConnectionError(endpoint_url=url, error=error)
    if isinstance(error, asyncio.TimeoutError):
        return ReadTimeoutError(endpoint_url=url, error=error)
    return HTTPClientError(error=error)


def no_connection_error(error: Exception, request: AWSPreparedRequest) -> HTTPClientError:
    """Return aiobotocore's error for a call that gets no connection of its pool. The message says why."""
    cause = _ConnectionTimeoutError(f"Connection timeout to host {request.url}")
    timeout = client_error(cause, request)
    timeout.args = (f"{timeout}: {error}",)
    return timeout


def _connection_key(url: str) -> Any:
    split = urlsplit(url)
    is_ssl = split.scheme == "https"
    port = split.port or (443 if is_ssl else 80)
    values: dict[str, Any] = {"host": split.hostname, "port": port, "is_ssl": is_ssl, "ssl": True}
    # The other fields concern proxies, and differ between versions.
    fields: Any = {name: values.get(name) for name in inspect.signature(ConnectionKey).parameters}
    return ConnectionKey(**fields)
