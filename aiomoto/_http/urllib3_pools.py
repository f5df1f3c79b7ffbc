"""urllib3 asked for something at AWS without an SDK, and with it all that sends over urllib3.

A request that is for Moto gets a pool of its own, whose one connection leads there. So urllib3 itself serialises it,
retries, follows redirects, parses the response and words its errors. What an SDK's session sends comes here only where
Moto's ``passthrough`` lets it out, and passes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from http.client import RemoteDisconnected
from io import RawIOBase
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, connection_from_url
from urllib3.connection import HTTPConnection

from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.http1 import RequestReader
from aiomoto._http.urllib3_delivery import Incoming, ResponseFile
from aiomoto._http.urllib3_failures import Timeouts, library_error
from aiomoto._places import argument
from aiomoto._wire.delivery import Delivery
from aiomoto._wire.failures import FailureKind, WireFailure, os_error
from aiomoto._wire.message import on_wire

# The library that sends, for the log of calls.
sent_by: ContextVar[str] = ContextVar("aiomoto_sent_by", default="urllib3")


def _urlopen(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def urlopen(self: Any, *args: Any, **kwargs: Any) -> Any:
        method, url = argument(args, kwargs, 0, "method"), _absolute_url(self, argument(args, kwargs, 1, "url"))
        headers = args[3] if len(args) > 3 else kwargs.get("headers")
        pairs = (self.headers if headers is None else headers).items()
        exchange = plain_requests.exchange_for(plain_requests.head_of(method, url, pairs))
        pool = self if exchange is None else _pool_like(self, exchange, url)
        return original(pool, *args, **kwargs)

    return urlopen


REPLACEMENTS = ((HTTPConnectionPool, "urlopen", _urlopen),)

_PORTS = {"http": 80, "https": 443}


def _absolute_url(pool: Any, url: str) -> str:
    # It is absolute already where it is for a proxy, or a redirect.
    if not url.startswith("/"):
        return url
    host = f"[{pool.host}]" if ":" in pool.host else pool.host
    port = "" if pool.port in (None, _PORTS.get(pool.scheme)) else f":{pool.port}"
    return f"{pool.scheme}://{host}{port}{url}"


def _pool_like(pool: Any, exchange: Exchange, url: str) -> HTTPConnectionPool:
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
        # The one that a Host header leaves out.
        self.default_port = _PORTS[urlsplit(url).scheme]  # type: ignore[misc]

    def connect(self) -> None:
        """Be connected."""
        # urllib3 has put the time to connect in here, and gives the socket the time to read afterwards.
        self.sock: Any = _Socket(*self._to_moto, connect_timeout=self.timeout)


class _MotoPool(HTTPConnectionPool):
    ConnectionCls = _MotoConnection
    stands_for: HTTPConnectionPool

    def __str__(self) -> str:
        """What errors call it."""
        return str(self.stands_for)


class _Broken(RawIOBase):
    """A response that is an error as soon as it is read."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raise the error."""
        raise self._error from None


class _Socket:
    """What ``http.client`` and urllib3 ask of a socket: it takes a request, and gives the response."""

    def __init__(self, exchange: Exchange, url: str, *, connect_timeout: float | None) -> None:
        self._exchange = exchange
        self._url = url
        self._connect_timeout = connect_timeout
        self._request = RequestReader()
        self._patience: float | None = None

    def settimeout(self, seconds: float | None) -> None:
        """Wait no longer than so many seconds for the response."""
        self._patience = seconds

    def sendall(self, data: Any) -> None:
        """Take the next piece of the request."""
        self._request.feed(data)

    def makefile(self, *args: Any, **kwargs: Any) -> ResponseFile:
        """The response, as a file."""
        # An error too is read: without its file http.client's response cannot be closed, and Python says so.
        try:
            return self._response()
        except WireFailure as failure:
            return ResponseFile(_Broken(self._error(failure.kind)))
        except Exception as error:
            return ResponseFile(_Broken(error))

    def _response(self) -> ResponseFile:
        wire = self._request.request(self._url)
        reply = on_wire(self._exchange.answer(wire, sent_by.get(), self._patience), wire)
        pieces = (reply.delivery or Delivery()).pieces(reply.body)
        return ResponseFile(Incoming(reply.head(), pieces, self._patience))

    def _error(self, kind: FailureKind) -> Exception:
        # urllib3 has its own words for what happens on an open connection.
        if kind == "disconnect":
            return RemoteDisconnected("Remote end closed connection without response")
        if kind in ("read_timeout", "reset"):
            return os_error(kind)
        pool = connection_from_url(self._url)
        return library_error(kind, self._url, Timeouts(self._connect_timeout, self._patience), pool)

    def shutdown(self, how: int) -> None:
        """There is nothing to end."""

    def close(self) -> None:
        """There is nothing to close."""
