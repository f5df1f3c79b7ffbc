"""The responses of aiobotocore's httpx backend: genuine ones, which tell and stream what one from a socket would."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any, ClassVar

import anyio
import anyio.lowlevel
import boto3
import pytest
from aiobotocore import httpxsession
from aiobotocore.awsrequest import HttpxAWSResponse
from aiobotocore.httpxsession import HttpxSession

from aiomoto import mock_aws
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.over_httpx import ON_EACH_LOOP, connect

pytestmark = ON_EACH_LOOP

# The module that aiobotocore picked: httpx2, else httpx.
httpx = httpxsession.httpx
BODY = bytes(range(256)) * 1200  # 300 KiB


class Keeping(HttpxSession):  # type: ignore[misc]
    """A user's own session class, which keeps what its ``send`` gives back."""

    answers: ClassVar[list[Any]] = []

    async def send(self, request: Any) -> Any:
        """Send, and keep the answer."""
        answer = await super().send(request)
        self.answers.append(answer)
        return answer


@pytest.fixture(autouse=True)
def _keep_nothing_of_other_tests() -> None:
    Keeping.answers.clear()


def put_report(key: str = "a.txt", body: bytes = BODY) -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key=key, Body=body)


async def test_the_response_is_one_of_the_httpx_that_aiobotocore_picked() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")

    assert type(Keeping.answers[-1]) is HttpxAWSResponse
    assert type(Keeping.answers[-1].raw) is httpx.Response


def what_it_tells(answer: HttpxAWSResponse) -> dict[str, Any]:
    """What can be read off an answer while its body is still to come."""
    raw = answer.raw
    of_httpx = {"accept", "accept-encoding", "connection"}
    return {
        "url": answer.url,
        "status": answer.status_code,
        "headers": answer.headers.items(),
        "raw status": (raw.http_version, raw.status_code, raw.reason_phrase, raw.is_success),
        "raw headers": raw.headers.raw,
        "raw url": str(raw.url),
        "request": (raw.request.method, str(raw.request.url), set(raw.request.headers) - of_httpx),
        "text": (raw.encoding, raw.charset_encoding),
        "redirects": (raw.history, raw.next_request),
        "stream": (raw.is_closed, raw.is_stream_consumed, raw.num_bytes_downloaded),
    }


@pytest.mark.parametrize("key", ["a.txt", "a b/../ü%20//c?d#e"], ids=["plain", "odd"])
async def test_the_response_tells_what_one_from_a_socket_tells(key: str) -> None:
    with loopback_server() as server:
        async with mock_aws(), connect(Keeping, endpoint_url=server.url) as s3:
            put_report(key)
            await s3.get_object(Bucket="reports", Key=key)
        answer_alike(server, Keeping.answers[-1])
        async with connect(Keeping, endpoint_url=server.url) as s3:
            got = await s3.get_object(Bucket="reports", Key=key)
            mocked, sent = map(what_it_tells, Keeping.answers)
            await got["Body"].read()

    assert len(server.received) == 1
    assert mocked == sent


def answer_alike(server: LoopbackServer, answer: HttpxAWSResponse) -> None:
    raw = answer.raw
    pairs = tuple((name.decode(), value.decode()) for name, value in raw.headers.raw)
    server.answer = Answer(raw.status_code, pairs, BODY)


async def test_a_body_comes_in_chunks_of_at_most_64_kib() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")
        chunks = [chunk async for chunk in Keeping.answers[-1].raw.aiter_raw()]

    assert [len(chunk) for chunk in chunks] == [65536, 65536, 65536, 65536, 45056]
    assert b"".join(chunks) == BODY


async def test_other_tasks_have_turns_between_the_chunks() -> None:
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with mock_aws(), connect(Keeping) as s3, anyio.create_task_group() as tasks:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")
        tasks.start_soon(take_turns)
        async for _ in Keeping.answers[-1].raw.aiter_raw():
            turns_before_the_last_chunk = turns
        tasks.cancel_scope.cancel()

    # One for each of the four gaps; the loop is free to choose who is first in the last of them.
    assert turns_before_the_last_chunk >= 3


async def read_on_after_close() -> str:
    """The kind of error of reading on from a response that was closed half way."""
    raw = Keeping.answers[-1].raw
    async with aclosing(raw.aiter_raw()) as stream:
        await stream.__anext__()
        await raw.aclose()
        try:
            async for _ in stream:
                pass  # what had come in already
        except Exception as error:
            return type(error).__name__
    return "none"


async def test_a_response_closed_half_way_cannot_be_read_on_as_over_a_socket() -> None:
    with loopback_server() as server:
        async with mock_aws(), connect(Keeping, endpoint_url=server.url) as s3:
            put_report()
            await s3.get_object(Bucket="reports", Key="a.txt")
            mocked = await read_on_after_close()
        answer_alike(server, Keeping.answers[-1])
        async with connect(Keeping, endpoint_url=server.url) as s3:
            await s3.get_object(Bucket="reports", Key="a.txt")
            sent = await read_on_after_close()

    assert (mocked, sent) == ("ReadError", "ReadError")


async def test_a_response_closed_half_way_leaves_the_client_working() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")
        raw = Keeping.answers[-1].raw
        async with aclosing(raw.aiter_raw()) as stream:
            first = await stream.__anext__()
            await raw.aclose()

        assert (first, raw.is_closed) == (BODY[:65536], True)
        assert await (await s3.get_object(Bucket="reports", Key="a.txt"))["Body"].read() == BODY


async def test_a_response_that_was_read_knows_how_long_it_took() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await (await s3.get_object(Bucket="reports", Key="a.txt"))["Body"].read()

    assert Keeping.answers[-1].raw.elapsed.total_seconds() >= 0
