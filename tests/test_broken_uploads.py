"""A presigned upload whose body raises while it is sent: the library's own error, logged, and nothing stored."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws
from tests.http_clients import Library
from tests.loopback import LoopbackServer, loopback_server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_collected"), pytest.mark.thorough]

ERRORS = [
    OSError("disk failure"),
    ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    BrokenPipeError(errno.EPIPE, "Broken pipe"),
    TimeoutError("source is late"),
    ValueError("bad data"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as running:
        yield running


def broken(error: Exception) -> Iterator[bytes]:
    yield b"half of it"
    raise error


async def broken_async(error: Exception) -> AsyncIterator[bytes]:
    yield b"half of it"
    raise error


async def error_of(http: Library, url: str, error: Exception) -> str:
    body: Any = broken_async(error) if http.is_async else broken(error)
    with pytest.raises(Exception) as raised:  # noqa: PT011  (which one is what is compared)
        await http.send("PUT", url, content=body, headers={"Content-Length": "20"}, timeout=0.3)
    return type(raised.value).__name__


@pytest.mark.parametrize("error", ERRORS, ids=repr)
async def test_it_fails_as_over_a_network_and_nothing_is_stored(
    error: Exception, http: Library, server: LoopbackServer
) -> None:
    real = await error_of(http, server.url, error)
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="uploads")
        url = s3.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "key"})

        assert await error_of(http, url, error) == real
        assert "Contents" not in s3.list_objects_v2(Bucket="uploads")
        attempts = aws.calls.filter("s3", "PutObject")
        assert {(call.params["Key"], call.failure) for call in attempts} == {("key", type(error).__name__)}
