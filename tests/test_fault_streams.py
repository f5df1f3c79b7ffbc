"""Slow, stalled and broken networks: bodies that come late, in part or not at all, and hold up nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError

from aiomoto import MockAWS, mock_aws
from tests.conftest import ClientFactory
from tests.streaming import MARKS, close

pytestmark = MARKS

REGION = "us-east-1"
DATA = bytes(range(251)) * 800  # 200,800 bytes: several times what comes at once
IMPATIENT = AioConfig(read_timeout=0.05, retries={"total_max_attempts": 1})
FOR_EVER = 3600.0  # seconds, which no test waits


@asynccontextmanager
async def holding(client: ClientFactory, config: AioConfig | None = None) -> AsyncIterator[tuple[MockAWS, Any]]:
    """A mocked S3 that holds one object, and a client of it."""
    async with mock_aws() as aws, client("s3", region_name=REGION, config=config) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="a.jpg", Body=DATA)
        yield aws, s3


async def get(s3: Any) -> Any:
    return (await s3.get_object(Bucket="photos", Key="a.jpg"))["Body"]


# ---------------------------------------------------------------- bodies


async def test_cut_body_is_an_error_and_the_next_one_is_whole(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        aws.faults.add("s3", "GetObject", cut_after=70_000, times=1)
        body = await get(s3)
        with pytest.raises(Exception, match=r"not completed|reading from response stream|without sending complete"):
            await body.read()
        assert await (await get(s3)).read() == DATA


async def test_cut_behind_the_end_of_a_body_does_nothing(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        aws.faults.add("s3", "GetObject", cut_after=len(DATA))
        assert await (await get(s3)).read() == DATA


async def test_slow_body_comes_in_whole(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        aws.faults.add("s3", "GetObject", bandwidth=10_000_000)
        assert await (await get(s3)).read() == DATA


async def test_slow_body_lets_other_tasks_go_on(client: ClientFactory) -> None:
    finished = []
    async with holding(client) as (aws, s3), client("sqs", region_name=REGION) as sqs:
        aws.faults.add("s3", "GetObject", bandwidth=1_000_000)

        async def download() -> None:
            await (await get(s3)).read()
            finished.append("download")

        async def list_queues() -> None:
            for _ in range(3):
                await sqs.list_queues()
            finished.append("queues")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(download)
            tasks.start_soon(list_queues)

    assert finished == ["queues", "download"]


async def test_read_timeout_counts_between_the_pieces_of_a_slow_body(client: ClientFactory) -> None:
    async with holding(client, IMPATIENT) as (aws, s3):
        with aws.faults.add("s3", "GetObject", bandwidth=2_000_000):
            assert await (await get(s3)).read() == DATA  # 100 ms in all, with something coming every few
        aws.faults.add("s3", "GetObject", bandwidth=1)
        body = await get(s3)
        with pytest.raises(ReadTimeoutError):
            await body.read()
        await close(body)


@pytest.mark.parametrize("rule", [{"stall_after": 0}, {"stall_after": 70_000}, {"bandwidth": 1}], ids=str)
async def test_stalled_body_can_be_cancelled(rule: dict[str, Any], client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        with aws.faults.add("s3", "GetObject", **rule):
            body = await get(s3)
            with anyio.move_on_after(0.05) as scope:
                await body.read()
            assert scope.cancelled_caught
            await close(body)
        assert await (await get(s3)).read() == DATA


async def test_body_that_is_closed_while_it_comes_in_is_let_go(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        aws.faults.add("s3", "GetObject", bandwidth=100_000, times=1)
        await close(await get(s3))
        assert await (await get(s3)).read() == DATA


async def test_answer_to_head_has_no_body_to_cut(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        aws.faults.add("s3", "HeadObject", cut_after=10)
        assert (await s3.head_object(Bucket="photos", Key="a.jpg"))["ContentLength"] == len(DATA)


async def test_error_may_come_slowly_too(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        aws.faults.add("s3", "GetObject", error="NoSuchKey", bandwidth=10_000, latency=0.01)
        with pytest.raises(s3.exceptions.NoSuchKey):
            await get(s3)


# ---------------------------------------------------------------- latency


async def test_latency_beyond_the_read_timeout_ends_the_call_before_the_service_acts(client: ClientFactory) -> None:
    async with holding(client, IMPATIENT) as (aws, s3):
        with aws.faults.add("s3", "DeleteObject", latency=FOR_EVER), pytest.raises(ReadTimeoutError):
            await s3.delete_object(Bucket="photos", Key="a.jpg")
        assert (await s3.list_objects_v2(Bucket="photos"))["KeyCount"] == 1

    assert aws.calls.filter("s3", "DeleteObject").last.failure == "read_timeout"


async def test_late_answer_beyond_the_read_timeout_ends_the_call_after_the_service_has_acted(
    client: ClientFactory,
) -> None:
    async with holding(client, IMPATIENT) as (aws, s3):
        with aws.faults.add("s3", "DeleteObject", latency=FOR_EVER, when="after"), pytest.raises(ReadTimeoutError):
            await s3.delete_object(Bucket="photos", Key="a.jpg")
        assert (await s3.list_objects_v2(Bucket="photos"))["KeyCount"] == 0


async def test_latency_lets_other_tasks_go_on(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        late = aws.faults.add("s3", "ListObjectsV2", latency=FOR_EVER)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: s3.list_objects_v2(Bucket="photos"))
            while not late.hits:
                await anyio.lowlevel.checkpoint()
            found = await s3.head_object(Bucket="photos", Key="a.jpg")
            tasks.cancel_scope.cancel()

    assert found["ContentLength"] == len(DATA)


async def test_latency_can_be_cancelled(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        aws.faults.add("s3", "ListObjectsV2", latency=FOR_EVER, times=1)
        with anyio.move_on_after(0.05) as scope:
            await s3.list_objects_v2(Bucket="photos")
        assert scope.cancelled_caught
        assert (await s3.list_objects_v2(Bucket="photos"))["KeyCount"] == 1


async def test_slow_upload_takes_its_time_before_the_service_acts(client: ClientFactory) -> None:
    async with holding(client) as (aws, s3):
        with aws.faults.add("s3", "PutObject", bandwidth=1_000), anyio.move_on_after(0.05) as scope:
            await s3.put_object(Bucket="photos", Key="b.jpg", Body=b"x" * 100_000)
        assert scope.cancelled_caught
        with aws.faults.add("s3", "PutObject", bandwidth=100_000_000):
            await s3.put_object(Bucket="photos", Key="c.jpg", Body=b"x" * 100_000)
        found = await s3.list_objects_v2(Bucket="photos")

    assert [each["Key"] for each in found["Contents"]] == ["a.jpg", "c.jpg"]


# ---------------------------------------------------------------- lost replies


@pytest.mark.parametrize("kind", ["reset", "disconnect", "read_timeout"])
async def test_lost_reply_leaves_what_the_service_has_done(kind: Any, client: ClientFactory) -> None:
    config = AioConfig(retries={"total_max_attempts": 1})
    async with mock_aws() as aws, client("sqs", region_name=REGION, config=config) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with aws.faults.add("sqs", "SendMessage", raises=kind, when="after"), pytest.raises(BotoCoreError):
            await sqs.send_message(QueueUrl=queue, MessageBody="hello")
        received = await sqs.receive_message(QueueUrl=queue)

    assert [each["Body"] for each in received["Messages"]] == ["hello"]
    assert aws.calls.filter("sqs", "SendMessage").last.failure == kind


# ---------------------------------------------------------------- boto3


def sync(**options: Any) -> Any:
    s3 = boto3.client("s3", region_name=REGION, config=Config(retries={"total_max_attempts": 1}, **options))
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="a.jpg", Body=DATA)
    return s3


def sync_get(s3: Any) -> Any:
    return s3.get_object(Bucket="photos", Key="a.jpg")["Body"]


def test_boto3s_bodies_are_cut_stalled_and_slowed() -> None:
    with mock_aws() as aws:
        s3 = sync(read_timeout=0.05)
        with aws.faults.add("s3", "GetObject", cut_after=70_000), pytest.raises(ResponseStreamingError):
            sync_get(s3).read()
        # Older versions of botocore have urllib3 mind the length.
        too_short = (IncompleteReadError, ResponseStreamingError)
        with aws.faults.add("s3", "GetObject", cut_after=70_000), pytest.raises(too_short):
            list(sync_get(s3).iter_chunks(10_000))
        with aws.faults.add("s3", "GetObject", stall_after=70_000), pytest.raises(ReadTimeoutError):
            sync_get(s3).read()
        with aws.faults.add("s3", "GetObject", bandwidth=1), pytest.raises(ReadTimeoutError):
            sync_get(s3).read()
        with aws.faults.add("s3", "GetObject", bandwidth=2_000_000):
            assert sync_get(s3).read() == DATA
        assert sync_get(s3).read() == DATA


def test_boto3s_latency_obeys_its_read_timeout() -> None:
    with mock_aws() as aws:
        s3 = sync(read_timeout=0.05)
        with aws.faults.add("s3", latency=FOR_EVER), pytest.raises(ReadTimeoutError):
            s3.list_objects_v2(Bucket="photos")
        with aws.faults.add("s3", latency=0.01):
            assert s3.list_objects_v2(Bucket="photos")["KeyCount"] == 1


@pytest.mark.thorough
def test_boto3s_latency_blocks_its_own_thread_only() -> None:
    done = []
    with mock_aws() as aws, ThreadPoolExecutor(1) as thread:
        s3 = sync()
        aws.faults.add("s3", "ListObjectsV2", latency=1)
        slow = thread.submit(s3.list_objects_v2, Bucket="photos")
        slow.add_done_callback(lambda _: done.append("slow"))
        s3.head_object(Bucket="photos", Key="a.jpg")
        done.append("quick")

        assert slow.result()["KeyCount"] == 1
    assert done == ["quick", "slow"]
