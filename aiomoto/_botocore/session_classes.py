"""HTTP sessions inside a mock: their ``send`` answers, and new clients get classes that never reach a network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache, wraps
from types import CodeType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aiobotocore.endpoint import DEFAULT_HTTP_SESSION_CLS, AioEndpointCreator
from aiobotocore.httpsession import AIOHTTPSession
from botocore.endpoint import EndpointCreator
from botocore.httpsession import URLLib3Session

from aiomoto import _active
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.aiohttp import session as aiohttp_session
from aiomoto._http.aiohttp.session import MockedAIOHTTPSession, MotoAIOHTTPSession
from aiomoto._http.urllib3 import session as urllib3_session
from aiomoto._http.urllib3.session import MockedURLLib3Session
from aiomoto._moto.hosts import is_aws
from aiomoto._patching.places import argument, with_argument
from aiomoto._wire.message import WireRequest, head_of

Replacement = Callable[[Any], Any]


class Kind(NamedTuple):
    """One HTTP library's session: the real class, ours to wire by hand, ours inside a mock, and its way to answer.

    Whether that is asynchronous cannot be seen from a ``send`` that somebody has wrapped.
    """

    real: type
    ours: type
    mocked: type
    respond: Callable[..., Any]
    is_async: bool


KINDS = [
    Kind(URLLib3Session, MockedURLLib3Session, MockedURLLib3Session, urllib3_session.respond, is_async=False),
    Kind(AIOHTTPSession, MotoAIOHTTPSession, MockedAIOHTTPSession, aiohttp_session.respond, is_async=True),
]
with suppress(ImportError):  # without httpx there is nothing to seal
    from aiobotocore.httpxsession import HttpxSession

    from aiomoto._http.httpx import session as httpx_session
    from aiomoto._http.httpx.session import MockedHttpxSession, MotoHttpxSession

    KINDS.append(Kind(HttpxSession, MotoHttpxSession, MockedHttpxSession, httpx_session.respond, is_async=True))


@lru_cache(maxsize=256)
def mocked_class(session_class: Any) -> Any:
    """The class to use in place of a session class inside a mock.

    The libraries' own classes become ours. A subclass of one of them stays what it is, with ours slipped in beneath
    it, so that its ``super().send()`` arrives at Moto. One of ours that was wired by hand is left alone.

    Raises:
        RequestBlockedError: the class does not pass its requests on to one of the libraries' classes.
    """
    for kind in KINDS if isinstance(session_class, type) else ():
        if session_class is kind.real:
            return kind.mocked
        if issubclass(session_class, kind.ours):
            return session_class
        if issubclass(session_class, kind.real) and all(map(_calls_super, _sends_above(session_class, kind.real))):
            body = {"__module__": session_class.__module__, "__qualname__": session_class.__qualname__}
            return type(session_class.__name__, (session_class, kind.mocked), body)
    names = ", ".join(kind.real.__name__ for kind in KINDS)
    raise RequestBlockedError(
        f"the HTTP session class {getattr(session_class, '__qualname__', session_class)!r} would send requests past "
        f"the mock: derive it from one of {names} and let its send() call super().send(request), or name the client's "
        'endpoint in mock_aws(config={"core": {"passthrough": {"urls": [...]}}})'
    )


def _sends_above(session_class: type, real: type) -> Iterator[Any]:
    for parent in session_class.__mro__[: session_class.__mro__.index(real)]:
        if "send" in vars(parent):
            yield inspect.unwrap(vars(parent)["send"])


def _calls_super(send: Any) -> bool:
    # Whether it really does shows only when it runs, and then it is too late.
    return any("super" in code.co_names and "send" in code.co_names for code in _codes(getattr(send, "__code__", None)))


def _codes(code: CodeType | None) -> Iterator[CodeType]:
    if code is not None:
        yield code
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from _codes(constant)


# ---------------------------------------------------------------- what is replaced


def _answering_send(respond: Callable[..., Any], *, is_async: bool) -> Replacement:
    def replace(original: Any) -> Any:
        @wraps(original)
        def send(self: Any, *args: Any, **kwargs: Any) -> Any:
            exchange = _active.current()
            if exchange is None:
                return original(self, *args, **kwargs)
            request = argument(args, kwargs, 0, "request")
            head = head_of(request)
            response = respond(self, request, head, exchange)
            if response is not None:
                return response
            with plain_requests.passing(head):
                return original(self, *args, **kwargs)

        @wraps(original)
        async def send_async(self: Any, *args: Any, **kwargs: Any) -> Any:
            exchange = _active.current()
            if exchange is None:
                return await original(self, *args, **kwargs)
            request = argument(args, kwargs, 0, "request")
            head = head_of(request)
            response = await respond(self, request, head, exchange)
            if response is not None:
                return response
            with plain_requests.passing(head):
                return await original(self, *args, **kwargs)

        return send_async if is_async else send

    return replace


def _create_endpoint_with_mocked_class(default: type) -> Replacement:
    def replace(original: Any) -> Any:
        @wraps(original)
        def create_endpoint(self: Any, *args: Any, **kwargs: Any) -> Any:
            exchange = _active.current()
            if exchange is None:
                return original(self, *args, **kwargs)
            service_model = argument(args, kwargs, 0, "service_model")
            endpoint_url = argument(args, kwargs, 2, "endpoint_url")
            url = urlsplit(endpoint_url)
            host = url.netloc.lower()
            to = _active.ClientEndpoint(host, service_model.service_name, "" if is_aws(host) else url.path, exchange)
            to.join()
            session_class = args[7] if len(args) > 7 else kwargs.get("http_session_cls", default)
            mocked = _mocked_class_unless_passed_through(session_class, exchange, endpoint_url)
            args, kwargs = with_argument(args, kwargs, 7, "http_session_cls", mocked)
            endpoint = original(self, *args, **kwargs)
            if issubclass(type(endpoint.http_session), tuple(kind.ours for kind in KINDS)):
                endpoint.http_session.moto_endpoint = to
            return endpoint

        return create_endpoint

    return replace


def _mocked_class_unless_passed_through(session_class: Any, exchange: Exchange, endpoint_url: str) -> Any:
    try:
        return mocked_class(session_class)
    except RequestBlockedError:
        url = endpoint_url if urlsplit(endpoint_url).path else f"{endpoint_url}/"
        if exchange.passes_through(WireRequest("GET", url, {})):
            return session_class
        raise


REPLACEMENTS: tuple[tuple[Any, str, Replacement], ...] = (
    *((kind.real, "send", _answering_send(kind.respond, is_async=kind.is_async)) for kind in KINDS),
    (EndpointCreator, "create_endpoint", _create_endpoint_with_mocked_class(URLLib3Session)),
    (AioEndpointCreator, "create_endpoint", _create_endpoint_with_mocked_class(DEFAULT_HTTP_SESSION_CLS)),
)
