"""``mock_aws(sleep="instant")``: back-off and waiters take no time, are recorded, and are nobody else's business."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import aiobotocore.endpoint
import anyio
import boto3
import botocore.endpoint
import botocore.waiter
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError, WaiterError

from aiomoto import ArgumentError, mock_aws
from tests.conftest import ClientFactory

REGION = "us-east-1"
MODES = ["legacy", "standard", "adaptive"]


def retries(mode: str, attempts: int = 4) -> dict[str, Any]:
    return {"retries": {"mode": mode, "total_max_attempts": attempts}}


@pytest.fixture(autouse=True)
def _no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sleep of a second or more fail, whoever sleeps, instead of making the test slow."""

    def check(sleep: Callable[[float], Any]) -> Callable[[float], Any]:
        def checked(seconds: float, *args: Any) -> Any:
            assert seconds < 1, f"slept {seconds} s"
            return sleep(seconds, *args)

        return checked

    monkeypatch.setattr(time, "sleep", check(time.sleep))


# ---------------------------------------------------------------- retries


@pytest.mark.anyio
@pytest.mark.parametrize("mode", MODES)
async def test_client_retries_without_waiting(mode: str, client: ClientFactory) -> None:
    config = AioConfig(**retries(mode))
    async with mock_aws(sleep="instant") as aws, client("s3", region_name=REGION, config=config) as s3:
        aws.faults.add("s3", "CreateBucket", error="SlowDown", times=3)
        answer = await s3.create_bucket(Bucket="photos")

    assert answer["ResponseMetadata"]["RetryAttempts"] == 3
    assert [call.attempt for call in aws.calls] == [1, 2, 3, 4]
    assert [call.outcome for call in aws.calls] == ["503 SlowDown"] * 3 + ["200"]
    aws.calls.assert_called_once("s3", "CreateBucket", Bucket="photos")
    assert [wait.why for wait in aws.slept if wait.why != "adaptive rate limit"] == ["retry"] * 3
    assert all(wait.seconds > 0 for wait in aws.slept)


@pytest.mark.parametrize("mode", MODES)
def test_boto3_retries_without_waiting(mode: Any) -> None:
    with mock_aws(sleep="instant") as aws:
        s3 = boto3.client("s3", region_name=REGION, config=Config(**retries(mode)))
        aws.faults.add("s3", "CreateBucket", error="SlowDown", times=3)
        answer = s3.create_bucket(Bucket="photos")

    assert answer["ResponseMetadata"]["RetryAttempts"] == 3
    assert [wait.why for wait in aws.slept if wait.why != "adaptive rate limit"] == ["retry"] * 3


@pytest.mark.anyio
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["connect_timeout", "connect_error", "read_timeout"])
async def test_failed_connections_are_retried_too(kind: Any, mode: str, client: ClientFactory) -> None:
    config = AioConfig(**retries(mode))
    async with mock_aws(sleep="instant") as aws, client("sqs", region_name=REGION, config=config) as sqs:
        aws.faults.add("sqs", raises=kind, times=2)
        answer = await sqs.list_queues()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.outcome for call in aws.calls] == [kind, kind, "200"]


@pytest.mark.anyio
@pytest.mark.parametrize("mode", MODES)
async def test_attempts_run_out_as_ever(mode: str, client: ClientFactory) -> None:
    config = AioConfig(**retries(mode, attempts=3))
    async with mock_aws(sleep="instant") as aws, client("sqs", region_name=REGION, config=config) as sqs:
        aws.faults.add("sqs", error="Throttling")
        with pytest.raises(ClientError, match="Throttling"):
            await sqs.list_queues()

    assert len(aws.calls) == 3


@pytest.mark.anyio
async def test_adaptive_mode_slows_down_in_a_time_of_its_own(client: ClientFactory) -> None:
    config = AioConfig(**retries("adaptive", attempts=2))
    async with mock_aws(sleep="instant") as aws, client("sqs", region_name=REGION, config=config) as sqs:
        aws.faults.add("sqs", error="Throttling", times=4)
        for _ in range(8):
            try:
                await sqs.list_queues()
            except ClientError:
                continue

    assert "adaptive rate limit" in {wait.why for wait in aws.slept}
    assert len(aws.slept) < 50  # no hot loop


def test_boto3s_adaptive_mode_does_so_too() -> None:
    with mock_aws(sleep="instant") as aws:
        sqs = boto3.client("sqs", region_name=REGION, config=Config(**retries("adaptive", attempts=2)))
        aws.faults.add("sqs", error="Throttling", times=4)
        for _ in range(8):
            try:
                sqs.list_queues()
            except ClientError:
                continue

    assert "adaptive rate limit" in {wait.why for wait in aws.slept}
    assert len(aws.slept) < 50


