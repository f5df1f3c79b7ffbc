"""Scripted streaming bodies: from memory, files and iterables, over every client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from io import BytesIO
from typing import Any

import anyio.lowlevel
import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from aiomoto import ArgumentError, mock_aws
from tests.conftest import ClientFactory
from tests.http_clients import Library

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
DATA = bytes(range(251)) * 800  # 200,800 bytes: several times what comes at once
PIECES = [DATA[:5], b"", DATA[5:100_000], DATA[100_000:]]
OBJECT = {"Bucket": "reports", "Key": "a"}


class Pieces:
    """An iterable that serves any number of calls."""

    def __iter__(self) -> Iterator[bytes]:
        return iter(PIECES)


class AsyncPieces:
    """The same for an event loop."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in PIECES:
            await anyio.lowlevel.checkpoint()
            yield piece


class AsyncFile:
    """A file that is read with await, as aiofiles opens it."""

    def __init__(self) -> None:
        self._file = BytesIO(DATA)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


BODIES: dict[str, Callable[[], Any]] = {
    "bytes": lambda: DATA,
    "list": lambda: PIECES,
    "file": lambda: BytesIO(DATA),
    "botocore-body": lambda: StreamingBody(BytesIO(DATA), len(DATA)),
    "iterable": Pieces,
    "async-iterable": AsyncPieces,
}
each_body = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)


@each_body
async def test_a_body_arrives_as_it_was_given(client: ClientFactory, body: Callable[[], Any]) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.answers.add("s3", "GetObject", {"Body": body(), "ContentType": "text/plain"})
        for _ in range(2):
            response = await s3.get_object(**OBJECT)
            assert await response["Body"].read() == DATA
            assert response["ContentType"] == "text/plain"


def test_boto3_gets_the_same() -> None:
    with mock_aws() as aws:
        for body in (DATA, PIECES, Pieces(), AsyncPieces(), StreamingBody(BytesIO(DATA), len(DATA))):
            with aws.answers.add("s3", "GetObject", {"Body": body}):
                for _ in range(2):
                    response = boto3.client("s3", REGION).get_object(**OBJECT)
                    assert response["Body"].read() == DATA


async def test_presigned_urls_get_the_same(http: Library) -> None:
    async with mock_aws() as aws:
        url = boto3.client("s3", REGION).generate_presigned_url("get_object", OBJECT)
        for body in (PIECES, AsyncPieces()):
            with aws.answers.add("s3", "GetObject", {"Body": body}):
                assert (await http.send("GET", url)).body == DATA


async def test_a_client_of_the_endpoint_gets_the_same() -> None:
    async with mock_aws(endpoint=True) as aws:
        for body in (PIECES, AsyncPieces()):
            with aws.answers.add("s3", "GetObject", {"Body": body}):
                read = lambda: boto3.client("s3", REGION).get_object(**OBJECT)["Body"].read()  # noqa: E731
                assert await asyncio.to_thread(read) == DATA


async def test_a_function_may_return_an_open_file(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        for opened in (lambda call: {"Body": BytesIO(DATA)}, lambda call: {"Body": AsyncFile()}):
            with aws.answers.add("s3", "GetObject", opened):
                assert await (await s3.get_object(**OBJECT))["Body"].read() == DATA


async def test_a_stated_length_is_what_the_client_expects(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.answers.add("s3", "GetObject", {"Body": PIECES, "ContentLength": len(DATA)})
        response = await s3.get_object(**OBJECT)
        assert response["ContentLength"] == len(DATA)
        assert await response["Body"].read() == DATA


async def test_a_large_answer_arrives(client: ClientFactory) -> None:
    size = 100_000_000
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.answers.add("s3", "GetObject", lambda call: {"Body": bytes(size)})
        assert len(await (await s3.get_object(**OBJECT))["Body"].read()) == size


async def test_a_fault_cuts_a_body_that_is_made_while_it_is_sent(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.answers.add("s3", "GetObject", {"Body": PIECES})
        aws.faults.add("s3", "GetObject", cut_after=70_000)
        body = (await s3.get_object(**OBJECT))["Body"]
        with pytest.raises(Exception, match=r"not completed|reading from response stream|without sending complete"):
            await body.read()


async def test_what_a_generator_raises_is_raised_where_the_body_is_read(client: ClientFactory) -> None:
    def broken(call: Any) -> dict[str, Any]:
        def pieces() -> Iterator[bytes]:
            yield DATA
            raise KeyError("mine")

        return {"Body": pieces()}

    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.answers.add("s3", "GetObject", broken)
        body = (await s3.get_object(**OBJECT))["Body"]
        with pytest.raises(KeyError, match="mine"):
            await body.read()


NO_PIECES: dict[str, tuple[Any, str]] = {
    "number": ([b"a", 5], "s3 GetObject: an item of Body must be bytes, not 5"),
    "error": ([b"a", ClientError({"Error": {"Code": "SlowDown"}}, "GetObject")], "must be bytes"),
}


@pytest.mark.parametrize(("pieces", "message"), NO_PIECES.values(), ids=NO_PIECES)
async def test_what_is_no_piece_is_refused_where_the_body_is_read(
    client: ClientFactory, pieces: Any, message: str
) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.answers.add("s3", "GetObject", lambda call: {"Body": iter(pieces)})
        body = (await s3.get_object(**OBJECT))["Body"]
        with pytest.raises(ArgumentError, match=message):
            await body.read()


async def test_closing_a_client_ends_a_body_that_a_task_waits_for(client: ClientFactory) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        await anyio.sleep_forever()

    async def read(body: Any) -> None:
        with pytest.raises(Exception, match=r"closed|Response payload"):
            await body.read()
        ended.set()

    ended = anyio.Event()
    async with mock_aws() as aws, anyio.create_task_group() as tasks:
        aws.answers.add("s3", "GetObject", lambda call: {"Body": pieces()})
        async with client("s3", region_name=REGION) as s3:
            tasks.start_soon(read, (await s3.get_object(**OBJECT))["Body"])
            await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(30):
            await ended.wait()
