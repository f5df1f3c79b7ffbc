"""A client has as many connections as over a network: calls wait for one, and unread bodies keep theirs."""

from __future__ import annotations

import gc
from typing import Any

import aiohttp
import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
LARGE = b"x" * 1_000_000  # more than what comes in before anybody reads
OBJECT = {"Bucket": "photos", "Key": "a"}
NARROW: dict[str, Any] = {"max_pool_connections": 2, "retries": {"total_max_attempts": 1}}
TWO = AioConfig(**NARROW)
HASTY = AioConfig(**NARROW, connect_timeout=0.05)


async def put(s3: Any, data: bytes = LARGE) -> None:
    await s3.create_bucket(Bucket="photos")
    await s3.put_object(**OBJECT, Body=data)


async def close(body: Any) -> None:
    """Close a body: with aiohttp at once, with httpx by awaiting it."""
    closing = body.close()
    if closing is not None:
        await closing


# ---------------------------------------------------------------- bodies that nobody reads


async def test_unread_bodies_keep_their_connections(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION, config=HASTY) as s3:
        await put(s3)
        kept = [await s3.get_object(**OBJECT) for _ in range(2)]
        with pytest.raises(ConnectTimeoutError) as raised:
            await s3.head_object(**OBJECT)
        for response in kept:
            await close(response["Body"])
        await s3.head_object(**OBJECT)

    message = str(raised.value)
    assert "all 2 connections of the client are in use" in message
    assert message.count("s3 GetObject (GET https://photos.s3.amazonaws.com/a), unread for 0.") == 2
    assert [call.status for call in aws.calls.filter("s3", "HeadObject")] == [None, 200]


@pytest.mark.parametrize("ends", ["read", "closed", "left"])
async def test_a_call_goes_on_when_a_body_gives_its_connection_back(ends: str, client: ClientFactory) -> None:
    async def end(body: Any) -> None:
        await anyio.wait_all_tasks_blocked()
        if ends == "read":
            await body.read()
        elif ends == "closed":
            await close(body)
        else:
            async with body:
                pass

    async with mock_aws(), client("s3", region_name=REGION, config=TWO) as s3:
        await put(s3)
        kept = [await s3.get_object(**OBJECT) for _ in range(2)]
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(end, kept[0]["Body"])
            assert (await s3.head_object(**OBJECT))["ContentLength"] == len(LARGE)
        await close(kept[1]["Body"])


async def test_a_small_body_comes_in_by_itself_over_aiohttp_only(client: ClientFactory, stack: Stack) -> None:
    async with mock_aws(), client("s3", region_name=REGION, config=HASTY) as s3:
        await put(s3, b"small")
        kept = [await s3.get_object(**OBJECT) for _ in range(2)]
        if stack.name == "aiohttp":
            await s3.head_object(**OBJECT)
        else:  # httpx returns a connection when the body has been read
            with pytest.raises(ConnectTimeoutError):
                await s3.head_object(**OBJECT)
        for response in kept:
            assert await response["Body"].read() == b"small"


async def test_aiohttp_returns_the_connection_of_a_response_that_is_collected(
    client: ClientFactory, stack: Stack
) -> None:
    if stack.name != "aiohttp":
        pytest.skip("httpx keeps the connection of a response that was not closed, also when it is collected")
    async with mock_aws(), client("s3", region_name=REGION, config=HASTY) as s3:
        await put(s3)
        for _ in range(5):
            await s3.get_object(**OBJECT)
            gc.collect()


async def test_another_attempt_of_a_call_that_gave_up_does_not_wait_again(client: ClientFactory) -> None:
    config = AioConfig(max_pool_connections=1, connect_timeout=0.05, retries={"total_max_attempts": 50})
    async with mock_aws(sleep="instant") as aws, client("s3", region_name=REGION, config=config) as s3:
        await put(s3)
        body = (await s3.get_object(**OBJECT))["Body"]
        with anyio.fail_after(30), pytest.raises(ConnectTimeoutError):
            await s3.head_object(**OBJECT)
        await close(body)

    assert [call.attempt for call in aws.calls.filter("s3", "HeadObject")] == list(range(1, 51))


async def test_each_client_has_connections_of_its_own(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("s3", region_name=REGION, config=HASTY) as one,
        client("s3", region_name=REGION, config=HASTY) as other,
    ):
        await put(one)
        kept = [await one.get_object(**OBJECT) for _ in range(2)]
        await other.head_object(**OBJECT)
        for response in kept:
            await close(response["Body"])


