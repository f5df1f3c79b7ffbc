"""A ``Content-Length`` that is not the body's: cut, waited for or refused, as over a network."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from aiomoto import mock_aws
from tests.conftest import Stack
from tests.loopback import LoopbackServer
from tests.uploads import AS_IT_IS, BOTO3, MARKS, Boto3, Outcome, Upload, inside_mock, over_network, stored, uploader
from tests.uploads import server as server  # a fixture
from tests.uploads import stack as stack  # a fixture

pytestmark = [*MARKS, pytest.mark.usefixtures("sockets_collected"), pytest.mark.thorough]

TEXT = "Grüße aus Köln"  # 14 characters, 17 bytes
BODY = TEXT.encode()
OPTIONS = AS_IT_IS | {"read_timeout": 0.1}


def pieces() -> Iterator[bytes]:
    yield BODY[:3]
    yield BODY[3:]


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


def bodies(stack: Stack | Boto3) -> dict[str, Any]:
    kinds: dict[str, Any] = {"bytes": BODY, "str": TEXT, "BytesIO": io.BytesIO(BODY), "bytearray": bytearray(BODY)}
    kinds["pieces"] = pieces() if isinstance(stack, Boto3) else async_pieces()
    return kinds | {"nothing": b"", "none": None}


async def test_a_length_that_is_not_the_bodys_does_what_it_does_over_a_network(
    stack: Stack | Boto3, server: LoopbackServer
) -> None:
    def uploads() -> dict[str, Upload]:
        return {
            f"{name} of {length}": Upload(body, {"ContentLength": length})
            for length in (0, 14, 17, 30)
            for name, body in bodies(stack).items()
        }

    real = await over_network(server, stack, uploads(), OPTIONS)

    assert await inside_mock(stack, uploads(), OPTIONS) == real


async def test_a_length_that_is_no_number_fails_as_over_a_network(stack: Stack | Boto3, server: LoopbackServer) -> None:
    lengths = ("abc", "", "1 4", " 14 ", "14, 14", "-14")
    uploads = {length: Upload(BODY, headers={"Content-Length": length}) for length in lengths}
    real = await over_network(server, stack, uploads, OPTIONS)

    assert await inside_mock(stack, uploads, OPTIONS) == real


WITH_14_BYTES = {
    "aiohttp": Outcome(BODY[:14]),
    "boto3": Outcome(BODY[:14]),
    "httpx": Outcome(None, "HTTPClientError", "LocalProtocolError"),
}


async def test_a_body_is_cut_or_refused_where_its_length_was_counted_in_characters(stack: Stack | Boto3) -> None:
    uploads = {"body": Upload(BODY, {"ContentLength": len(TEXT)})}

    assert await inside_mock(stack, uploads, OPTIONS) == {"body": WITH_14_BYTES[stack.name]}


async def test_a_read_timeout_that_is_certain_is_not_waited_for(stack: Stack | Boto3) -> None:
    if stack.name == "httpx":
        pytest.skip("httpx refuses such a request")
    with mock_aws() as aws:
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        async with uploader(stack, "https://localhost:4566", AS_IT_IS | {"read_timeout": 3600}) as put:
            error = await put(Upload(BODY, {"ContentLength": 30}))

        assert "Contents" not in s3.list_objects_v2(Bucket="bodies")
    assert type(error).__name__ == "ReadTimeoutError"
    assert str(error).endswith("Content-Length is 30, but the body has 17 bytes")
    assert [call.failure for call in aws.calls.filter("s3", "PutObject")] == ["read_timeout"]


async def test_the_next_upload_of_the_client_succeeds(stack: Stack | Boto3) -> None:
    with mock_aws():
        BOTO3.client("s3").create_bucket(Bucket="bodies")
        async with uploader(stack, "https://localhost:4566", AS_IT_IS | {"max_pool_connections": 1}) as put:
            await put(Upload(BODY, {"ContentLength": 30}))

            assert await put(BODY) is None
        assert stored() == BODY
