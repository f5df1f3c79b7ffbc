"""Waits and a mock's clock: skipped waits move it, real ones behave alike, and moving it is safe anywhere."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from aiomoto import MockAWS, mock_aws
from tests.clocks import in_real_time
from tests.moved_clocks import REGION, START, client


def queue(**attributes: str) -> str:
    url: str = client("sqs").create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
    return url


def bodies(url: str, **options: Any) -> list[str]:
    return [each["Body"] for each in client("sqs").receive_message(QueueUrl=url, **options).get("Messages", [])]


# ---------------------------------------------------------------- sleep="instant"


def test_a_waiter_sees_what_happens_while_it_waits() -> None:
    with mock_aws(time=START, sleep="instant") as aws:
        events, url = client("events"), queue()
        events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
        events.put_targets(Rule="often", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:123456789012:jobs"}])

        with pytest.raises(WaiterError):
            client("dynamodb").get_waiter("table_exists").wait(
                TableName="missing", WaiterConfig={"Delay": 30, "MaxAttempts": 5}
            )

        assert aws.clock.now() - START >= timedelta(minutes=2)
        assert len(bodies(url, MaxNumberOfMessages=10)) == 2


def test_back_off_moves_the_clock_by_what_it_skips() -> None:
    with mock_aws(time=START, sleep="instant") as aws:
        aws.faults.add("sqs", "ListQueues", error="ThrottlingException")
        sqs = client("sqs", config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
        with pytest.raises(ClientError):
            sqs.list_queues()
        skipped = timedelta(seconds=sum(wait.seconds for wait in aws.slept))
        assert skipped <= aws.clock.now() - START < skipped + timedelta(minutes=5)
        assert len(aws.slept) == 4


def test_waiters_of_tasks_move_it_too() -> None:
    async def program() -> None:
        async with mock_aws(time=START, sleep="instant") as aws:
            async with get_session().create_client("dynamodb", region_name=REGION) as dynamodb:
                with pytest.raises(WaiterError):
                    await dynamodb.get_waiter("table_exists").wait(
                        TableName="missing", WaiterConfig={"Delay": 60, "MaxAttempts": 3}
                    )
            assert aws.clock.now() - START >= timedelta(minutes=2)

    in_real_time(lambda: asyncio.run(program()), 30)


# ---------------------------------------------------------------- as in real time


def wait_for_real(aws: MockAWS, seconds: float) -> None:
    # A poll of a queue that stays empty takes its time, and no other clock is asked.
    client("sqs").create_queue(QueueName="nothing")
    url = client("sqs").get_queue_url(QueueName="nothing")["QueueUrl"]
    client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=round(seconds))


def move(aws: MockAWS, seconds: float) -> None:
    aws.clock.advance(seconds)


@pytest.mark.thorough
@pytest.mark.parametrize("wait", [wait_for_real, move], ids=["real", "moved"])
def test_moving_the_clock_is_like_waiting(wait: Callable[[MockAWS, float], None]) -> None:
    with mock_aws() as aws:
        url = queue(VisibilityTimeout="2")
        client("sqs").send_message(QueueUrl=url, MessageBody="visible")
        client("sqs").send_message(QueueUrl=url, MessageBody="delayed", DelaySeconds=3)
        found = [bodies(url)]
        wait(aws, 1)
        found.append(bodies(url))
        wait(aws, 3)
        found.append(sorted(bodies(url, MaxNumberOfMessages=10)))
        assert found == [["visible"], [], ["delayed", "visible"]]


# ---------------------------------------------------------------- anywhere


def test_moves_of_several_threads_add_up() -> None:
    with mock_aws(time=START) as aws:
        queue()
        threads = [Thread(target=lambda: [aws.clock.advance(60) for _ in range(20)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert timedelta(minutes=80) <= aws.clock.now() - START < timedelta(minutes=90)


def test_moves_that_nobody_awaits_are_done_before_the_next_request() -> None:
    async def program() -> None:
        async with mock_aws(time=START) as aws, get_session().create_client("sqs", region_name=REGION) as sqs:
            url = queue(DelaySeconds="60")
            await sqs.send_message(QueueUrl=url, MessageBody="job")
            for _ in range(6):
                aws.clock.advance(10)
            assert aws.clock.now() - START >= timedelta(minutes=1)
            aws.clock.advance(1)
            assert len((await sqs.receive_message(QueueUrl=url))["Messages"]) == 1

    in_real_time(lambda: asyncio.run(program()), 30)


@pytest.mark.thorough
def test_the_clock_may_be_moved_while_tasks_poll_and_send() -> None:
    async def work(sqs: Any, url: str, found: list[str]) -> None:
        while len(found) < 50:
            for message in (await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)).get("Messages", []):
                found.append(message["Body"])
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    async def send(sqs: Any, url: str) -> None:
        for number in range(50):
            await sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=number % 10)

    async def program() -> None:
        async with mock_aws(time=START) as aws, get_session().create_client("sqs", region_name=REGION) as sqs:
            url, found = queue(VisibilityTimeout="43200"), list[str]()
            tasks = [asyncio.ensure_future(work(sqs, url, found)) for _ in range(5)]
            tasks.append(asyncio.ensure_future(send(sqs, url)))
            while not all(task.done() for task in tasks):
                await aws.clock.advance(5)
            assert sorted(map(int, found)) == list(range(50))

    in_real_time(lambda: asyncio.run(program()), 50)


def test_a_cancelled_move_has_moved() -> None:
    async def program() -> None:
        async with mock_aws(time=START) as aws:
            moving = asyncio.ensure_future(asyncio.wait_for(aws.clock.advance(60), 1))
            await asyncio.sleep(0)
            moving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await moving
            assert aws.clock.now() - START >= timedelta(minutes=1)

    in_real_time(lambda: asyncio.run(program()), 30)


@pytest.mark.thorough
@pytest.mark.parametrize("moves", [50, pytest.param(1000, marks=pytest.mark.slow)])
def test_many_moves_leave_nothing_behind(moves: int) -> None:
    def grown(moves: int) -> int:
        """By how much memory grows in a mock with so many moves."""
        before, _ = tracemalloc.get_traced_memory()
        with mock_aws(time=START) as aws:
            url = queue(MessageRetentionPeriod="60")
            events = client("events")
            events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
            events.put_targets(Rule="often", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:123456789012:jobs"}])
            for _ in range(moves):
                aws.clock.advance(30)
            assert len(bodies(url, MaxNumberOfMessages=10)) == 1
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        grown(4)
        few = grown(4)
        assert grown(moves) - few < 100_000
    finally:
        tracemalloc.stop()
