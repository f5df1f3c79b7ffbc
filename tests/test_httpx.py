"""aiobotocore's httpx backend, on asyncio and on trio: clients that work in full, and sessions wired by hand."""

from __future__ import annotations

from typing import Any

import anyio
import boto3
import pytest
from aiobotocore.httpxsession import HttpxSession
from botocore.exceptions import ClientError, EndpointConnectionError

import aiomoto
from aiomoto import AioSession, RequestBlockedError, mock_aws
from tests.conftest import ClientFactory
from tests.over_httpx import ON_EACH_LOOP, connect

pytestmark = ON_EACH_LOOP


def bucket_names() -> list[str]:
    return sorted(bucket["Name"] for bucket in boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"])


# ---------------------------------------------------------------- the session


def test_the_session_to_wire_by_hand_is_a_httpx_session() -> None:
    assert issubclass(aiomoto.MotoHttpxSession, HttpxSession)


async def test_a_client_made_inside_the_mock_stays_an_httpx_client(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        # s3fs looks for it here too; no public name leads to it.
        assert isinstance(s3._endpoint.http_session, HttpxSession)  # noqa: SLF001


async def test_a_users_subclass_sees_its_requests_and_is_mocked() -> None:
    class Counting(HttpxSession):  # type: ignore[misc]
        sent = 0

        async def send(self, request: Any) -> Any:
            Counting.sent += 1
            return await super().send(request)

    async with mock_aws(), connect(Counting) as s3:
        await s3.create_bucket(Bucket="reports")

        assert Counting.sent == 1
        assert bucket_names() == ["reports"]


async def test_a_subclass_of_the_wired_session_needs_no_mock() -> None:
    class Counting(aiomoto.MotoHttpxSession):
        sent = 0

        async def send(self, request: Any) -> Any:
            Counting.sent += 1
            return await super().send(request)

    async with AioSession(http_session_cls=Counting).create_client("s3") as s3:
        await s3.list_buckets()

    assert Counting.sent == 1


async def test_a_subclass_that_sends_by_itself_is_refused() -> None:
    class OnItsOwn(HttpxSession):  # type: ignore[misc]
        async def send(self, request: Any) -> Any:
            raise AssertionError("sent past the mock")

    with mock_aws(), pytest.raises(RequestBlockedError, match="OnItsOwn"):
        await connect(OnItsOwn).__aenter__()


# ---------------------------------------------------------------- clients


async def test_an_error_of_the_service_is_a_client_error(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        with pytest.raises(ClientError, match="does not exist"):
            await sqs.get_queue_url(QueueName="jobs")


async def test_pages_follow_one_another(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        for key in "abcde":
            await s3.put_object(Bucket="reports", Key=key)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket="reports", PaginationConfig={"PageSize": 2})
        found = [[each["Key"] for each in page["Contents"]] async for page in pages]

    assert found == [["a", "b"], ["c", "d"], ["e"]]


async def test_pages_can_be_taken_apart_by_result_key(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        for key in ("a", "b", "c", "d/1", "e/1"):
            await s3.put_object(Bucket="reports", Key=key)
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket="reports", Delimiter="/", PaginationConfig={"PageSize": 2}
        )
        contents, prefixes = pages.result_key_iters()
        found = [each["Key"] async for each in contents], [each["Prefix"] async for each in prefixes]

    assert found == (["a", "b", "c"], ["d/", "e/"])


async def test_a_waiter_looks_again_until_it_is_there(client: ClientFactory) -> None:
    looks = 0

    def arrive_late(**kwargs: Any) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="reports")

    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        s3.meta.events.register("before-call.s3.HeadBucket", arrive_late)
        await s3.get_waiter("bucket_exists").wait(Bucket="reports", WaiterConfig={"Delay": 0, "MaxAttempts": 5})

    assert looks == 3


@pytest.mark.thorough
@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
async def test_a_failed_attempt_is_repeated_after_a_back_off(mode: str) -> None:
    attempts = 0

    def fail_once(**kwargs: Any) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise EndpointConnectionError(endpoint_url="https://reports.s3.amazonaws.com")

    async with mock_aws(), connect(HttpxSession, retries={"mode": mode}) as s3:
        await s3.create_bucket(Bucket="reports")
        s3.meta.events.register("before-send.s3.PutObject", fail_once)
        put = await s3.put_object(Bucket="reports", Key="a.txt", Body=b"first and second time")
        got = await s3.get_object(Bucket="reports", Key="a.txt")
        body = await got["Body"].read()

    assert put["ResponseMetadata"]["RetryAttempts"] == 1
    assert body == b"first and second time"


async def test_many_requests_at_once_are_all_answered(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:

        async def create(number: int) -> None:
            await s3.create_bucket(Bucket=f"bucket-{number:02}")

        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(create, number)

        assert bucket_names() == [f"bucket-{number:02}" for number in range(50)]


@mock_aws
async def test_a_decorated_test_is_mocked(client: ClientFactory) -> None:
    async with client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")

    assert bucket_names() == ["reports"]


async def test_with_mocks_what_async_with_mocks(client: ClientFactory) -> None:
    with mock_aws():
        async with client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="reports")

        assert bucket_names() == ["reports"]


# ---------------------------------------------------------------- wired by hand


async def test_a_wired_aio_session_needs_no_mock() -> None:
    async with AioSession(http_session_cls=aiomoto.MotoHttpxSession).create_client("sns") as sns:
        topic = await sns.create_topic(Name="alarms")
        await sns.delete_topic(TopicArn=topic["TopicArn"])

    assert topic["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:alarms"


async def test_a_wired_config_needs_no_mock() -> None:
    async with connect(aiomoto.MotoHttpxSession) as s3:
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="a.txt", Body=b"hello")
        got = await s3.get_object(Bucket="reports", Key="a.txt")
        body = await got["Body"].read()
        await s3.delete_object(Bucket="reports", Key="a.txt")
        await s3.delete_bucket(Bucket="reports")

    assert body == b"hello"


async def test_a_wired_client_shares_the_data_of_a_mock() -> None:
    async with AioSession(http_session_cls=aiomoto.MotoHttpxSession).create_client("s3") as s3:
        with mock_aws():
            await s3.create_bucket(Bucket="reports")
            assert bucket_names() == ["reports"]