@pytest.mark.anyio
async def test_client_that_is_older_than_the_mock_does_not_wait_either(client: ClientFactory) -> None:
    keys = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}
    async with client("sqs", region_name=REGION, config=AioConfig(**retries("standard")), **keys) as sqs:
        with mock_aws(sleep="instant") as aws:
            aws.faults.add("sqs", error="Throttling", times=2)
            await sqs.list_queues()

    assert [wait.why for wait in aws.slept] == ["retry", "retry"]


# ---------------------------------------------------------------- waiters


@pytest.mark.anyio
async def test_waiter_waits_in_no_time(client: ClientFactory) -> None:
    async with mock_aws(sleep="instant") as aws, client("s3", region_name=REGION) as s3:
        with pytest.raises(WaiterError, match="Max attempts exceeded"):
            await s3.get_waiter("bucket_exists").wait(Bucket="photos")
        await s3.create_bucket(Bucket="photos")
        await s3.get_waiter("bucket_exists").wait(Bucket="photos")

    assert aws.slept == [(5, "waiter")] * 19


def test_boto3s_waiter_waits_in_no_time() -> None:
    with mock_aws(sleep="instant") as aws:
        s3 = boto3.client("s3", region_name=REGION)
        with pytest.raises(WaiterError, match="Max attempts exceeded"):
            s3.get_waiter("bucket_exists").wait(Bucket="photos", WaiterConfig={"Delay": 7, "MaxAttempts": 3})

    assert [(wait.seconds, wait.why) for wait in aws.slept] == [(7, "waiter")] * 2


@pytest.mark.anyio
async def test_other_tasks_go_on_while_a_waiter_waits(client: ClientFactory) -> None:
    async with mock_aws(sleep="instant"), client("s3", region_name=REGION) as s3, anyio.create_task_group() as tasks:

        async def create() -> None:
            await s3.create_bucket(Bucket="photos")

        tasks.start_soon(create)
        await s3.get_waiter("bucket_exists").wait(Bucket="photos")


# ---------------------------------------------------------------- whose sleeps they are


@pytest.mark.anyio
async def test_sleeps_of_the_test_itself_are_real_and_are_not_recorded(client: ClientFactory) -> None:
    async with mock_aws(sleep="instant") as aws, client("sqs", region_name=REGION) as sqs:
        await sqs.list_queues()
        with anyio.move_on_after(0.01) as scope:
            await anyio.sleep(3600)
        assert scope.cancelled_caught

    assert aws.slept == []


def test_sleeps_of_a_thread_of_the_tests_own_are_real() -> None:
    with mock_aws(sleep="instant") as aws, pytest.raises(AssertionError, match="slept 7 s"):
        time.sleep(7)

    assert aws.slept == []


def test_latency_of_a_fault_is_real() -> None:
    with mock_aws(sleep="instant") as aws:
        sqs = boto3.client("sqs", region_name=REGION, config=Config(read_timeout=0.01, **retries("standard", 2)))
        aws.faults.add("sqs", latency=3600)
        with pytest.raises(ReadTimeoutError):
            sqs.list_queues()

    assert [wait.why for wait in aws.slept] == ["retry"]


def test_without_it_clients_wait() -> None:
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name=REGION)
        with pytest.raises(AssertionError, match="slept 5 s"):
            s3.get_waiter("bucket_exists").wait(Bucket="photos")

    assert aws.slept == []


def test_it_is_the_mocks_own_also_where_others_are_live() -> None:
    with mock_aws() as outer:
        s3 = boto3.client("s3", region_name=REGION)
        with mock_aws(sleep="instant") as inner, pytest.raises(WaiterError):
            s3.get_waiter("bucket_exists").wait(Bucket="photos", WaiterConfig={"Delay": 7, "MaxAttempts": 2})
        with pytest.raises(AssertionError, match="slept 7 s"):
            s3.get_waiter("bucket_exists").wait(Bucket="photos", WaiterConfig={"Delay": 7, "MaxAttempts": 2})

    assert (outer.slept, inner.slept) == ([], [(7, "waiter")])


def test_it_ends_with_the_mock_and_leaves_nothing_behind() -> None:
    with mock_aws(sleep="instant"):
        assert botocore.endpoint.time is not time
        assert botocore.endpoint.time.time() <= time.time()  # in all but sleep it is the module

    assert botocore.endpoint.time is time
    assert botocore.waiter.time is time
    assert aiobotocore.endpoint.asyncio is asyncio


def test_record_begins_anew_with_the_mock() -> None:
    mock = mock_aws(sleep="instant")
    for _ in range(2):
        with mock:
            s3 = boto3.client("s3", region_name=REGION)
            with pytest.raises(WaiterError):
                s3.get_waiter("bucket_exists").wait(Bucket="photos", WaiterConfig={"Delay": 7, "MaxAttempts": 2})
        assert len(mock.slept) == 1


def test_other_ways_to_sleep_are_an_error() -> None:
    with pytest.raises(ArgumentError, match="sleep must be 'real' or 'instant', not 'never'"):
        mock_aws(sleep="never")  # type: ignore[call-overload]
