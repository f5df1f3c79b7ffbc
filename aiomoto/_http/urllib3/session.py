"""botocore's synchronous session, answered by Moto with genuine ``urllib3`` responses."""

from __future__ import annotations

from functools import cache
from inspect import unwrap
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import HTTPError

from aiomoto import _live
from aiomoto._exchange import Exchange
from aiomoto._http.sending import Sending, unsent_error
from aiomoto._http.urllib3.body import sent
from aiomoto._http.urllib3.connections import Body, Connections, connections_of
from aiomoto._http.urllib3.delivery import scripted_response
from aiomoto._http.urllib3.failures import Timeouts, client_error, library_error, pool_for, sending_error
from aiomoto._patching.required_names import check_instance
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, framed, head_of


class MockedURLLib3Session(URLLib3Session):  # type: ignore[misc]
    """The session of boto3 clients that are created inside a mock. It never uses a network, not even after the mock."""

    def send(self, request: AWSPreparedRequest) -> Any:
        """Answer one prepared request with an ``AWSResponse`` around a ``urllib3.HTTPResponse``."""
        head = head_of(request)
        response = respond(self, request, head, _live.exchange_for(head, self, outlives_mock=False))
        return super().send(request) if response is None else response


@cache  # not evaluated at import: a botocore without `send` has its own error message
def _enforces_length() -> bool:
    """Tell whether urllib3 must detect a body that ends early. Newer versions of botocore detect it themselves."""
    code = getattr(unwrap(URLLib3Session.send), "__code__", None)  # while a mock is active, it is wrapped
    constants = code.co_consts if code else ()  # a test's Mock has no code
    return not any("enforce_content_length" in names for names in constants if isinstance(names, tuple))


def respond(session: Any, request: AWSPreparedRequest, head: WireRequest, exchange: Exchange) -> AWSResponse | None:
    """Let an exchange answer a session's request; return ``None`` if the real session must handle it."""
    if exchange.passes_through(head):
        return None
    timeouts, connections = _timeouts(session, head), _connections_of(session, head)
    connections.take()
    try:
        wire = _sent(request, timeouts, Sending(exchange, head, "boto3"))
        raw = _response(exchange, wire, timeouts, connections)
        aws_response = AWSResponse(request.url, raw.status, raw.headers, raw)
        if not request.stream_output:
            aws_response.content  # noqa: B018  (reads the stream to its end, as the real session does)
    except BaseException as error:
        connections.put_back()
        if isinstance(error, HTTPError):
            raise client_error(error, request) from error
        raise
    return aws_response


def _sent(request: AWSPreparedRequest, timeouts: Timeouts, sending: Sending) -> WireRequest:
    try:
        with sending:
            return sent(request, sending.head)
    except WireFailure as failure:
        raise unsent_error(client_error(library_error(failure.kind, request.url, timeouts), request), failure) from None
    except Exception as error:
        raise client_error(sending_error(error, request.url, timeouts), request) from error


def _response(exchange: Exchange, wire: WireRequest, timeouts: Timeouts, connections: Connections) -> HTTPResponse:
    try:
        wire_response = exchange.answer(wire, "boto3", timeouts.read)
    except WireFailure as failure:
        raise library_error(failure.kind, wire.url, timeouts) from None
    arrives_whole = wire_response.arrives_whole
    if not arrives_whole:
        wire_response = framed(wire_response, wire)  # with a Content-Length, so that a shorter body is detected
        connections.put_back()  # whether it is used again depends on how the body ends
        body: Any = scripted_response(wire, wire_response, timeouts.read)
    else:
        body = Body(wire_response.body, connections)
    return HTTPResponse(
        body=body,
        headers=HTTPHeaderDict(wire_response.headers),
        status=wire_response.status,
        reason=wire_response.reason,
        request_method=wire.method,
        request_url=wire.url,
        preload_content=False,
        decode_content=False,
        # Only for a fault, which may make a body end early: Moto's Content-Length is not always right.
        enforce_content_length=not arrives_whole and _enforces_length(),
        pool=None if arrives_whole else pool_for(wire.url),  # named in error messages
    )


def _connections_of(session: Any, head: WireRequest) -> Connections:
    try:
        return connections_of(session, head.host, session._max_pool_connections)
    except AttributeError:
        check_instance(session, "botocore.httpsession", "URLLib3Session")
        raise


def _timeouts(session: Any, head: WireRequest) -> Timeouts:
    try:
        timeout = session._timeout  # seconds for both phases, or urllib3's Timeout
    except AttributeError:
        check_instance(session, "botocore.httpsession", "URLLib3Session")
        raise
    connect = getattr(timeout, "connect_timeout", timeout)
    return Timeouts(connect, head.context.get("read_timeout") or getattr(timeout, "read_timeout", timeout))
