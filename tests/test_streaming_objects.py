"""Streamed response bodies of several requests at once, of parts of objects, and of answers that have none."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import anyio
import pytest
from botocore.exceptions import ClientError

from tests.conftest import ClientFactory
from tests.streaming import DATA, MARKS, close, get, holding

pytestmark = MARKS

TAG = f'"{md5(DATA, usedforsecurity=False).hexdigest()}"'


async def test_a_body_closed_half_way_leaves_the_client_working(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        body = await get(s3)
        await body.read(10)
        await close(body)

        assert await (await get(s3)).read() == DATA


async def test_a_context_left_half_way_leaves_the_client_working(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        body = await get(s3)
        async with body:
            await body.read(10)

        assert await (await get(s3)).read() == DATA


async def test_a_body_closed_unread_leaves_the_client_working(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        await close(await get(s3))

        assert await (await get(s3)).read() == DATA


async def test_a_body_can_be_read_after_other_requests(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        body = await get(s3)
        start = await body.read(10)
        await s3.put_object(Bucket="bodies", Key="key", Body=b"something else")
        await s3.delete_object(Bucket="bodies", Key="key")

        assert start + await body.read() == DATA


async def test_two_bodies_are_read_in_turns(client: ClientFactory) -> None:
    other = DATA[::-1]
    async with holding(DATA, client) as s3:
        await s3.put_object(Bucket="bodies", Key="other", Body=other)
        first, second = await get(s3), (await s3.get_object(Bucket="bodies", Key="other"))["Body"]
        read_first, read_second = b"", b""
        while len(read_first) < len(DATA) or len(read_second) < len(other):
            read_first += await first.read(10_000)
            read_second += await second.read(7_000)

    assert (read_first, read_second) == (DATA, other)


async def test_two_tasks_read_different_bodies_at_once(client: ClientFactory) -> None:
    bodies = {"one": DATA, "two": DATA[::-1]}
    found: dict[str, bytes] = {}
    async with holding(DATA, client) as s3:
        for key, data in bodies.items():
            await s3.put_object(Bucket="bodies", Key=key, Body=data)

        async def fetch(key: str) -> None:
            body = (await s3.get_object(Bucket="bodies", Key=key))["Body"]
            found[key] = b"".join([chunk async for chunk in body])

        async with anyio.create_task_group() as tasks:
            for key in bodies:
                tasks.start_soon(fetch, key)

    assert found == bodies


# ---------------------------------------------------------------- what is in the body


@pytest.mark.parametrize(
    ("asked", "told", "expected"),
    [
        ("bytes=0-0", "bytes 0-0/502753", DATA[:1]),
        ("bytes=100-200099", "bytes 100-200099/502753", DATA[100:200_100]),
        ("bytes=502700-", "bytes 502700-502752/502753", DATA[502_700:]),
        ("bytes=-10", "bytes 502743-502752/502753", DATA[-10:]),
        ("bytes=502750-600000", "bytes 502750-502752/502753", DATA[502_750:]),
    ],
    ids=["first-byte", "middle", "from", "last", "beyond-the-end"],
)
async def test_a_range_is_streamed_as_that_part(asked: str, told: str, expected: bytes, client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        response = await s3.get_object(Bucket="bodies", Key="key", Range=asked)

        assert (response["ResponseMetadata"]["HTTPStatusCode"], response["ContentRange"]) == (206, told)
        assert response["ContentLength"] == len(expected)
        assert await response["Body"].read() == expected


async def test_a_gzip_encoded_body_is_not_unpacked(client: ClientFactory) -> None:
    packed = b"\x1f\x8b\x08 this is no gzip and nobody should try"
    async with holding(packed, client, ContentEncoding="gzip") as s3:
        assert await (await get(s3)).read() == packed


@pytest.mark.parametrize(
    ("operation", "arguments", "status"),
    [
        ("head_object", {"Key": "key"}, 200),
        ("delete_object", {"Key": "key"}, 204),
        ("put_bucket_tagging", {"Tagging": {"TagSet": []}}, 204),
    ],
    ids=["head", "delete", "no-content"],
)
async def test_an_answer_without_a_body_has_none(
    operation: str, arguments: dict[str, Any], status: int, client: ClientFactory
) -> None:
    async with holding(DATA, client) as s3:
        response = await getattr(s3, operation)(Bucket="bodies", **arguments)

        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert "Body" not in response


async def test_head_tells_the_length_of_the_body_that_it_leaves_out(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        assert (await s3.head_object(Bucket="bodies", Key="key"))["ContentLength"] == 502_753


async def test_an_unmodified_object_is_an_error(client: ClientFactory) -> None:
    async with holding(DATA, client) as s3:
        with pytest.raises(ClientError, match=r"\(304\) when calling the GetObject operation: Not Modified"):
            await get(s3, IfNoneMatch=TAG)
        assert await (await get(s3)).read() == DATA


@pytest.mark.parametrize(
    "operation",
    [pytest.param("head_object", id="head"), pytest.param("delete_object", id="no-content")],
)
async def test_an_answer_that_has_no_body_on_a_wire_has_no_bytes(operation: str, client: ClientFactory) -> None:
    bodies = []
    async with holding(DATA, client) as s3:
        s3.meta.events.register("response-received.s3", lambda response_dict, **_: bodies.append(response_dict["body"]))
        await getattr(s3, operation)(Bucket="bodies", Key="key")

    assert bodies == [b""]
