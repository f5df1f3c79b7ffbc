"""Below aiobotocore's body: genuine responses and streams of aiohttp, with back pressure."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiobotocore.session import get_session
from aiohttp import ClientResponse, StreamReader

from aiomoto import mock_aws

pytestmark = pytest.mark.anyio

CHUNK = 64 * 1024  # the most that comes at once
# A stream asks for no more while it holds two chunks, which is when the third has come.
AHEAD = 3 * CHUNK
LARGE = bytes(range(256)) * 20_480  # 5 MiB
LINES = b"one\ntwo\n\nend"


@asynccontextmanager
async def holding(data: bytes, **arguments: Any) -> AsyncIterator[Any]:
    """A client of a mocked S3 that holds one object."""
    async with mock_aws(), get_session().create_client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="bodies")
        await s3.put_object(Bucket="bodies", Key="key", Body=data, **arguments)
        yield s3


async def raw(s3: Any) -> ClientResponse:
    """The response below the object's body."""
    body = (await s3.get_object(Bucket="bodies", Key="key"))["Body"]
    # In older versions of aiobotocore the body is a proxy of the response.
    response: ClientResponse = body.raw_stream if hasattr(body, "raw_stream") else body.__wrapped__
    return response


async def test_the_response_is_one_of_aiohttps() -> None:
    async with holding(LINES) as s3:
        response = await raw(s3)

        assert isinstance(response, ClientResponse)
        assert isinstance(response.content, StreamReader)


async def test_the_body_is_one_of_aiobotocores() -> None:
    from aiobotocore.response import StreamingBody

    async with holding(LINES) as s3:
        assert isinstance((await s3.get_object(Bucket="bodies", Key="key"))["Body"], StreamingBody)


async def test_the_response_tells_what_one_from_a_socket_tells() -> None:
    async with holding(LINES, ContentType="text/plain; charset=latin-1", Metadata={"answer": "42"}) as s3:
        response = await raw(s3)

    assert (response.status, response.reason, response.ok, response.method) == (200, "OK", True, "GET")
    assert str(response.url) == "https://bodies.s3.amazonaws.com/key"
    assert (response.url, response.host) == (response.real_url, "bodies.s3.amazonaws.com")
    assert (response.content_type, response.charset) == ("text/plain", "latin-1")
    assert (response.headers["X-Amz-Meta-Answer"], response.headers["Content-Length"]) == ("42", "12")
    assert (b"x-amz-meta-answer", b"42") in [(name.lower(), value) for name, value in response.raw_headers]
    assert response.content_length == 12
    assert (response.history, response.cookies) == ((), {})
    assert response.version == aiohttp.HttpVersion11


async def read_whole(response: ClientResponse) -> bytes:
    return await response.read()


async def read_twice(response: ClientResponse) -> bytes:
    assert await response.read() == await response.read()
    return await response.read()


async def text(response: ClientResponse) -> bytes:
    return (await response.text("latin-1")).encode("latin-1")


async def iter_chunked(response: ClientResponse) -> bytes:
    chunks = [chunk async for chunk in response.content.iter_chunked(10_000)]
    assert all(0 < len(chunk) <= 10_000 for chunk in chunks)
    return b"".join(chunks)


async def iter_any(response: ClientResponse) -> bytes:
    chunks = [chunk async for chunk in response.content.iter_any()]
    assert all(0 < len(chunk) <= AHEAD for chunk in chunks)
    return b"".join(chunks)


async def iter_chunks(response: ClientResponse) -> bytes:
    chunks = [chunk async for chunk, _ in response.content.iter_chunks()]
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)
    return b"".join(chunks)


async def readchunk(response: ClientResponse) -> bytes:
    chunks = []
    while chunk := (await response.content.readchunk())[0]:
        chunks.append(chunk)
    return b"".join(chunks)


async def readany(response: ClientResponse) -> bytes:
    pieces = []
    while piece := await response.content.readany():
        pieces.append(piece)
    return b"".join(pieces)


async def readexactly(response: ClientResponse) -> bytes:
    assert response.content_length is not None
    return await response.content.readexactly(response.content_length)


async def read_until_the_end(response: ClientResponse) -> bytes:
    pieces = []
    while not response.content.at_eof():
        pieces.append(await response.content.read(CHUNK))
    return b"".join(pieces)


