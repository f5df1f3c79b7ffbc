"""Read request bodies as aiobotocore's session and httpx do."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from io import BytesIO
from typing import Any

from aiobotocore.httpxsession import httpx
from botocore.httpchecksum import AwsChunkedWrapper

from aiomoto._wire.message import copy_piece, in_one_chunk, is_in_memory


async def read_body(request: Any) -> bytes | None:
    """Read the body of a prepared request as aiobotocore's ``HttpxSession`` does, from its current position.

    Raises:
        Exception: what httpx raises if it cannot send such a body, or reading it fails.
    """
    body = request.body
    if is_in_memory(body):
        return body  # type: ignore[no-any-return]
    if isinstance(body, AwsChunkedWrapper):
        return in_one_chunk([frame async for frame in body])  # type: ignore[attr-defined]
    if type(body) is BytesIO:
        return body.read()  # the session sends it line by line: the same bytes
    sent = httpx.Request(request.method, request.url, content=_content_of(body))
    if not isinstance(sent.stream, httpx.AsyncByteStream):
        # aiobotocore fails here with an AssertionError without a message.
        kind = f"{type(body).__module__}.{type(body).__qualname__}"
        raise AssertionError(f"httpx cannot send a {kind} on an event loop: pass bytes, BytesIO or an async iterable")
    return b"".join([copy_piece(piece) async for piece in sent.stream])


def _content_of(body: Any) -> Any:
    """Return what ``HttpxSession.send`` passes to httpx as a request's content."""
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
