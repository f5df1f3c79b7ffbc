"""While a test has the clocks stopped or moved, whatever waits ends all the same, in real time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
import anyio
import anyio.to_thread
import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from aiomoto import MockAWS, mock_aws
from tests.clocks import FREEZERS, LOOPS, Freezer, Loop, each, in_real_time

pytestmark = pytest.mark.thorough

REGION = "us-east-1"
DATA = b"c" * 200_000
SOON = 0.05  # seconds
FOR_EVER = 3600.0  # seconds, which no test waits
CUT = "not completed|reading from response stream|without sending complete|bytes read"


class Case(NamedTuple):
    """A mock, and clients that make one attempt at each call."""

    aws: MockAWS
    client: Callable[..., AbstractAsyncContextManager[Any]]


def case_for(aws: MockAWS, loop: Loop) -> Case:
    def client(service: str, **options: Any) -> AbstractAsyncContextManager[Any]:
        config = AioConfig(http_session_cls=loop.session_class, retries={"total_max_attempts": 1}, **options)
        context: AbstractAsyncContextManager[Any] = get_session().create_client(
            service, region_name=REGION, config=config
        )
        return context

    return Case(aws, client)


def sync(service: str, **options: Any) -> Any:
    return boto3.client(service, region_name=REGION, config=Config(retries={"total_max_attempts": 1}, **options))


@asynccontextmanager
async def holding(case: Case, **options: Any) -> AsyncIterator[Any]:
    """A client of S3, in which there is one object."""
    async with case.client("s3", **options) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="cat", Body=DATA)
        yield s3


async def body_of(s3: Any) -> bytes:
    answer = await s3.get_object(Bucket="photos", Key="cat")
    body: bytes = await answer["Body"].read()
    return body


# ---------------------------------------------------------------- what waits on a loop


async def calls_of_a_loop_and_a_thread_at_once(case: Case) -> None:
    def in_thread() -> None:
        for number in range(8):
            own.create_queue(QueueName=f"thread-{number}")

    own = sync("sqs")
    async with case.client("sqs") as sqs, anyio.create_task_group() as tasks:
        tasks.start_soon(anyio.to_thread.run_sync, in_thread)
        for number in range(8):
            await sqs.create_queue(QueueName=f"loop-{number}")
    assert len(own.list_queues()["QueueUrls"]) == 16


async def latency(case: Case) -> None:
    with case.aws.faults.add("sqs", "ListQueues", latency=SOON):
        async with case.client("sqs") as sqs:
            assert (await sqs.list_queues())["ResponseMetadata"]["HTTPStatusCode"] == 200


async def a_read_timeout(case: Case) -> None:
    with case.aws.faults.add("sqs", "ListQueues", latency=FOR_EVER):
        async with case.client("sqs", read_timeout=SOON) as sqs:
            with pytest.raises(ReadTimeoutError):
                await sqs.list_queues()


async def a_long_poll(case: Case) -> None:
    async with case.client("sqs", read_timeout=SOON) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with pytest.raises(ReadTimeoutError):
            await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)


async def a_slow_handler(case: Case) -> None:
    async with case.client("swf", read_timeout=SOON) as swf:
        await swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
        with pytest.raises(ReadTimeoutError):
            await swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})  # sleeps for a second


async def a_slow_body(case: Case) -> None:
    async with holding(case) as s3:
        with case.aws.faults.add("s3", "GetObject", bandwidth=len(DATA) / SOON):
            assert await body_of(s3) == DATA


async def a_body_that_is_cut(case: Case) -> None:
    async with holding(case) as s3:
        with case.aws.faults.add("s3", "GetObject", cut_after=70_000), pytest.raises(Exception, match=CUT):
            await body_of(s3)


async def a_body_that_stalls(case: Case) -> None:
    async with holding(case, read_timeout=SOON) as s3:
        with case.aws.faults.add("s3", "GetObject", stall_after=70_000), pytest.raises(ReadTimeoutError):
            await body_of(s3)


WAITS = [
    calls_of_a_loop_and_a_thread_at_once,
    latency,
    a_read_timeout,
    a_long_poll,
    a_slow_handler,
    a_slow_body,
    a_body_that_is_cut,
    a_body_that_stalls,
]


def run(loop: Loop, *waits: Callable[[Case], Awaitable[None]]) -> None:
    """Let these wait one after the other, each in a mock of its own."""

    async def program() -> None:
        for wait in waits:
            async with mock_aws() as aws:
                await wait(case_for(aws, loop))

    in_real_time(lambda: loop.run(program))


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.__name__)
@pytest.mark.parametrize("loop", each(LOOPS))
def test_each_wait_ends_on_each_loop_while_freezegun_stops_its_clock(loop: Loop, wait: Any) -> None:
    with FREEZERS[0].begin():
        run(loop, wait)


@pytest.mark.parametrize("freezer", each(FREEZERS))
@pytest.mark.parametrize("loop", [loop for loop in each(LOOPS) if loop.id in ("asyncio", "trio")])
def test_waits_end_under_each_freezer(loop: Loop, freezer: Freezer) -> None:
    with freezer.begin():
        run(loop, calls_of_a_loop_and_a_thread_at_once, latency, a_long_poll, a_body_that_stalls)


# ---------------------------------------------------------------- when it begins and ends


@pytest.mark.parametrize("freezer", each(FREEZERS))
@pytest.mark.parametrize("loop", [loop for loop in each(LOOPS) if loop.id in ("asyncio", "trio")])
def test_clocks_may_be_stopped_and_go_on_again_in_the_midst_of_a_wait(loop: Loop, freezer: Freezer) -> None:
    # One call waits from before to after, one inside, one from inside to after.
    async def program() -> None:
        async with mock_aws() as aws, case_for(aws, loop).client("sqs") as sqs, anyio.create_task_group() as tasks:
            aws.faults.add("sqs", "ListQueues", latency=SOON)
            tasks.start_soon(sqs.list_queues)
            await anyio.lowlevel.checkpoint()
            with freezer.begin():
                await sqs.list_queues()
                tasks.start_soon(sqs.list_queues)
                await anyio.lowlevel.checkpoint()
        assert [call.status for call in aws.calls] == [200] * 3

    in_real_time(lambda: loop.run(program))


@pytest.mark.parametrize("freezer", each(FREEZERS))
def test_mock_and_freezer_may_leave_in_either_order(freezer: Freezer) -> None:
    async def program() -> None:
        aws, clocks = mock_aws(), freezer.begin()
        for first, second in ((aws, clocks), (clocks, aws)):
            first.__enter__()
            second.__enter__()
            aws.faults.add("sqs", latency=SOON)
            async with case_for(aws, LOOPS[0]).client("sqs") as sqs:
                await sqs.list_queues()
                first.__exit__(None, None, None)
                if first is clocks:
                    await sqs.list_queues()
            second.__exit__(None, None, None)

    in_real_time(lambda: LOOPS[0].run(program))


# ---------------------------------------------------------------- long polls


@pytest.mark.parametrize("loop", [loop for loop in each(LOOPS) if loop.id in ("asyncio", "uvloop", "trio")])
def test_a_poll_that_finds_nothing_ends_in_its_time(loop: Loop) -> None:
    async def program() -> None:
        async with mock_aws() as aws, case_for(aws, loop).client("sqs") as sqs:
            queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            assert "Messages" not in await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)

    with FREEZERS[0].begin():
        in_real_time(lambda: loop.run(program))


def test_boto3s_poll_that_finds_nothing_ends_in_its_time() -> None:
    def program() -> None:
        with mock_aws():
            sqs = sync("sqs")
            queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)

    with FREEZERS[0].begin():
        in_real_time(program)


# ---------------------------------------------------------------- threads, other requests, the log


@pytest.mark.parametrize("freezer", each(FREEZERS))
def test_waits_of_threads_end_too(freezer: Freezer) -> None:
    def program() -> None:
        with mock_aws() as aws:
            sqs, s3 = sync("sqs", read_timeout=SOON), sync("s3", read_timeout=SOON)
            s3.create_bucket(Bucket="photos")
            s3.put_object(Bucket="photos", Key="cat", Body=DATA)
            queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            with pytest.raises(ReadTimeoutError):
                sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)
            with aws.faults.add("sqs", latency=FOR_EVER), pytest.raises(ReadTimeoutError):
                sqs.list_queues()
            with aws.faults.add("s3", "GetObject", stall_after=70_000), pytest.raises(ReadTimeoutError):
                s3.get_object(Bucket="photos", Key="cat")["Body"].read()

    with freezer.begin():
        in_real_time(program)


@pytest.mark.parametrize("freezer", each(FREEZERS))
def test_presigned_urls_are_answered_over_aiohttp(freezer: Freezer) -> None:
    async def fetch(url: str) -> bytes:
        # By default all of a request may take five minutes, of the loop's own.
        no_limit = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(timeout=no_limit) as http, http.get(url) as answer:
            return await answer.read()

    with mock_aws(), freezer.begin():
        s3 = sync("s3")
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="cat", Body=DATA)
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "cat"})

        assert in_real_time(lambda: LOOPS[0].run(lambda: fetch(url))) == DATA


@pytest.mark.parametrize("freezer", each(FREEZERS))
def test_the_endpoint_goes_on(freezer: Freezer) -> None:
    def program() -> None:
        with mock_aws(endpoint=True) as aws:
            url = aws.endpoint.url
            sqs = boto3.client(
                "sqs", region_name=REGION, endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b"
            )
            with aws.faults.add("sqs", latency=SOON):
                sqs.create_queue(QueueName="jobs")

    with freezer.begin():
        in_real_time(program)


@pytest.mark.parametrize("freezer", each(FREEZERS))
def test_durations_in_the_log_are_real(freezer: Freezer) -> None:
    with mock_aws() as aws, freezer.begin():
        aws.faults.add("sqs", latency=SOON)
        in_real_time(sync("sqs").list_queues)

    [call] = aws.calls
    assert call.duration is not None
    assert SOON <= call.duration < 30
