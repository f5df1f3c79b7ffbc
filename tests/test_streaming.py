"""Streamed response bodies: every way to read one gives all of it, over each HTTP library."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import FlexibleChecksumError

from tests.conftest import ClientFactory
from tests.streaming import DATA, MARKS, close, get, holding

pytestmark = MARKS

LINES = b"one\ntwo\r\n\nfour\x00\xff\n five"

Read = Callable[[Any], Awaitable[bytes]]


async def read(body: Any) -> bytes:
    data: bytes = await body.read()
    return data


def read_up_to(size: int) -> Read:
    async def read_on(body: Any) -> bytes:
        pieces = []
        while piece := await body.read(size):
            assert len(piece) <= size
            pieces.append(piece)
        return b"".join(pieces)

    return read_on


def readinto(size: int) -> Read:
    async def read_on(body: Any) -> bytes:
        data, buffer = BytesIO(), bytearray(size)
        while count := await body.readinto(buffer):
            data.write(buffer[:count])
        return data.getvalue()

    return read_on


async def iterate(body: Any) -> bytes:
    return b"".join([chunk async for chunk in body])


async def go_on(body: Any) -> bytes:
    pieces = []
    try:
        while True:
            pieces.append(await body.__anext__())
    except StopAsyncIteration:
        return b"".join(pieces)


def iter_chunks(*size: int) -> Read:
    async def read_on(body: Any) -> bytes:
        chunks = [chunk async for chunk in body.iter_chunks(*size)]
        assert all(0 < len(chunk) <= (size or (1024,))[0] for chunk in chunks)
        return b"".join(chunks)

    return read_on


async def iter_lines(body: Any) -> bytes:
    return b"".join([line async for line in body.iter_lines(keepends=True)])


async def read_some_then_the_rest(body: Any) -> bytes:
    return b"".join([await body.read(10), await body.read(100_000), await body.read()])


async def read_in_context(body: Any) -> bytes:
    async with body:
        return await read(body)


READS: dict[str, Read] = {
    "read": read,
    "read-byte-by-byte": read_up_to(1),
    "read-small": read_up_to(1000),
    "read-chunk": read_up_to(64 * 1024),
    "read-large": read_up_to(1_000_000),
    "readinto-small": readinto(1000),
    "readinto-large": readinto(1_000_000),
    "async-for": iterate,
    "anext": go_on,
    "iter_chunks": iter_chunks(),
    "iter_chunks-large": iter_chunks(300_000),
    "iter_lines": iter_lines,
    "some-then-the-rest": read_some_then_the_rest,
    "async-with": read_in_context,
}
each_way = pytest.mark.parametrize("way", READS.values(), ids=READS.keys())


@each_way
async def test_every_way_to_read_gives_the_whole_body(way: Read, client: ClientFactory) -> None:
    data = DATA[:5000] if way is READS["read-byte-by-byte"] else DATA
    async with holding(data, client) as s3:
        assert await way(await get(s3)) == data


@each_way
async def test_every_way_to_read_finds_an_empty_body_empty(way: Read, client: ClientFactory) -> None:
    async with holding(b"", client) as s3:
        assert await way(await get(s3)) == b""


@each_way
async def test_every_way_to_read_compares_the_checksum(way: Read, client: ClientFactory) -> None:
    # Moto takes the caller's word for it.
    said = {"ChecksumAlgorithm": "CRC32", "ChecksumCRC32": "AAAAAA=="}
    async with holding(b"not what was said", client, **said) as s3:
        response = await s3.get_object(Bucket="bodies", Key="key")
        if "ChecksumCRC32" not in response:
            await close(response["Body"])
            pytest.skip("this Moto does not say what the checksum was")

        with pytest.raises(FlexibleChecksumError, match="AAAAAA=="):
            await way(response["Body"])


# ---------------------------------------------------------------- particular ways


async def test_lines_are_split_without_their_ends(client: ClientFactory) -> None:
    async with holding(LINES, client) as s3:
        lines = [line async for line in (await get(s3)).iter_lines()]

    assert lines == [b"one", b"two", b"", b"four\x00\xff", b" five"]


async def test_readlines_gives_a_list_of_lines(client: ClientFactory) -> None:
    async with holding(LINES, client) as s3:
        assert await (await get(s3)).readlines() == [b"one", b"two", b"", b"four\x00\xff", b" five"]


async def test_a_line_longer_than_a_chunk_is_one_line(client: ClientFactory) -> None:
    async with holding(b"x" * 200_000 + b"\nend", client) as s3:
        assert await (await get(s3)).readlines() == [b"x" * 200_000, b"end"]


async def test_reading_nothing_gives_nothing_and_loses_nothing(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        body = await get(s3)

        assert await body.read(0) == b""
        assert await body.read() == DATA


async def test_reading_on_after_the_end_gives_nothing(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        body = await get(s3)
        await body.read()

        assert await body.read() == b""
        assert await body.read(10) == b""


async def test_tell_counts_what_was_read(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        body = await get(s3)
        before, piece, between = body.tell(), await body.read(1000), body.tell()
        await body.read()

        assert (before, between, body.tell()) == (0, len(piece), len(DATA))


async def test_a_body_is_readable_until_its_end(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        body = await get(s3)
        if not hasattr(body, "raw_stream"):
            pytest.skip("readable() of aiobotocore 2 raises an AttributeError over a socket too")
        before = body.readable()
        await body.read()

        assert (before, body.readable()) == (True, False)