async def iterate(response: ClientResponse) -> bytes:
    return b"".join([line async for line in response.content])


READS: list[Callable[[ClientResponse], Awaitable[bytes]]] = [
    read_whole,
    read_twice,
    text,
    iter_chunked,
    iter_any,
    iter_chunks,
    readchunk,
    readany,
    readexactly,
    read_until_the_end,
    iterate,
]


@pytest.mark.parametrize("way", READS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("data", [LARGE, LINES, b""], ids=["large", "small", "empty"])
async def test_every_way_to_read_the_stream_gives_all_of_it(
    way: Callable[[ClientResponse], Awaitable[bytes]], data: bytes
) -> None:
    async with holding(data) as s3:
        assert await way(await raw(s3)) == data


async def test_lines_come_one_by_one() -> None:
    async with holding(LINES) as s3:
        content = (await raw(s3)).content

        assert [await content.readline() for _ in range(5)] == [b"one\n", b"two\n", b"\n", b"end", b""]


async def test_readuntil_reads_up_to_a_separator_in_the_next_chunk() -> None:
    async with holding(b"x" * CHUNK + b"-rest") as s3:
        content = (await raw(s3)).content

        assert await content.readuntil(b"-") == b"x" * CHUNK + b"-"
        assert await content.read() == b"rest"


async def test_readexactly_says_what_it_got_where_the_body_is_shorter() -> None:
    async with holding(LINES) as s3:
        content = (await raw(s3)).content

        with pytest.raises(asyncio.IncompleteReadError) as caught:
            await content.readexactly(100)
    assert (caught.value.partial, caught.value.expected) == (LINES, 100)


async def test_json_is_decoded() -> None:
    async with holding(b'{"answer": 42}', ContentType="application/json") as s3:
        assert await (await raw(s3)).json() == {"answer": 42}


# ---------------------------------------------------------------- back pressure


async def turn(times: int = 20) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def test_a_reader_that_does_not_read_is_sent_no_more_than_three_chunks() -> None:
    async with holding(LARGE) as s3:
        content = (await raw(s3)).content
        await turn()

        assert content.total_bytes <= AHEAD


async def test_a_reader_is_never_sent_more_than_three_chunks_ahead() -> None:
    async with holding(LARGE) as s3:
        content, received, ahead = (await raw(s3)).content, 0, []
        while chunk := await content.read(10_000):
            received += len(chunk)
            await turn(2)
            ahead.append(content.total_bytes - received)

    assert received == len(LARGE)
    assert max(ahead) <= AHEAD


async def test_nothing_is_sent_after_the_response_is_closed() -> None:
    async with holding(LARGE) as s3:
        response = await raw(s3)
        await response.content.read(10)
        response.close()
        await turn()

        assert response.content.total_bytes <= AHEAD


# ---------------------------------------------------------------- closing


async def test_a_closed_response_cannot_be_read_on() -> None:
    async with holding(LARGE) as s3:
        response = await raw(s3)
        await response.content.read(10)
        response.close()

        assert response.closed
        with pytest.raises(aiohttp.ClientConnectionError, match="Connection closed"):
            await response.content.read(10)


async def test_closing_wakes_a_reader_that_waits() -> None:
    async with holding(LARGE) as s3:
        response = await raw(s3)
        reading = asyncio.create_task(response.content.readexactly(len(LARGE)))
        await asyncio.sleep(0)
        response.close()

        with pytest.raises(aiohttp.ClientConnectionError):
            await reading


async def test_bodies_are_closed_without_await_too() -> None:
    async with holding(LARGE) as s3:
        body = (await s3.get_object(Bucket="bodies", Key="key"))["Body"]
        await body.read(10)
        body.close()

        assert await (await raw(s3)).read() == LARGE


async def test_a_response_is_released_when_its_context_is_left() -> None:
    async with holding(LARGE) as s3:
        async with await raw(s3) as response:
            await response.content.read(10)

        assert response.closed
        assert await (await raw(s3)).read() == LARGE


async def test_a_body_that_nobody_reads_is_let_go_of_quietly() -> None:
    async with holding(LARGE) as s3:
        for _ in range(10):
            await raw(s3)
        gc.collect()  # their connections go back to the pool

        assert await (await raw(s3)).read() == LARGE
