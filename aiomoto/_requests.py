"""Requests that the ``requests`` library makes to AWS: presigned URLs, and Moto's own calls to itself.

Moto starts the ``responses`` library for them and gives it a callback for each of its 180 patterns and seven methods,
1,300 in all, at every start. One for each method, which asks our router, does the same.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from moto.core.custom_responses_mock import CallbackResponse, not_implemented_callback, reset_responses_mock
from moto.core.models import RESPONSES_METHODS, responses_mock
from urllib3 import HTTPResponse

from aiomoto import _live
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import NoSuchPathError
from aiomoto._router import is_aws
from aiomoto._wire import WireRequest, WireResponse, read_body


def start() -> None:
    """Answer the requests of the ``requests`` library to AWS, and leave all others to it."""
    register()
    responses_mock.start()


def register() -> None:
    """Begin with nothing registered but our own answers: API Gateway and tests add theirs to Moto's mock."""
    reset_responses_mock(responses_mock)
    for method in RESPONSES_METHODS:
        responses_mock.add(_Answer(method, re.compile("https?://"), _answer))


def stop() -> None:
    """Leave the library alone again."""
    responses_mock.stop()
    reset_responses_mock(responses_mock)


class _Answer(CallbackResponse):  # type: ignore[misc]
    """A registered response for one method that matches what our router takes for AWS."""

    def matches(self, request: Any) -> tuple[bool, str]:
        if request.method != self.method:
            return False, "Method does not match"
        head = WireRequest(request.method, request.url, request.headers)
        exchange = _live.current()
        if exchange is None or not is_aws(head.host) or exchange.lets_out(head):
            return False, "URL is not one of AWS"
        return True, ""

    def get_response(self, request: Any) -> HTTPResponse:
        # Moto's own turns the request into another kind first, up to 5.2.3.
        status, headers, body = self.callback(request)
        fields = self.get_headers()
        fields.update(headers)
        return HTTPResponse(
            body=BytesIO(body.encode() if isinstance(body, str) else body),
            headers=fields,
            status=status,
            reason=WireResponse(status, (), b"").reason,
            preload_content=False,
            decode_content=False,
        )


def _answer(request: Any) -> tuple[int, dict[str, str], str | bytes]:
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    wire = WireRequest(request.method, request.url, headers, read_body(request.body))
    exchange = _live.current()
    if exchange is None:  # the mock ended between the match and now
        raise ConnectionError(f"{wire.url}: mock_aws() has ended")
    try:
        reply = exchange.answer(wire, "requests")
    except NoSuchPathError:
        return 404, {}, b"Not yet implemented"  # these two as Moto answers them
    except RequestBlockedError:
        status, headers, body = not_implemented_callback(request)
        return status, dict(headers), body
    return reply.status, dict(reply.headers), reply.body
