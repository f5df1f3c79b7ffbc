"""Answer requests to AWS that are sent with urllib3 and without an SDK, also by libraries on top of urllib3.

A request to Moto gets its own pool with one connection, which leads to Moto. urllib3 itself serialises the request,
retries, follows redirects, parses the response and raises its own errors. Requests of SDK sessions get here only if
they pass through, and pass through here as well.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from http.client import RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, connection_from_url
from urllib3.connection import HTTPConnection

from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.moto_socket import MotoRoute, MotoSocket, logging_broken_bodies
from aiomoto._http.urllib3.failures import Timeouts, library_error
from aiomoto._patching.places import argument
from aiomoto._wire.failures import FailureKind, os_error

# The library that sends, for the call log.
sent_by: ContextVar[str] = ContextVar("aiomoto_sent_by", default="urllib3")


def _urlopen(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def urlopen(self: Any, *args: Any, **kwargs: Any) -> Any:
        method, url = argument(args, kwargs, 0, "method"), _absolute_url(self, argument(args, kwargs, 1, "url"))
        headers = args[3] if len(args) > 3 else kwargs.get("headers")
        pairs = (self.headers if headers is None else headers).items()
        head = plain_requests.head_of(method, url, pairs)
        exchange = plain_requests.exchange_for(head)
        if exchange is not None:
            return original(_pool_like(self, exchange, url), *args, **kwargs)
        with plain_requests.passing(head):
            return original(self, *args, **kwargs)

    return urlopen


REPLACEMENTS = ((HTTPConnectionPool, "urlopen", _urlopen),)

_PORTS = {"http": 80, "https": 443}


def _absolute_url(pool: HTTPConnectionPool, url: str) -> str:
    # It is absolute already if it is for a proxy, or from a redirect.
    if not url.startswith("/"):
        return url
    host = f"[{pool.host}]" if ":" in pool.host else pool.host
    port = "" if pool.port in (None, _PORTS.get(pool.scheme)) else f":{pool.port}"
    return f"{pool.scheme}://{host}{port}{url}"


def _pool_like(pool: HTTPConnectionPool, exchange: Exchange, url: str) -> HTTPConnectionPool:
    own = _MotoPool(
        pool.host, pool.port, pool.timeout, headers=pool.headers, retries=pool.retries, exchange=exchange, url=url
    )
    own.scheme = pool.scheme
    own.stands_for = pool
    return own


class _MotoConnection(HTTPConnection):
    """A connection to Moto, for one request to one URL."""

    def __init__(self, *args: Any, exchange: Exchange, url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._to_moto = exchange, url
        # The port that is omitted from a Host header.
        self.default_port = _PORTS[urlsplit(url).scheme]  # type: ignore[misc]

    def connect(self) -> None:
        """Open the in-process connection."""
        # urllib3 has set this to the connect timeout, and sets the socket's read timeout later.
        exchange, url = self._to_moto
        connect_timeout = self.timeout

        def error(kind: FailureKind, timeout: float | None) -> Exception:
            return _error(kind, url, Timeouts(connect_timeout, timeout))

        self.sock: Any = MotoSocket(MotoRoute(exchange, lambda _: url, sent_by.get(), error, is_decided=True))

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request."""
        with logging_broken_bodies(self):
            super().request(*args, **kwargs)

    def request_chunked(self, *args: Any, **kwargs: Any) -> None:
        """Send a request of unknown length. Only urllib3 1.26 calls this."""
        with logging_broken_bodies(self):
            super().request_chunked(*args, **kwargs)

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        """Begin the request; connect first if need be."""
        if self.sock is None:
            self.connect()
        super().putrequest(*args, **kwargs)


def _error(kind: FailureKind, url: str, timeouts: Timeouts) -> Exception:
    # urllib3 itself wraps the errors of an open connection.
    if kind == "disconnect":
        return RemoteDisconnected("Remote end closed connection without response")
    if kind in ("read_timeout", "reset"):
        return os_error(kind)
    return library_error(kind, url, timeouts, connection_from_url(url))


class _MotoPool(HTTPConnectionPool):
    ConnectionCls = _MotoConnection
    stands_for: HTTPConnectionPool

    def __str__(self) -> str:
        """Name the pool that it stands for in errors."""
        return str(self.stands_for)
