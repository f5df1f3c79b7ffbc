"""Answer requests of the ``requests`` library: those to AWS, and those registered with Moto's ``responses_mock``.

Moto starts a mock of the ``responses`` library, which replaces ``HTTPAdapter.send``, and registers 1,300 callbacks at
every start. aiomoto replaces ``Session.get_adapter`` instead, so that a test's own ``responses`` mock may start and
stop in any order. Adapters then send requests to AWS over urllib3, where Moto answers. Moto's ``responses_mock`` still
gets the requests first: API Gateway registers its stages with it, and tests may register responses, as Moto documents.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from moto.core.custom_responses_mock import not_implemented_callback, reset_responses_mock
from moto.core.models import responses_mock
from requests import Session
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from aiomoto import _live
from aiomoto._errors import NoSuchPathError, RequestBlockedError
from aiomoto._http import plain_requests
from aiomoto._http.urllib3.plain import sent_by
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target
from aiomoto._wire.message import WireResponse


def reset() -> None:
    """Remove everything that is registered with Moto's ``responses_mock``."""
    responses_mock.stop()
    reset_responses_mock(responses_mock)


def _get_adapter(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_adapter(self: Any, *args: Any, **kwargs: Any) -> Any:
        adapter = original(self, *args, **kwargs)
        url = argument(args, kwargs, 0, "url")
        # A test that mounts another kind of adapter does so on purpose.
        is_for_us = plain_requests.may_be_for_aws(url) or responses_mock.registered()
        if not isinstance(adapter, HTTPAdapter) or not is_for_us:
            return adapter
        return _MotoAdapter(adapter) if _live.current() else adapter

    return get_adapter


class _MotoAdapter(BaseAdapter):
    """Wraps the adapter that a session has for a URL."""

    def __init__(self, adapter: HTTPAdapter) -> None:
        super().__init__()
        self._adapter = adapter

    def send(self, request: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Send a request: Moto's ``responses_mock`` answers what is registered with it, and passes on the rest."""
        token = sent_by.set("requests")
        try:
            return responses_mock._on_request(self._adapter, request, **kwargs)
        finally:
            sent_by.reset(token)

    def close(self) -> None:
        """No-op: the session closes its own adapter."""


def _real_send(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def send(adapter: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        other_mock = not plain_requests.is_of(HTTPAdapter.send, "requests")
        head = plain_requests.head_of(request.method, request.url, request.headers.items())
        exchange = plain_requests.exchange_for(head, beside_other_mock=other_mock)
        # The send() of a test's own adapter must run for AWS too.
        has_own_send = type(adapter).send is not HTTPAdapter.send
        # If Moto's own mock is active around ours, its responses_mock has replaced the adapters' send().
        skips_patches = responses_mock._patcher is not None or (exchange is not None and not has_own_send)
        try:
            if skips_patches:
                return original(adapter, request, *args, **kwargs)
            return adapter.send(request, *args, **kwargs)
        except NoSuchPathError:
            return _response(adapter, request, 404, b"Not yet implemented")  # both responses are Moto's
        except RequestBlockedError:
            status, _, body = not_implemented_callback(request)
            return _response(adapter, request, status, body.encode())

    return send


def _response(adapter: HTTPAdapter, request: Any, status: int, body: bytes) -> Any:
    reason = WireResponse(status, (), body).reason
    raw = HTTPResponse(BytesIO(body), status=status, reason=reason, preload_content=False, decode_content=False)
    return adapter.build_response(request, raw)


REPLACEMENTS: tuple[Target, ...] = (
    (Session, "get_adapter", _get_adapter),
    (responses_mock, "_real_send", _real_send),  # called with the requests that it passes on; Moto replaces it too
)
