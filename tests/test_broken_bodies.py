"""A request body that raises while it is sent: the client's own error, after as many attempts as over a network."""

from __future__ import annotations

import asyncio
import errno
import http.client
import io
import ssl
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import anyio
import pytest

from aiomoto import mock_aws
from tests.conftest import Stack
from tests.loopback import LoopbackServer
from tests.uploads import AS_IT_IS, BOTO3, DATA, MARKS, Boto3, DataFile, inside_mock, over_network, stored, uploader
from tests.uploads import server as server  # a fixture
from tests.uploads import stack as stack  # a fixture

pytestmark = [*MARKS, pytest.mark.usefixtures("sockets_collected")]


class Broken(DataFile):
    """A file whose disk fails half way."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error
        self.starts = 0

    def read(self, size: int = -1) -> bytes:
        self.starts += self.tell() == 0
        if self.tell() > len(DATA) // 2:
            raise self._error
        return self._file.read(min(size, 65_536))


class OfTheTest(Exception):
    pass


ERRORS = [
    OSError("disk failure"),
    OSError(errno.EIO, "Input/output error"),
    ConnectionResetError("source gone"),
    ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    BrokenPipeError(errno.EPIPE, "Broken pipe"),
    TimeoutError("source is late"),
    TimeoutError(errno.ETIMEDOUT, "Connection timed out"),
    asyncio.TimeoutError("source is late"),
    ValueError("bad data"),
    OfTheTest("of the test"),
    http.client.IncompleteRead(b""),
    ssl.SSLError("decryption failed"),
    aiohttp.ClientPayloadError("source broke off"),
]


@pytest.mark.thorough
@pytest.mark.parametrize("options", [{}, AS_IT_IS], ids=["framed", "as-it-is"])
async def test_a_body_that_breaks_fails_as_over_a_network(
    options: dict[str, Any], stack: Stack | Boto3, server: LoopbackServer
) -> None:
    # With an error of TLS aiobotocore's session over httpx fails by a mistake of its own.
    errors = [error for error in ERRORS if stack.name != "httpx" or not isinstance(error, ssl.SSLError)]
    real = await over_network(server, stack, {repr(error): Broken(error) for error in errors}, options)

    assert await inside_mock(stack, {repr(error): Broken(error) for error in errors}, options) == real
    assert all(outcome.error for outcome in real.values())


async def _broken(error: BaseException) -> AsyncIterator[bytes]:
    yield DATA
    raise error


async def test_an_async_body_that_breaks_fails_as_over_a_network(stack: Stack | Boto3, server: LoopbackServer) -> None:
    if isinstance(stack, Boto3):
        pytest.skip("boto3 sends no asynchronous bodies")
    errors = [OSError("source gone"), ValueError("bad data"), TimeoutError("late")]
    if stack.name != "aiohttp" or sys.version_info < (3, 11):  # aiohttp reads bodies in a task of its own
        errors.pop()
    real = await over_network(server, stack, {repr(error): _broken(error) for error in errors}, AS_IT_IS)

    assert await inside_mock(stack, {repr(error): _broken(error) for error in errors}, AS_IT_IS) == real


ATTEMPTS = {
    "boto3": ("ConnectionClosedError", 3),
    "aiohttp": ("EndpointConnectionError", 3),
    "httpx": ("HTTPClientError", 1),
}
CANCELLED = {"asyncio": "CancelledError", "trio": "Cancelled"}
THREE_ATTEMPTS = {"retries": {"total_max_attempts": 3}}


async def test_a_body_that_breaks_is_sent_as_often_as_over_a_network(stack: Stack | Boto3) -> None:
    body = Broken(OSError("disk failure"))
    with mock_aws(sleep="instant") as aws:
        async with uploader(stack, "https://localhost:4566", THREE_ATTEMPTS) as put:
            error = await put(body)

    expected, count = ATTEMPTS[stack.name]
    assert (type(error).__name__, body.starts) == (expected, count)
    assert [call.failure for call in aws.calls.filter("s3", "PutObject")] == ["OSError"] * count


async def test_a_body_that_breaks_once_is_sent_whole_by_the_next_attempt(stack: Stack | Boto3) -> None:
    class BreaksOnce(Broken):
        has_broken = False

        def read(self, size: int = -1) -> bytes:
            if not self.has_broken and self.tell() > len(DATA) // 2:
                self.has_broken = True
                raise self._error
            return self._file.read(min(size, 65_536))

    with mock_aws(sleep="instant") as aws:
        BOTO3.client("s3").create_bucket(Bucket="bodies")
        async with uploader(stack, "https://localhost:4566", THREE_ATTEMPTS) as put:
            # The same class since Python 3.11; before, aiobotocore knows asyncio's over httpx, and boto3 Python's own.
            late = asyncio.TimeoutError if stack.name == "httpx" else TimeoutError
            assert await put(BreaksOnce(late("source is late"))) is None

        assert stored() == DATA
    puts = aws.calls.filter("s3", "PutObject")
    assert [(call.outcome, call.attempt) for call in puts] == [("TimeoutError", 1), ("200", 2)]


async def test_an_interrupt_in_a_body_passes_through(stack: Stack | Boto3) -> None:
    class Interrupted(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise SystemExit

    with mock_aws(), pytest.raises(SystemExit):
        async with uploader(stack, "https://localhost:4566", {}) as put:
            await put(Interrupted(DATA))


async def test_a_call_can_be_cancelled_while_its_body_waits(stack: Stack | Boto3) -> None:
    if isinstance(stack, Boto3):
        pytest.skip("nobody cancels boto3")

    async def endless() -> AsyncIterator[bytes]:
        yield DATA
        begun.set()
        await anyio.sleep_forever()

    async def upload() -> None:
        async with uploader(stack, "https://localhost:4566", AS_IT_IS) as put:
            await put(endless())
            ended.append("sent")

    begun, ended = anyio.Event(), list[str]()
    with mock_aws() as aws:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upload)
            await begun.wait()
            tasks.cancel_scope.cancel()

        assert tasks.cancel_scope.cancelled_caught
    assert ended == []
    assert [call.failure for call in aws.calls.filter("s3", "PutObject")] == [CANCELLED[stack.loop]]
