"""Many SQS polls at once, on loops and in threads: each message goes to one poll, also when others are cancelled.

The deadlines of ten seconds are for polls that sleep through to the end of their 20.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Semaphore, active_count
from typing import Any

import anyio
import anyio.lowlevel
import boto3
import pytest
from aiobotocore.config import AioConfig
from anyio.to_thread import run_sync

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

REGION = "us-east-1"
WIDE = AioConfig(max_pool_connections=1000)  # each poll under way takes a connection
DEADLINE = 19  # seconds, for polls of 20


def bodies(answer: Any) -> list[str]:
    return [message["Body"] for message in answer.get("Messages", [])]


async def poll_into(found: list[str], sqs: Any, queue: str) -> None:
    found.extend(bodies(await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20, MaxNumberOfMessages=1)))


def send_with_boto3(queue: str, *messages: str) -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    for message in messages:
        sqs.send_message(QueueUrl=queue, MessageBody=message)


def poll_with_boto3(queue: str, under_way: Semaphore | None = None) -> list[str]:
    def before_send(**_: Any) -> None:
        if under_way:
            under_way.release()

    sqs = boto3.client("sqs", region_name=REGION)
    sqs.meta.events.register("before-send.sqs.ReceiveMessage", before_send)
    return bodies(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20, MaxNumberOfMessages=1))


# ---------------------------------------------------------------- many pollers


async def test_each_of_many_polls_gets_a_message_of_its_own(client: ClientFactory) -> None:
    expected = [f"message {number:02}" for number in range(60)]
    found: list[list[str]] = [[] for _ in expected]

    async with mock_aws(), client("sqs", region_name=REGION, config=WIDE) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                for each in found:
                    tasks.start_soon(poll_into, each, sqs, queue)
                await anyio.wait_all_tasks_blocked()
                send_with_boto3(queue, *expected[:20])
                tasks.start_soon(run_sync, partial(send_with_boto3, queue, *expected[20:40]))
                for message in expected[40:]:
                    await sqs.send_message(QueueUrl=queue, MessageBody=message)

    assert Counter(map(len, found)) == {1: 60}
    assert sorted(message for (message,) in found) == expected


async def test_polls_of_several_loops_and_threads_share_a_queue(client: ClientFactory, stack: Stack) -> None:
    expected = ["one", "three", "two"]
    found: list[str] = []

    async def poll_on_a_loop(queue: str) -> None:
        async with client("sqs", region_name=REGION) as sqs:
            await poll_into(found, sqs, queue)

    async def poll_in_a_thread(queue: str) -> None:
        found.extend(await run_sync(poll_with_boto3, queue))

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(poll_on_a_loop, queue)
                tasks.start_soon(run_sync, partial(anyio.run, poll_on_a_loop, queue, backend=stack.loop))
                tasks.start_soon(poll_in_a_thread, queue)
                await anyio.wait_all_tasks_blocked()
                for message in expected:
                    await sqs.send_message(QueueUrl=queue, MessageBody=message)

    assert sorted(found) == expected


# More than the threads that a loop has at most for what blocks.
@pytest.mark.parametrize("polls", [100, pytest.param(1000, marks=pytest.mark.slow)])
async def test_many_polls_cost_no_thread(polls: int, client: ClientFactory) -> None:
    found: list[str] = []

    async with mock_aws(), client("sqs", region_name=REGION, config=WIDE) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        threads = active_count()
        async with anyio.create_task_group() as tasks:
            for _ in range(polls):
                tasks.start_soon(poll_into, found, sqs, queue)
            await anyio.wait_all_tasks_blocked()
            assert active_count() <= threads
            await sqs.send_message(QueueUrl=queue, MessageBody="hello")
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()

    assert found == ["hello"]


# ---------------------------------------------------------------- cancelled polls


async def test_a_cancelled_poll_ends_at_once_and_takes_no_message_with_it(client: ClientFactory) -> None:
    cancelled: list[str] = []
    found: list[str] = []

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(poll_into, cancelled, sqs, queue)
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
            await sqs.send_message(QueueUrl=queue, MessageBody="hello")
            await poll_into(found, sqs, queue)

    assert (cancelled, found) == ([], ["hello"])


@pytest.mark.parametrize("is_waiting", [pytest.param(True, id="waiting"), pytest.param(False, id="just-begun")])
async def test_a_poll_cancelled_as_its_message_comes_brings_it_or_leaves_it(
    is_waiting: bool, client: ClientFactory
) -> None:
    outcomes = set()

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        for turns in range(12):
            queue = (await sqs.create_queue(QueueName=f"jobs-{turns}"))["QueueUrl"]
            found: list[str] = []
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(poll_into, found, sqs, queue)
                if is_waiting:
                    await anyio.wait_all_tasks_blocked()
                send_with_boto3(queue, "hello")
                for _ in range(turns):
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
            left = bodies(await sqs.receive_message(QueueUrl=queue))
            assert found + left == ["hello"]
            outcomes.add("brought" if found else "left")

    assert outcomes == {"brought", "left"}


async def test_what_comes_for_a_cancelled_poll_goes_to_the_next_one(client: ClientFactory) -> None:
    found: list[str] = []

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as others, anyio.create_task_group() as tasks:
                tasks.start_soon(poll_into, found, sqs, queue)
                await anyio.wait_all_tasks_blocked()
                others.start_soon(poll_into, found, sqs, queue)
                await anyio.wait_all_tasks_blocked()
                # Synchronous: the first poll has no chance to look before it is cancelled.
                send_with_boto3(queue, "hello")
                tasks.cancel_scope.cancel()

    assert found == ["hello"]


async def test_the_next_poll_sees_a_visibility_timeout_end_after_the_first_is_cancelled(client: ClientFactory) -> None:
    found: list[str] = []

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=queue, MessageBody="hello")
        await sqs.receive_message(QueueUrl=queue, VisibilityTimeout=1)
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as others, anyio.create_task_group() as tasks:
                tasks.start_soon(poll_into, found, sqs, queue)
                await anyio.wait_all_tasks_blocked()
                others.start_soon(poll_into, found, sqs, queue)
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()

    assert found == ["hello"]


# ---------------------------------------------------------------- boto3's polls


async def test_a_poll_of_boto3s_in_a_thread_gets_what_a_task_sends(client: ClientFactory) -> None:
    found: list[str] = []

    async def poll(queue: str) -> None:
        found.extend(await run_sync(poll_with_boto3, queue))

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(poll, queue)
                await anyio.wait_all_tasks_blocked()
                await sqs.send_message(QueueUrl=queue, MessageBody="hello")

    assert found == ["hello"]


def test_polls_of_boto3s_wait_in_their_own_threads_and_block_nobody_else() -> None:
    under_way = Semaphore(0)

    with mock_aws(), ThreadPoolExecutor(8) as threads:
        sqs = boto3.client("sqs", region_name=REGION)
        queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        polls = [threads.submit(poll_with_boto3, queue, under_way) for _ in range(8)]
        for _ in polls:
            under_way.acquire()
        assert sqs.list_queues()["QueueUrls"] == [queue]
        for number in range(8):
            sqs.send_message(QueueUrl=queue, MessageBody=str(number))
        found = sorted(body for poll in polls for body in poll.result(timeout=DEADLINE))

    assert found == ["0", "1", "2", "3", "4", "5", "6", "7"]


def test_a_poll_of_boto3s_is_empty_after_its_wait() -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION)
        queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]

        assert bodies(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)) == []


def test_a_poll_of_boto3s_ends_when_a_visibility_timeout_does() -> None:
    with mock_aws(), ThreadPoolExecutor(1) as threads:
        sqs = boto3.client("sqs", region_name=REGION)
        queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        sqs.send_message(QueueUrl=queue, MessageBody="hello")
        sqs.receive_message(QueueUrl=queue, VisibilityTimeout=1)

        assert threads.submit(poll_with_boto3, queue).result(timeout=DEADLINE) == ["hello"]
