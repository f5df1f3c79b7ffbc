"""Timeouts that the user sets, around a request or in the client, end a wait as they would over a network."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from moto.sqs.models import SQSBackend

from aiomoto import mock_aws
from tests.conftest import STACKS, ClientFactory

REGION = "us-east-1"
SOON = 0.1  # seconds, of 20 that the polls would wait

ON_ASYNCIO = [each for each in STACKS if each.loop == "asyncio"]
ON_TRIO = [each for each in STACKS if each.loop == "trio"]
on_asyncio = pytest.mark.parametrize("stack", ON_ASYNCIO, ids=lambda stack: stack.name)
on_trio = pytest.mark.parametrize("stack", ON_TRIO, ids=lambda stack: stack.name)


def bodies(answer: Any) -> list[str]:
    return [message["Body"] for message in answer.get("Messages", [])]


async def poll(sqs: Any, queue: str) -> list[str]:
    return bodies(await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20))


async def assert_works(sqs: Any, queue: str) -> None:
    """What timed out has taken nothing with it, and the mock goes on."""
    await sqs.send_message(QueueUrl=queue, MessageBody="hello")
    assert await poll(sqs, queue) == ["hello"]


# ---------------------------------------------------------------- around a request


@pytest.mark.anyio
async def test_move_on_after_ends_a_poll(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.move_on_after(SOON) as scope:
            await poll(sqs, queue)
        assert scope.cancelled_caught
        await assert_works(sqs, queue)


@pytest.mark.anyio
async def test_fail_after_ends_a_poll(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with pytest.raises(TimeoutError), anyio.fail_after(SOON):
            await poll(sqs, queue)
        await assert_works(sqs, queue)


@pytest.mark.anyio
@on_asyncio
@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout came with Python 3.11")
async def test_asyncios_timeout_ends_a_poll(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SOON):  # type: ignore[attr-defined,unused-ignore]
                await poll(sqs, queue)
        await assert_works(sqs, queue)


@pytest.mark.anyio
@on_asyncio
async def test_asyncios_wait_for_ends_a_poll(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(poll(sqs, queue), SOON)
        await assert_works(sqs, queue)


@pytest.mark.anyio
@on_trio
async def test_trios_move_on_after_ends_a_poll(client: ClientFactory) -> None:
    import trio

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with trio.move_on_after(SOON) as scope:
            await poll(sqs, queue)
        assert scope.cancelled_caught
        await assert_works(sqs, queue)


@pytest.mark.anyio
async def test_a_timeout_that_is_not_reached_ends_nothing(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.fail_after(60):
            await assert_works(sqs, queue)


@pytest.mark.anyio
async def test_a_timeout_ends_a_handler_that_sleeps(client: ClientFactory) -> None:
    async with mock_aws(), client("swf", region_name=REGION) as swf:
        await swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
        with anyio.move_on_after(SOON) as scope:
            await swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})
        assert scope.cancelled_caught
        assert (await swf.describe_domain(name="shop"))["domainInfo"]["status"] == "REGISTERED"


# ---------------------------------------------------------------- the client's own


def settings(attempts: int, mode: str = "standard") -> dict[str, Any]:
    return {"read_timeout": SOON, "retries": {"total_max_attempts": attempts, "mode": mode}}


def count_attempts(client: Any) -> Callable[[], int]:
    """Count what the client sends, retries included."""
    attempts = []

    def before_send(**_: Any) -> None:
        attempts.append(1)

    client.meta.events.register("before-send.*.*", before_send)
    return lambda: len(attempts)


@pytest.mark.anyio
async def test_the_clients_read_timeout_ends_a_poll(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as patient:
        queue = (await patient.create_queue(QueueName="jobs"))["QueueUrl"]
        async with client("sqs", region_name=REGION, config=AioConfig(**settings(attempts=1))) as sqs:
            attempts = count_attempts(sqs)
            with pytest.raises(ReadTimeoutError) as caught:
                await poll(sqs, queue)
            assert attempts() == 1
        await assert_works(patient, queue)

    assert str(caught.value) == f'Read timeout on endpoint URL: "https://sqs.{REGION}.amazonaws.com/"'


@pytest.mark.thorough
@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["standard", "legacy"])
async def test_the_client_retries_a_poll_that_timed_out(mode: str, client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION, config=AioConfig(**settings(2, mode))) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        attempts = count_attempts(sqs)
        with pytest.raises(ReadTimeoutError):
            await poll(sqs, queue)
        assert attempts() == 2


@pytest.mark.anyio
async def test_a_retry_gets_what_came_after_the_timeout(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION, config=AioConfig(**settings(2))) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        sender = boto3.client("sqs", region_name=REGION)

        def after_attempt(caught_exception: Exception | None, **_: Any) -> None:
            if caught_exception:
                sender.send_message(QueueUrl=queue, MessageBody="hello")

        sqs.meta.events.register_first("needs-retry.sqs.ReceiveMessage", after_attempt)

        assert await poll(sqs, queue) == ["hello"]


@pytest.mark.anyio
async def test_the_clients_read_timeout_ends_a_handler_that_sleeps(client: ClientFactory) -> None:
    config = AioConfig(**settings(attempts=1))

    async with mock_aws(), client("swf", region_name=REGION, config=config) as swf:
        await swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
        with pytest.raises(ReadTimeoutError):
            await swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})
        assert (await swf.describe_domain(name="shop"))["domainInfo"]["status"] == "REGISTERED"


@pytest.mark.anyio
async def test_a_read_timeout_that_was_over_before_the_poll_waits_ends_it(
    client: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_nothing_slowly(*_: Any) -> list[Any]:
        time.sleep(3 * SOON)
        return []

    monkeypatch.setattr(SQSBackend, "receive_message", find_nothing_slowly)
    async with mock_aws(), client("sqs", region_name=REGION, config=AioConfig(**settings(attempts=1))) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        began = time.monotonic()
        with pytest.raises(ReadTimeoutError):
            await poll(sqs, queue)
        assert time.monotonic() - began < 19


# ---------------------------------------------------------------- boto3's


def test_boto3s_read_timeout_ends_a_poll() -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION, config=Config(**settings(attempts=1)))
        queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        with pytest.raises(ReadTimeoutError):
            sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)

        sqs.send_message(QueueUrl=queue, MessageBody="hello")
        assert bodies(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)) == ["hello"]


def test_boto3_retries_a_poll_that_timed_out() -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION, config=Config(**settings(attempts=2)))
        queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        attempts = count_attempts(sqs)
        with pytest.raises(ReadTimeoutError):
            sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)

        assert attempts() == 2


def test_boto3s_read_timeout_ends_a_handler_that_sleeps() -> None:
    with mock_aws():
        swf = boto3.client("swf", region_name=REGION, config=Config(**settings(attempts=1)))
        swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
        with pytest.raises(ReadTimeoutError):
            swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})
