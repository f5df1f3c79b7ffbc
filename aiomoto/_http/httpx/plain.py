"""Answer requests to AWS that are sent with httpx or httpx2 and without an SDK, synchronous or asynchronous.

A client passes each request to a transport. While a mock is active, the two transports that use a network get responses
from Moto. Redirects, cookies and hooks are handled above them. Below is httpcore, which respx patches.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.httpx.failures import library_error, sync_library_error
from aiomoto._http.httpx.response import response_for
from aiomoto._http.httpx.writer import Writer
from aiomoto._http.pool import Lease, NoConnectionError, lease_timeout, pool_of
from aiomoto._http.sending import Sending
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, framed

# Each package, and the one with its connection pools.
PACKAGES = {"httpx": "httpcore", "httpx2": "httpcore2"}

_POOLS = {"handle_request": "ConnectionPool", "handle_async_request": "AsyncConnectionPool"}


def targets(httpx: ModuleType) -> tuple[Target, ...]:
    """List what to replace in one of the two packages."""
    return (
        (httpx.HTTPTransport, "handle_request", partial(_answering, httpx)),
        (httpx.AsyncHTTPTransport, "handle_async_request", partial(_answering_async, httpx)),
        # A client that is used as a context manager does not call close(), but leaves its transport.
        (httpx.HTTPTransport, "close", _closing),
        (httpx.HTTPTransport, "__exit__", _closing),
        (httpx.AsyncHTTPTransport, "aclose", _closing),
        (httpx.AsyncHTTPTransport, "__aexit__", _closing),
    )


# The bodies that have not arrived completely, by their transports.
_streaming: WeakKeyDictionary[Any, WeakSet[Any]] = WeakKeyDictionary()


def _closing(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def close(self: Any, *args: Any, **kwargs: Any) -> Any:
        for body in _streaming.pop(self, ()):
            body.hang_up()
        return original(self, *args, **kwargs)

    return close


def _streamed(transport: Any, response: Any) -> Any:
    if hasattr(response.stream, "hang_up"):  # scripted bodies have none: they end by themselves
        _streaming.setdefault(transport, WeakSet()).add(response.stream)
    return response


def _answering(httpx: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def handle_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        request = argument(args, kwargs, 0, "request")
        head = _head_of(request)
        exchange = _exchange_for(httpx, head, original, "handle_request")
        if exchange is not None and _is_answered_below(self, httpx, original, "handle_request"):
            return original(self, *args, **kwargs)
        if exchange is None:
            with plain_requests.passing(head):
                return original(self, *args, **kwargs)
        with Sending(exchange, head, httpx.__name__):
            wire = replace(head, body=Writer(httpx, request).body(request.stream))
        try:
            wire_response = exchange.answer(wire, httpx.__name__, _timeouts(request).get("read"))
        except WireFailure as failure:
            error = sync_library_error(failure.kind, request)
            raise error from error.__cause__
        read_timeout = _timeouts(request).get("read")
        return _streamed(self, response_for(httpx, framed(wire_response, wire), request, read_timeout))

    return handle_request


def _answering_async(httpx: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def handle_async_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        request = argument(args, kwargs, 0, "request")
        head = _head_of(request)
        exchange = _exchange_for(httpx, head, original, "handle_async_request")
        if exchange is not None and _is_answered_below(self, httpx, original, "handle_async_request"):
            return await original(self, *args, **kwargs)
        if exchange is None:
            with plain_requests.passing(head):
                return await original(self, *args, **kwargs)
        lease = await _lease(self, exchange, head, request)
        try:
            with Sending(exchange, head, httpx.__name__):
                wire = replace(head, body=await Writer(httpx, request).body_async(request.stream))
            wire_response = await exchange.answer_async(wire, httpx.__name__, _timeouts(request).get("read"))
        except BaseException as failure:
            lease.end()
            if isinstance(failure, WireFailure):
                error = library_error(failure.kind, request)
                raise error from error.__cause__
            raise
        lease.begin_body(exchange, wire)
        read_timeout = _timeouts(request).get("read")
        return _streamed(self, response_for(httpx, framed(wire_response, wire), request, read_timeout, lease))

    return handle_async_request


def _exchange_for(httpx: Any, head: WireRequest, original: Any, method: str) -> Exchange | None:
    return plain_requests.exchange_for(head, beside_other_mock=_is_mocked(httpx.__name__, original, method))


def _is_mocked(package: str, original: Any, method: str) -> bool:
    # pytest-httpx replaces the methods of transports, respx those of the pools below.
    pools_own = getattr(_pool_class(package, method), method, None)
    is_pool_mocked = pools_own is not None and not plain_requests.is_of(pools_own, PACKAGES[package])
    return is_pool_mocked or not plain_requests.is_of(original, package)


def _is_answered_below(transport: Any, httpx: Any, original: Any, method: str) -> bool:
    """Tell whether httpcore's pool answers a request, so that a function that wraps httpx's own sees the response."""
    if not hasattr(original, "__wrapped__") or _is_mocked(httpx.__name__, original, method):
        return False
    pool_class = _pool_class(httpx.__name__, method)
    return pool_class is not None and isinstance(getattr(transport, "_pool", None), pool_class)


def _pool_class(package: str, method: str) -> Any:
    return getattr(sys.modules.get(PACKAGES[package]), _POOLS[method], None)


def _head_of(request: Any) -> WireRequest:
    return plain_requests.head_of(request.method, str(request.url), request.headers.items())


def _timeouts(request: Any) -> dict[str, float | None]:
    """The seconds of ``httpx.Timeout``, by its names."""
    timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeouts


async def _lease(transport: Any, exchange: Exchange, head: WireRequest, request: Any) -> Lease:
    """Wait for a connection, if as many are in use as the transport's limits allow.

    Raises:
        PoolTimeout: none has become free.
    """
    pool = pool_of(transport, lambda: _size_of(transport))
    timeouts = [seconds for name in ("connect", "pool") if (seconds := _timeouts(request).get(name)) is not None]
    lease_seconds = lease_timeout(min(timeouts, default=None), is_instant=exchange.slept is not None)
    try:
        return pool.lease_now(head) or await pool.lease(head, lease_seconds)
    except NoConnectionError as error:
        package = sys.modules[type(request).__module__.partition(".")[0]]
        exchange.log_broken(head, package.__name__, error)
        raise package.PoolTimeout(str(error), request=request) from None


def _size_of(transport: Any) -> int:
    # httpx keeps its limits in httpcore's pool only, where a test's transport may have another.
    size = getattr(getattr(transport, "_pool", None), "_max_connections", 0)
    return size if isinstance(size, int) and size < sys.maxsize else 0
