"""botocore's synchronous session, answered by Moto: genuine ``urllib3`` responses."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict

from aiomoto import _live
from aiomoto._exchange import Exchange
from aiomoto._waiting import ReadTimeout
from aiomoto._wire import WireRequest, head_of, read_body


class MockedURLLib3Session(URLLib3Session):  # type: ignore[misc]
    """The session of boto3 clients that are made inside a mock: it never reaches a network, not even after the mock."""

    def send(self, request: Any) -> Any:
        """Answer one prepared request with an ``AWSResponse`` around a ``urllib3.HTTPResponse``."""
        head = head_of(request)
        response = respond(self, request, head, _live.exchange_for(head, outlives_mock=False))
        return super().send(request) if response is None else response


def respond(session: Any, request: Any, head: WireRequest, exchange: Exchange) -> AWSResponse | None:
    """Let an exchange answer a session's request; ``None`` where the request is to go out through the real session."""
    if exchange.lets_out(head):
        return None
    try:
        reply = exchange.answer(replace(head, body=read_body(request.body)), _read_timeout(session, head))
    except ReadTimeout:
        error = f"Read timed out. (read timeout={_read_timeout(session, head)})"
        raise ReadTimeoutError(endpoint_url=request.url, error=error) from None
    raw = HTTPResponse(
        body=BytesIO(reply.body),
        headers=HTTPHeaderDict(reply.headers),
        status=reply.status,
        reason=reply.reason,
        request_method=request.method,
        request_url=request.url,
        preload_content=False,
        decode_content=False,
        enforce_content_length=False,
    )
    answer = AWSResponse(request.url, reply.status, raw.headers, raw)
    if not request.stream_output:
        answer.content  # noqa: B018  (reads the stream to its end, as the real session does)
    return answer


def _read_timeout(session: Any, head: WireRequest) -> float | None:
    timeout = session._timeout  # a number for both phases, or urllib3's Timeout
    seconds: float | None = head.context.get("read_timeout") or getattr(timeout, "read_timeout", timeout)
    return seconds
