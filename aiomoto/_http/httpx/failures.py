"""The errors of httpx and httpcore for failed connections, and aiobotocore's errors for these."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

from aiobotocore import httpxsession
from aiobotocore.httpxsession import httpx
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

from aiomoto import _loops
from aiomoto._wire.failures import FailureKind, os_error

# Since 3.9 aiobotocore looks for a TLS error in the causes of a ConnectError.
_FINDS_TLS_ERRORS = hasattr(httpxsession, "_find_ssl_error")


def library_error(kind: FailureKind, request: Any) -> Any:
    """Return the error that httpx or httpx2 raises for a failed request on the running event loop."""
    on_trio = _loops.on_trio()
    match kind:
        case "connect_timeout":
            return _error("ConnectTimeout", "", request)
        case "read_timeout":
            return _error("ReadTimeout", "", request)
        case "disconnect":
            return _error("RemoteProtocolError", "Server disconnected without sending a response.", request)
        case "reset":
            return _error("ReadError", f"socket connection broken: {os_error(kind)}" if on_trio else "", request)
        case "dns":
            return _error("ConnectError", str(os_error(kind)), request)
        case "tls":
            cause = os_error(kind)
            error = _error("ConnectError", "" if on_trio else str(cause), request)
            error.__cause__ = cause
            return error
    address = _address_of(request.url)
    message = f"all attempts to connect to {address} failed" if on_trio else "All connection attempts failed"
    return _error("ConnectError", message, request)


def sync_library_error(kind: FailureKind, request: Any) -> Any:
    """Return the error that httpx raises for a failed request of a synchronous client: with the system's message."""
    if kind == "disconnect":
        return library_error(kind, request)
    error = _error(_SYNC_ERRORS[kind], str(os_error(kind)), request)
    error.__cause__ = os_error(kind)
    return error


_SYNC_ERRORS = {
    "connect_error": "ConnectError",
    "connect_timeout": "ConnectTimeout",
    "dns": "ConnectError",
    "read_timeout": "ReadTimeout",
    "reset": "ReadError",
    "tls": "ConnectError",
}


def _error(name: str, message: str, request: Any) -> Any:
    package = sys.modules[type(request).__module__.partition(".")[0]]
    # The errors of httpx take their request, those of httpcore do not.
    arguments = {"request": request} if hasattr(package, "RequestError") else {}
    return getattr(package, name)(message, **arguments)


def _address_of(url: Any) -> str:
    host = url.host.decode() if isinstance(url.host, bytes) else url.host
    return f"{host}:{url.port or (443 if url.scheme in ('https', b'https') else 80)}"


def body_error(kind: FailureKind, request: Any, received: int, expected: int, *, is_sync: bool) -> Any:
    """Return the error that httpx raises if a response ends after some bytes of its body."""
    if kind != "disconnect":
        return (sync_library_error if is_sync else library_error)(kind, request)
    message = "peer closed connection without sending complete message body"
    return _error("RemoteProtocolError", f"{message} (received {received} bytes, expected {expected})", request)


def client_error(error: Exception, url: str) -> HTTPClientError:
    """Return aiobotocore's error for an error of httpx or of a request's body (``HttpxSession.send``)."""
    if isinstance(error, httpx.ConnectError):
        if _FINDS_TLS_ERRORS and error.__cause__ is not None:
            return SSLError(endpoint_url=url, error=error.__cause__)
        return EndpointConnectionError(endpoint_url=url, error=error)
    if isinstance(error, socket.gaierror):
        return EndpointConnectionError(endpoint_url=url, error=error)
    if isinstance(error, (asyncio.TimeoutError, httpx.ReadTimeout)):
        return ReadTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, httpx.TimeoutException):
        return ConnectTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, httpx.CloseError):
        return ConnectionClosedError(endpoint_url=url, error=error)
    return HTTPClientError(error=error)
