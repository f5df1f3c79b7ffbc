"""Send requests as aiobotocore's session and httpx do."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from io import BytesIO
from typing import Any

from aiobotocore.httpxsession import httpx
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpchecksum import AwsChunkedWrapper

from aiomoto._http.httpx.writer import Writer
from aiomoto._wire.message import WireRequest, goes_unchanged, in_one_chunk, received


async def sent(request: AWSPreparedRequest, head: WireRequest) -> WireRequest:
    """Return a prepared request as a server receives it from httpx. Its body is read from its current position.

    Raises:
        WireFailure: the server waits for more of the body, or hangs up.
        Exception: what httpx raises if it cannot send such headers or such a body, or reading it fails.
    """
    body = request.body
    if goes_unchanged(head, body):
        return head.with_body(body)
    if isinstance(body, AwsChunkedWrapper) and head.has_plain_headers:
        return head.with_body(in_one_chunk([frame async for frame in body]))  # type: ignore[attr-defined]
    built = _build(request)
    sent_body = await Writer(httpx, built).body_async(built.stream)
    if isinstance(body, AwsChunkedWrapper):
        return head.with_body(in_one_chunk([sent_body] if sent_body else []))
    return received(head, sent_body)


def _build(request: AWSPreparedRequest) -> Any:
    for value in request.headers.values():
        if isinstance(value, bytes):
            value.decode()  # aiobotocore fails here
    content = _content_of(request.body)
    built = httpx.Request(request.method, request.url, headers=request.headers, content=content)
    if not isinstance(built.stream, httpx.AsyncByteStream):
        # aiobotocore fails here with an AssertionError without a message.
        kind = f"{type(content).__module__}.{type(content).__qualname__}"
        raise AssertionError(f"httpx cannot send a {kind} on an event loop: pass bytes, BytesIO or an async iterable")
    return built


def _content_of(body: Any) -> Any:
    """Return what ``HttpxSession.send`` passes to httpx as a request's content."""
    if type(body) is BytesIO:
        return body.read()  # the session sends it line by line: the same bytes
    if isinstance(body, (AsyncIterable, BytesIO)) and isinstance(body, Iterable):
        return _items_of(body)
    return body


async def _items_of(body: Any) -> AsyncIterator[Any]:
    if isinstance(body, AsyncIterable):
        async for item in body:
            yield item
    else:
        for item in body:
            yield item
