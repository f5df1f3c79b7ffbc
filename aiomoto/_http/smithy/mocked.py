"""The SDK's own transports inside a mock."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from types import ModuleType
from typing import Any
from weakref import WeakSet

from aiomoto import _guard, _live
from aiomoto._calls.left_open import OpenClient
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.overrides import passes_on
from aiomoto._http.smithy import exchanging
from aiomoto._http.smithy.exchanging import AIOHTTP, CRT, Kind
from aiomoto._http.smithy.failures import sdk_error
from aiomoto._http.smithy.request import head_of
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target
from aiomoto._wire.message import WireRequest


def hang_up(transport: Any) -> None:
    """Break off the bodies that have not come in, and note that the client is closed."""
    for connection in list(transport.streaming):
        connection.hang_up()
    if transport.open_client is not None:
        transport.open_client.closed()


@lru_cache(maxsize=16)
def _base(real: Any, kind: Any) -> Any:
    class Mocked(real):  # type: ignore[misc]  # one base only: an instance of the SDK's class becomes one of this
        """A transport that is created inside a mock. It works in later mocks, and never sends to AWS."""

        streaming: WeakSet[Any]
        open_client: OpenClient | None = None
        created_in: Exchange | None

        async def send(self, request: Any, *, request_config: Any = None) -> Any:
            """Answer one request, or refuse it if no mock is active any more."""
            head = head_of(request)
            if not exchanging.is_for_aws(head):
                return await super().send(request, request_config=request_config)
            try:
                exchange = _live.exchange_for(head, self, outlives_mock=False)
            except RequestBlockedError as error:
                raise sdk_error(error) from error
            response = await exchanging.respond(self, request, head, exchange, kind)
            if response is not None:
                return response
            with plain_requests.passing_through(head):
                return await super().send(request, request_config=request_config)

        async def close(self) -> None:
            """Close it. Bodies that have not come in are lost."""
            hang_up(self)
            await super().close()

        def __deepcopy__(self, memo: Any) -> Any:
            """Copy it. A copy that is made after the mock never sends to AWS either."""
            copied = super().__deepcopy__(memo)
            copied.streaming, copied.created_in = WeakSet(), self.created_in
            copied.__class__ = Mocked
            return copied

    Mocked.__name__, Mocked.__qualname__, Mocked.__module__ = real.__name__, real.__qualname__, real.__module__
    return Mocked


@lru_cache(maxsize=256)
def _mocked_class(own: Any, real: Any, kind: Kind) -> Any:
    """Return the class that a transport created inside a mock gets: ours is inserted below the user's own.

    Raises:
        RequestBlockedError: the class does not pass its requests on to the SDK's.
    """
    base = _base(real, kind)
    if issubclass(own, base):
        return own
    if own is real:
        return base
    if passes_on(own, real):
        body = {"__module__": own.__module__, "__qualname__": own.__qualname__}
        return type(own)(own.__name__, (own, base), body)
    raise RequestBlockedError(
        f"the transport {own.__qualname__!r} would bypass the mock: let its send() call super().send(request), or "
        f"derive it from smithy_http.aio.interfaces.HTTPClient instead of {real.__name__} if it sends nothing itself"
    )


def _init(original: Callable[..., Any], real: type, kind: Kind) -> Callable[..., Any]:
    @wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        own: Any = type(self)
        exchange = _live.current()
        mocked = _mocked_class(own, real, kind) if exchange is not None else None
        original(self, *args, **kwargs)
        if mocked is not None:
            self.streaming = WeakSet()
            self.created_in = exchange
            self.__class__ = mocked

    return __init__


def _send(original: Callable[..., Any], kind: Kind) -> Callable[..., Any]:
    @wraps(original)
    async def send(self: Any, *args: Any, **kwargs: Any) -> Any:
        request, exchange = argument(args, kwargs, 0, "request"), _live.current()
        if exchange is None:
            if _guard.guards:
                _check(head_of(request))
            return await original(self, *args, **kwargs)
        head = head_of(request)
        if not exchanging.is_for_aws(head) or plain_requests.passes_through(head):
            return await original(self, *args, **kwargs)
        response = await exchanging.respond(self, request, head, exchange, kind)
        if response is not None:
            return response
        with plain_requests.passing_through(head):
            return await original(self, *args, **kwargs)

    return send


def _check(head: WireRequest) -> None:
    try:
        _guard.check(head)
    except RequestBlockedError as error:
        raise sdk_error(error) from error


# The transports, by their modules.
_TRANSPORTS = {"smithy_http.aio.aiohttp": ("AIOHTTPClient", AIOHTTP), "smithy_http.aio.crt": ("AWSCRTHTTPClient", CRT)}


def sending_targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in the module of a transport, so that it sends nothing to AWS."""
    name, kind = _TRANSPORTS[module.__name__]
    return ((getattr(module, name), "send", partial(_send, kind=kind)),)


def creating_targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in the module of a transport, so that a new one belongs to a mock."""
    name, kind = _TRANSPORTS[module.__name__]
    real: Any = getattr(module, name)
    return ((real, "__init__", partial(_init, real=real, kind=kind)),)
