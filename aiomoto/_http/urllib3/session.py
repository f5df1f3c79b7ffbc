"""botocore's synchronous session, answered by Moto: genuine ``urllib3`` responses."""

from __future__ import annotations

from functools import cache
from inspect import unwrap
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import HTTPError

from aiomoto import _active
from aiomoto._exchange import Exchange
from aiomoto._http.urllib3.body import read_body
from aiomoto._http.urllib3.delivery import scripted_response
from aiomoto._http.urllib3.failures import Timeouts, client_error, library_error, pool_for, sending_error
from aiomoto._patching.required_names import check_instance
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, as_sent, head_of


class MockedURLLib3Session(URLLib3Session):  # type: ignore[misc]
    """The session of boto3 clients that are made inside a mock: it never reaches a network, not even after the mock."""

    def send(self, request: Any) -> Any:
        """Answer one prepared request with an ``AWSResponse`` around a ``urllib3.HTTPResponse``."""
        head = head_of(request)
        response = respond(self, request, head, _active.exchange_for(head, self, outlives_mock=False))
        return super().send(request) if response is None else response


@cache  # and not when this module is imported: a botocore without `send` has an error of its own
def _minds_length() -> bool:
    """Whether urllib3 is to mind a body that ends early: newer versions of botocore find that out by themselves."""
    code = getattr(unwrap(URLLib3Session.send), "__code__", None)  # while a mock is live, it is wrapped
    constants = code.co_consts if code else ()  # a test's Mock has none
    return not any("enforce_content_length" in names for names in constants if isinstance(names, tuple))


def respond(session: Any, request: Any, head: WireRequest, exchange: Exchange) -> AWSResponse | None:
    """Let an exchange answer a session's request; ``None`` where the request is to go out through the real session."""
    if exchange.passes_through(head):
        return None
    timeouts = _timeouts(session, head)
    wire = head.with_body(_body_of(request, timeouts))
    try:
        raw = _response(exchange, wire, timeouts)
        answer = AWSResponse(request.url, raw.status, raw.headers, raw)
        if not request.stream_output:
            answer.content  # noqa: B018  (reads the stream to its end, as the real session does)
    except HTTPError as error:
        raise client_error(error, request) from error
    return answer


def _body_of(request: Any, timeouts: Timeouts) -> bytes | None:
    try:
        return read_body(request)
    except Exception as error:
        raise client_error(sending_error(error, request.url, timeouts), request) from error


def _response(exchange: Exchange, wire: WireRequest, timeouts: Timeouts) -> HTTPResponse:
    try:
        wire_response = exchange.answer(wire, "boto3", timeouts.read)
    except WireFailure as failure:
        raise library_error(failure.kind, wire.url, timeouts) from None
    delivery = wire_response.delivery
    if delivery:
        wire_response = as_sent(wire_response, wire)  # with its length, so that it shows where there is less
    body = scripted_response(wire, wire_response, delivery, timeouts.read) if delivery else BytesIO(wire_response.body)
    return HTTPResponse(
        body=body,
        headers=HTTPHeaderDict(wire_response.headers),
        status=wire_response.status,
        reason=wire_response.reason,
        request_method=wire.method,
        request_url=wire.url,
        preload_content=False,
        decode_content=False,
        # Only a fault may make a body end early: a Content-Length of Moto's is not to be relied on.
        enforce_content_length=delivery is not None and _minds_length(),
        pool=pool_for(wire.url) if delivery else None,  # for the words of its errors
    )


def _timeouts(session: Any, head: WireRequest) -> Timeouts:
    try:
        timeout = session._timeout  # a number for both phases, or urllib3's Timeout
    except AttributeError:
        check_instance(session, "botocore.httpsession", "URLLib3Session")
        raise
    connect = getattr(timeout, "connect_timeout", timeout)
    return Timeouts(connect, head.context.get("read_timeout") or getattr(timeout, "read_timeout", timeout))
