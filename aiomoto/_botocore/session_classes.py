"""Replace ``send`` of the SDKs' HTTP sessions, and give new clients session classes that never use a network."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, wraps
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aiobotocore.endpoint import DEFAULT_HTTP_SESSION_CLS, AioEndpointCreator
from aiobotocore.httpsession import AIOHTTPSession
from botocore.endpoint import EndpointCreator
from botocore.httpsession import URLLib3Session

from aiomoto import _guard, _live
from aiomoto._aws.endpoint_hosts import root_of
from aiomoto._calls.left_open import OpenClient
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.aiohttp import session as aiohttp_session
from aiomoto._http.aiohttp.session import MockedAIOHTTPSession, MotoAIOHTTPSession
from aiomoto._http.overrides import passes_on
from aiomoto._http.urllib3 import session as urllib3_session
from aiomoto._http.urllib3.session import MockedURLLib3Session
from aiomoto._patching.places import argument, with_argument
from aiomoto._patching.replacements import Target
from aiomoto._wire.message import WireRequest, head_of

Replacement = Callable[[Any], Any]


class Kind(NamedTuple):
    """The session classes of one HTTP library.

    Attributes:
        real: the SDK's own class.
        ours: our class for wiring by hand.
        mocked: our class for clients that are created inside a mock.
        respond: lets an exchange answer a request of such a session.
        is_async: whether ``respond`` is a coroutine function. A ``send`` that somebody has wrapped does not show it.
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
with suppress(ImportError):  # httpx is optional
    from aiobotocore.httpxsession import HttpxSession

    from aiomoto._http.httpx import session as httpx_session
    from aiomoto._http.httpx.session import MockedHttpxSession, MotoHttpxSession

    KINDS.append(Kind(HttpxSession, MotoHttpxSession, MockedHttpxSession, httpx_session.respond, is_async=True))


@lru_cache(maxsize=256)
def mocked_class(session_class: Any) -> Any:
    """Return the class that replaces a session class inside a mock.

    An SDK's own class is replaced by ours. For a subclass of it, ours is inserted below, so that its ``super().send()``
    reaches Moto. Our classes for wiring by hand stay as they are.

    Raises:
        RequestBlockedError: the class does not pass its requests on to one of the SDKs' classes.
    """
    for kind in KINDS if isinstance(session_class, type) else ():
        if session_class is kind.real:
            return kind.mocked
        if issubclass(session_class, kind.ours):
            return session_class
        if issubclass(session_class, kind.real) and passes_on(session_class, kind.real):
            body = {"__module__": session_class.__module__, "__qualname__": session_class.__qualname__}
            return type(session_class.__name__, (session_class, kind.mocked), body)
    names = ", ".join(kind.real.__name__ for kind in KINDS)
    raise RequestBlockedError(
        f"the HTTP session class {getattr(session_class, '__qualname__', session_class)!r} would bypass the mock: "
        f"derive it from one of {names} and let its send() call super().send(request), or let the client's endpoint "
        'pass through with mock_aws(config={"core": {"passthrough": {"urls": [...]}}})'
    )


# ---------------------------------------------------------------- replacements


def _answering_send(respond: Callable[..., Any], *, is_async: bool) -> Replacement:
    def replace(original: Any) -> Any:
        @wraps(original)
        def send(self: Any, *args: Any, **kwargs: Any) -> Any:
            exchange = _live.current()
            if exchange is None:
                if _guard.guards:
                    _guard.check(head_of(argument(args, kwargs, 0, "request")))
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
            exchange = _live.current()
            if exchange is None:
                if _guard.guards:
                    _guard.check(head_of(argument(args, kwargs, 0, "request")))
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
            exchange = _live.current()
            if exchange is None:
                return original(self, *args, **kwargs)
            service_model = argument(args, kwargs, 0, "service_model")
            endpoint_url = argument(args, kwargs, 2, "endpoint_url")
            url = urlsplit(endpoint_url)
            host = url.netloc.lower()
            client_endpoint = _live.ClientEndpoint(host, service_model.service_name, root_of(endpoint_url), exchange)
            client_endpoint.join()
            session_class = args[7] if len(args) > 7 else kwargs.get("http_session_cls", default)
            mocked = _mocked_class_unless_passed_through(session_class, exchange, endpoint_url)
            args, kwargs = with_argument(args, kwargs, 7, "http_session_cls", mocked)
            endpoint = original(self, *args, **kwargs)
            if issubclass(type(endpoint.http_session), tuple(kind.ours for kind in KINDS)):
                endpoint.http_session.moto_endpoint = client_endpoint
                if hasattr(endpoint.http_session, "open_client"):  # boto3's are closed by being collected
                    opened = OpenClient([each.left_open for each in exchange.within], service_model.service_name)
                    endpoint.http_session.open_client = opened
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


SENDING: tuple[Target, ...] = tuple(
    (kind.real, "send", _answering_send(kind.respond, is_async=kind.is_async)) for kind in KINDS
)
CREATING: tuple[Target, ...] = (
    (EndpointCreator, "create_endpoint", _create_endpoint_with_mocked_class(URLLib3Session)),
    (AioEndpointCreator, "create_endpoint", _create_endpoint_with_mocked_class(DEFAULT_HTTP_SESSION_CLS)),
)
