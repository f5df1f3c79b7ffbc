"""A pool of SQS workers, cancelled at random: every message ends up processed or in the dead-letter queue."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from anyio.to_thread import run_sync

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

REGION = "us-east-1"
WIDE = AioConfig(max_pool_connections=100)  # each poll under way takes a connection
SECONDS = 20  # for each way to run aiobotocore
WORKERS = 24
MOST_DELIVERIES = 3
MOST_UNDER_WAY = 100  # Moto's time for a request grows with its queue


class Soak:
    """What was sent, and what became of it.

    A worker processes a message before it deletes it. What it was doing when it was cancelled is anybody's guess, so
    a message may be processed twice, or be processed and then be dead. It must never be neither.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.sent: set[str] = set()
        self.processed: set[str] = set()
        self.dead: set[str] = set()
        self.deliveries = Counter[str]()
        self.cancellations = 0

    @property
    def under_way(self) -> int:
        return len(self.sent) - len(self.processed | self.dead)

    def message(self) -> str:
        """The next message; one in twenty cannot be processed."""
        body = f"{len(self.sent):06}{'-poison' if self.random.random() < 0.05 else ''}"
        self.sent.add(body)
        return body

    async def produce(self, sqs: Any, queue: str) -> None:
        """Send from this loop, now and then with a delay."""
        while True:
            if self.under_way < MOST_UNDER_WAY:
                delay = int(self.random.random() < 0.1)
                with anyio.CancelScope(shield=True):  # what counts as sent is sent
                    await sqs.send_message(QueueUrl=queue, MessageBody=self.message(), DelaySeconds=delay)
            await anyio.sleep(self.random.random() * 0.02)

    async def produce_with_boto3(self, queue: str) -> None:
        """Send batches from another thread."""
        sqs = boto3.client("sqs", region_name=REGION)
        while True:
            if self.under_way < MOST_UNDER_WAY:
                entries = [{"Id": str(number), "MessageBody": self.message()} for number in range(5)]
                with anyio.CancelScope(shield=True):
                    await run_sync(partial(sqs.send_message_batch, QueueUrl=queue, Entries=entries))
            await anyio.sleep(self.random.random() * 0.2)

    async def work(self, sqs: Any, queue: str) -> None:
        """Receive, and process, or fail, or give back, or take a little too long."""
        while True:
            most = self.random.randint(1, 3)
            answer = await sqs.receive_message(
                QueueUrl=queue, WaitTimeSeconds=20, MaxNumberOfMessages=most, AttributeNames=["ApproximateReceiveCount"]
            )
            for message in answer.get("Messages", []):
                self.deliveries[message["Body"]] = int(message["Attributes"]["ApproximateReceiveCount"])
                # On a busy machine a worker may be so late that its message has gone to the dead-letter queue.
                with suppress(sqs.exceptions.ReceiptHandleIsInvalid):
                    await self.handle(sqs, queue, message["Body"], message["ReceiptHandle"])

    async def handle(self, sqs: Any, queue: str, body: str, receipt: str) -> None:
        await anyio.sleep(self.random.random() * 0.05)
        what = self.random.random()
        if body.endswith("-poison") or what < 0.1:
            return  # it comes back when its visibility timeout ends
        if what < 0.2:
            await sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=receipt, VisibilityTimeout=0)
            return
        self.processed.add(body)
        await sqs.delete_message(QueueUrl=queue, ReceiptHandle=receipt)

    async def employ(self, sqs: Any, queue: str) -> None:
        """Keep one worker at it, cancel it after a random time, and take on another."""
        while True:
            with anyio.move_on_after(self.random.random() * 2) as scope:
                await self.work(sqs, queue)
            self.cancellations += scope.cancelled_caught

    async def bury(self, sqs: Any, queue: str) -> None:
        """Empty the dead-letter queue."""
        while True:
            answer = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                self.dead.add(message["Body"])
                await sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


async def create_queues(sqs: Any) -> tuple[str, str]:
    dead = (await sqs.create_queue(QueueName="dead", Attributes={"VisibilityTimeout": "600"}))["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:123456789012:dead"
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": MOST_DELIVERIES})
    attributes = {"VisibilityTimeout": "1", "RedrivePolicy": redrive}
    return (await sqs.create_queue(QueueName="jobs", Attributes=attributes))["QueueUrl"], dead


async def messages_in(sqs: Any, queue: str) -> int:
    names = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]
    attributes = (await sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names))["Attributes"]
    return sum(int(attributes[name]) for name in names)


@pytest.mark.parametrize("seed", [20261124])
async def test_every_message_is_processed_or_dead(seed: int, client: ClientFactory, stack: Stack) -> None:
    soak = Soak(Random(seed))

    async with mock_aws(leaks="error"), client("sqs", region_name=REGION, config=WIDE) as sqs:
        queue, dead = await create_queues(sqs)
        async with anyio.create_task_group() as consumers:
            consumers.start_soon(soak.bury, sqs, dead)
            for _ in range(WORKERS):
                consumers.start_soon(soak.employ, sqs, queue)
            async with anyio.create_task_group() as producers:
                producers.start_soon(soak.produce, sqs, queue)
                producers.start_soon(soak.produce_with_boto3, queue)
                await anyio.sleep(SECONDS)
                producers.cancel_scope.cancel()
            with anyio.fail_after(60):
                left = len(soak.sent)
                while left:
                    await anyio.sleep(0.1)
                    left = await messages_in(sqs, queue) + await messages_in(sqs, dead)
            consumers.cancel_scope.cancel()

    assert soak.sent - soak.processed - soak.dead == set()
    assert (soak.processed | soak.dead) - soak.sent == set()
    assert {body for body in soak.sent if body.endswith("-poison")} <= soak.dead
    assert max(soak.deliveries.values()) == MOST_DELIVERIES
    # It was a soak.
    assert len(soak.sent) > 50
    assert soak.cancellations > 50