async def test_a_client_from_before_the_mock_has_as_many(
    client: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    async with client("s3", region_name=REGION, config=HASTY) as s3, mock_aws():
        await put(s3)
        kept = [await s3.get_object(**OBJECT) for _ in range(2)]
        with pytest.raises(ConnectTimeoutError, match="all 2 connections"):
            await s3.head_object(**OBJECT)
        for response in kept:
            await close(response["Body"])


# ---------------------------------------------------------------- more calls than connections


@pytest.mark.thorough
async def test_calls_beyond_the_connections_get_through_in_the_order_of_asking(
    client: ClientFactory, stack: Stack
) -> None:
    asked = []

    async def put(key: str) -> None:
        asked.append(key)
        await s3.put_object(Bucket="photos", Key=key, Body=b"x")

    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        async with anyio.create_task_group() as tasks:
            for number in range(200):
                tasks.start_soon(put, str(number))

    answered = [call.params["Key"] for call in aws.calls.filter("s3", "PutObject")]
    in_order = sorted if stack.loop == "trio" else list  # trio runs tasks in any order
    assert in_order(answered) == in_order(asked)


async def test_calls_under_way_are_waited_for_however_long_they_take(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION, config=HASTY) as s3:
        await put(s3)
        aws.faults.add("s3", "HeadObject", latency=0.3, times=2)
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(lambda: s3.head_object(**OBJECT))

    assert [call.status for call in aws.calls.filter("s3", "HeadObject")] == [200] * 3


async def test_a_cancelled_call_takes_no_connection_with_it(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name=REGION, config=TWO) as s3:
        await put(s3)
        kept = [await s3.get_object(**OBJECT) for _ in range(2)]
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(lambda: s3.head_object(**OBJECT))
            await anyio.wait_all_tasks_blocked()
            for response in kept:
                await close(response["Body"])
            tasks.cancel_scope.cancel()
        for _ in range(3):
            await s3.head_object(**OBJECT)


# ---------------------------------------------------------------- boto3


def test_boto3_warns_as_urllib3_does_when_it_discards_a_connection(caplog: pytest.LogCaptureFixture) -> None:
    with mock_aws():
        s3 = boto3.client("s3", REGION, config=Config(max_pool_connections=2))
        s3.create_bucket(Bucket="photos")
        s3.put_object(**OBJECT, Body=LARGE)
        bodies = [s3.get_object(**OBJECT)["Body"] for _ in range(3)]
        for body in bodies[:2]:
            assert body.read() == LARGE
        assert caplog.messages == []
        assert bodies[2].read() == LARGE

    expected = "Connection pool is full, discarding connection: photos.s3.amazonaws.com. Connection pool size: 2"
    assert [record.getMessage() for record in caplog.records if record.name == "urllib3.connectionpool"] == [expected]


def test_boto3_does_not_warn_of_calls_one_after_another(caplog: pytest.LogCaptureFixture) -> None:
    with mock_aws():
        s3 = boto3.client("s3", REGION, config=Config(max_pool_connections=1))
        s3.create_bucket(Bucket="photos")
        for _ in range(3):
            s3.put_object(**OBJECT, Body=b"small")
            s3.get_object(**OBJECT)["Body"].read()
            with pytest.raises(s3.exceptions.NoSuchBucket):
                s3.list_objects_v2(Bucket="none")

    assert [record for record in caplog.records if record.name == "urllib3.connectionpool"] == []


# ---------------------------------------------------------------- without an SDK


def presigned(data: bytes = LARGE) -> str:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="photos")
    s3.put_object(**OBJECT, Body=data)
    url: str = s3.generate_presigned_url("get_object", OBJECT)
    return url


async def test_a_session_of_aiohttp_has_the_limit_of_its_connector() -> None:
    timeout = aiohttp.ClientTimeout(sock_connect=0.05)
    async with mock_aws(), aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
        url = presigned()
        kept = [await session.get(url) for _ in range(2)]
        with pytest.raises(aiohttp.ServerTimeoutError) as raised:
            await session.get(url)
        kept[0].close()
        async with session.get(url) as response:
            assert await response.read() == LARGE
        kept[1].close()

    assert "all 2 connections of the client are in use" in str(raised.value.__cause__)


@pytest.mark.thorough
async def test_a_connector_of_aiohttp_without_a_limit_has_any_number() -> None:
    async with mock_aws(), aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        url = presigned()
        kept = [await session.get(url) for _ in range(150)]
        for response in kept:
            response.close()


async def test_a_client_of_httpx_has_its_limits() -> None:
    httpx = pytest.importorskip("httpx")
    options = {"limits": httpx.Limits(max_connections=2), "timeout": httpx.Timeout(5, pool=0.05)}
    async with mock_aws(), httpx.AsyncClient(**options) as client:
        url = presigned(b"small")
        kept = [await client.send(client.build_request("GET", url), stream=True) for _ in range(2)]
        with pytest.raises(httpx.PoolTimeout, match="all 2 connections of the client are in use"):
            await client.get(url)
        await kept[0].aclose()
        assert (await client.get(url)).content == b"small"
        assert await kept[1].aread() == b"small"
        for _ in range(3):
            await client.get(url)
