"""Answer requests to AWS in httpcore and httpcore2, the connection pools below httpx.

Most requests of httpx are answered in its transports. Those that get here bypass aiomoto's patches of these: they come
from another mock that calls the originals, from a function that somebody has wrapped around a transport's, or from code
that uses httpcore itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from inspect import signature
from types import ModuleType
from typing import Any

from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.httpx.failures import library_error, sync_library_error
from aiomoto._http.httpx.response import core_response_for
from aiomoto._http.httpx.writer import Writer
from aiomoto._http.sending import Sending
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, framed

# Each package, and its name in the call log.
PACKAGES = {"httpcore": "httpx", "httpcore2": "httpx2"}


def targets(httpcore: ModuleType) -> tuple[Target, ...]:
    """List what to replace in one of the two packages."""
    return (
        (httpcore.ConnectionPool, "handle_request", partial(_answering, httpcore)),
        (httpcore.AsyncConnectionPool, "handle_async_request", partial(_answering_async, httpcore)),
    )


def _answering(httpcore: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def handle_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        request = argument(args, kwargs, 0, "request")
        head = _head_of(request)
        exchange = _exchange_for(httpcore, head, original)
        if exchange is None:
            with plain_requests.passing(head):
                return original(self, *args, **kwargs)
        with Sending(exchange, head, PACKAGES[httpcore.__name__]):
            wire = replace(head, body=Writer(httpcore, request).body(request.stream))
        try:
            wire_response = exchange.answer(wire, PACKAGES[httpcore.__name__], _read_timeout(request))
        except WireFailure as failure:
            error = sync_library_error(failure.kind, request)
            raise error from error.__cause__
        return core_response_for(httpcore, framed(wire_response, wire), request, _read_timeout(request))

    return _with_signature(handle_request, original)


def _answering_async(httpcore: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def handle_async_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        request = argument(args, kwargs, 0, "request")
        head = _head_of(request)
        exchange = _exchange_for(httpcore, head, original)
        if exchange is None:
            with plain_requests.passing(head):
                return await original(self, *args, **kwargs)
        with Sending(exchange, head, PACKAGES[httpcore.__name__]):
            wire = replace(head, body=await Writer(httpcore, request).body_async(request.stream))
        try:
            wire_response = await exchange.answer_async(wire, PACKAGES[httpcore.__name__], _read_timeout(request))
        except WireFailure as failure:
            error = library_error(failure.kind, request)
            raise error from error.__cause__
        return core_response_for(httpcore, framed(wire_response, wire), request, _read_timeout(request))

    return _with_signature(handle_async_request, original)


def _with_signature(replacement: Any, original: Any) -> Callable[..., Any]:
    # respx reads the names of the parameters without following __wrapped__.
    replacement.__signature__ = signature(original)
    return replacement  # type: ignore[no-any-return]


def _exchange_for(httpcore: Any, head: WireRequest, original: Any) -> Exchange | None:
    return plain_requests.exchange_for(head, beside_other_mock=not plain_requests.is_of(original, httpcore.__name__))


def _head_of(request: Any) -> WireRequest:
    url = request.url
    host = url.host.decode("ascii")
    authority = f"[{host}]" if ":" in host else host
    port = "" if url.port is None else f":{url.port}"
    target = url.target.decode("ascii")
    return plain_requests.head_of(request.method, f"{url.scheme.decode()}://{authority}{port}{target}", request.headers)


def _read_timeout(request: Any) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds
