"""A client that has been closed: what it has not received does not come any more, as over a network."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from aiobotocore.httpsession import AIOHTTPSession
from botocore.exceptions import HTTPClientError, ResponseStreamingError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.streaming import MARKS

pytestmark = MARKS

REGION = "us-east-1"
LARGE = bytes(range(251)) * 4000


async def body_of_a_closed_client(client: ClientFactory, data: bytes, *, to_read: int = 0) -> Any:
    async with client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="a.jpg", Body=data)
        body = (await s3.get_object(Bucket="photos", Key="a.jpg"))["Body"]
        await body.read(to_read)
    return body


@pytest.mark.parametrize("data", [b"0123456789", LARGE], ids=["small", "large"])
async def test_a_body_that_nobody_read_is_lost(client: ClientFactory, data: bytes) -> None:
    async with mock_aws():
        async with client("s3", region_name=REGION) as s3:
            await s3.create_bucket(Bucket="photos")
            await s3.put_object(Bucket="photos", Key="a.jpg", Body=data)
            body = (await s3.get_object(Bucket="photos", Key="a.jpg"))["Body"]
        with pytest.raises((RuntimeError, ResponseStreamingError), match=r"Connection closed|closed before its end"):
            await body.read()


async def test_the_rest_of_a_body_is_lost(client: ClientFactory) -> None:
    async with mock_aws():
        body = await body_of_a_closed_client(client, LARGE, to_read=10)
        with pytest.raises((RuntimeError, ResponseStreamingError), match=r"Connection closed|closed before its end"):
            await body.read()


async def test_a_body_that_was_read_stays_read(client: ClientFactory) -> None:
    async with mock_aws():
        body = await body_of_a_closed_client(client, b"0123456789", to_read=10)
        assert await body.read() == b""


async def test_a_closed_client_calls_nobody(client: ClientFactory, stack: Any) -> None:
    if stack.session_class is not AIOHTTPSession:
        pytest.skip("aiobotocore's clients over httpx can be used again")
    if version("aiobotocore") < "3":
        pytest.skip("before aiobotocore 3.0 a closed client opens new connections")
    async with mock_aws() as aws:
        async with client("sqs", region_name=REGION) as sqs:
            await sqs.list_queues()
        with pytest.raises(HTTPClientError, match="NoneType"):
            await sqs.list_queues()

        assert len(aws.calls) == 1
