"""What httpx raises when a connection fails, and what aiobotocore makes of that."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

from aiobotocore import httpxsession
from aiobotocore.httpxsession import httpx
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

from aiomoto import _loops
from aiomoto._wire.failures import FailureKind, os_error

# aiobotocore looks for the TLS error below httpx's since 3.9; before that it is any failed connection.
_FINDS_TLS_ERRORS = hasattr(httpxsession, "_find_ssl_error")


def library_error(kind: FailureKind, request: Any) -> Any:
    """The error with which httpx, or httpx2, ends one of its own requests, on the loop that is running."""
    httpx = _package_of(request)
    on_trio = _loops.on_trio()
    match kind:
        case "connect_timeout":
            return httpx.ConnectTimeout("", request=request)
        case "read_timeout":
            return httpx.ReadTimeout("", request=request)
        case "disconnect":
            return httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        case "reset":
            return httpx.ReadError(f"socket connection broken: {os_error(kind)}" if on_trio else "", request=request)
        case "dns":
            return httpx.ConnectError(str(os_error(kind)), request=request)
        case "tls":
            cause = os_error(kind)
            error = httpx.ConnectError("" if on_trio else str(cause), request=request)
            error.__cause__ = cause
            return error
    url = urlsplit(str(request.url))
    address = f"{url.hostname}:{url.port or (443 if url.scheme == 'https' else 80)}"
    message = f"all attempts to connect to {address} failed" if on_trio else "All connection attempts failed"
    return httpx.ConnectError(message, request=request)


def sync_library_error(kind: FailureKind, request: Any) -> Any:
    """The error with which httpx ends a request of a synchronous client, which has the system's own words."""
    if kind == "disconnect":
        return library_error(kind, request)
    error = getattr(_package_of(request), _SYNC_ERRORS[kind])(str(os_error(kind)), request=request)
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


def _package_of(request: Any) -> Any:
    return sys.modules[type(request).__module__.partition(".")[0]]


def body_error(kind: FailureKind, request: Any, received: int, expected: int, *, is_sync: bool) -> Any:
    """The error with which httpx ends a body of which some bytes have come in."""
    if kind != "disconnect":
        return (sync_library_error if is_sync else library_error)(kind, request)
    httpx = _package_of(request)
    message = "peer closed connection without sending complete message body"
    return httpx.RemoteProtocolError(f"{message} (received {received} bytes, expected {expected})", request=request)


def client_error(error: Any, url: str) -> HTTPClientError:
    """The error that aiobotocore's session raises for one of httpx's (``HttpxSession.send``)."""
    if isinstance(error, httpx.ConnectError):
        if _FINDS_TLS_ERRORS and error.__cause__ is not None:
            return SSLError(endpoint_url=url, error=error.__cause__)
        return EndpointConnectionError(endpoint_url=url, error=error)
    if isinstance(error, httpx.ReadTimeout):
        return ReadTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, httpx.TimeoutException):
        return ConnectTimeoutError(endpoint_url=url, error=error)
    return HTTPClientError(error=error)
