"""SQS long polling on an event loop: a poll waits, other tasks go on, and it ends when a message shows itself.

A poll that misses its message finds it at the end of its 20 seconds. Hence the deadlines of ten: far more than a poll
needs on any machine, and less than one that sleeps through.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

import anyio
import boto3
import pytest
from anyio.to_thread import run_sync
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
DEADLINE = 19  # seconds, for polls of 20


class Place(NamedTuple):
    """Where a test happens: a queue, a client for it, and the means to make others."""

    sqs: Any
    queue: str
    client: ClientFactory
    stack: Stack

    async def poll(self) -> list[str]:
        """The bodies that a poll of 20 seconds brings."""
        with anyio.fail_after(DEADLINE):
            return bodies(await self.sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=20))

    async def receive(self, **options: Any) -> Any:
        """The one message that is there now."""
        (message,) = (await self.sqs.receive_message(QueueUrl=self.queue, **options))["Messages"]
        return message


def bodies(answer: Any) -> list[str]:
    return [message["Body"] for message in answer.get("Messages", [])]


async def found_by(poll: Callable[[], Awaitable[Any]], happening: Callable[[], Awaitable[Any]]) -> Any:
    """What a poll brings that is waiting when something happens."""
    found: list[Any] = []

    async def wait() -> None:
        found.append(await poll())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        assert found == []
        await happening()
    return found[0]


def send_with_boto3(queue: str) -> None:
    boto3.client("sqs", region_name=REGION).send_message(QueueUrl=queue, MessageBody="hello")


# ---------------------------------------------------------------- sent while a poll waits


async def from_another_task(place: Place) -> None:
    await place.sqs.send_message(QueueUrl=place.queue, MessageBody="hello")


async def in_a_batch(place: Place) -> None:
    await place.sqs.send_message_batch(QueueUrl=place.queue, Entries=[{"Id": "1", "MessageBody": "hello"}])


async def from_another_client(place: Place) -> None:
    async with place.client("sqs", region_name=REGION) as other:
        await other.send_message(QueueUrl=place.queue, MessageBody="hello")


async def from_boto3(place: Place) -> None:
    send_with_boto3(place.queue)


async def from_boto3_in_another_thread(place: Place) -> None:
    await run_sync(send_with_boto3, place.queue)


async def from_another_loop(place: Place) -> None:
    await run_sync(partial(anyio.run, from_another_client, place, backend=place.stack.loop))


async def by_sns(place: Place) -> None:
    async with place.client("sns", region_name=REGION) as sns:
        topic = (await sns.create_topic(Name="news"))["TopicArn"]
        arn = f"arn:aws:sqs:{REGION}:123456789012:{place.queue.rpartition('/')[2]}"
        raw = {"RawMessageDelivery": "true"}
        await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)
        await sns.publish(TopicArn=topic, Message="hello")


async def by_the_query_protocol(place: Place) -> None:
    await query(place, Action="SendMessage", QueueUrl=place.queue, MessageBody="hello")


async def query(place: Place, **parameters: str) -> str:
    """Send what older clients send, and SDKs of other languages, through the HTTP session itself."""
    form = urlencode({"Version": "2012-11-05", **parameters})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = AWSRequest("POST", f"https://sqs.{REGION}.amazonaws.com/", headers, data=form)
    SigV4Auth(Credentials("key", "secret"), "sqs", REGION).add_auth(request)
    async with place.stack.session_class() as session:
        response = await session.send(request.prepare())
        content: bytes = await response.content
    return content.decode()


@pytest.mark.parametrize(
    "send",
    [
        from_another_task,
        in_a_batch,
        from_another_client,
        from_boto3,
        from_boto3_in_another_thread,
        from_another_loop,
        by_sns,
        by_the_query_protocol,
    ],
)
async def test_a_poll_ends_when_a_message_is_sent(
    send: Callable[[Place], Awaitable[None]], client: ClientFactory, stack: Stack
) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        place = Place(sqs, (await sqs.create_queue(QueueName="jobs"))["QueueUrl"], client, stack)

        assert await found_by(place.poll, partial(send, place)) == ["hello"]


async def test_a_poll_by_the_query_protocol_ends_when_a_message_is_sent(client: ClientFactory, stack: Stack) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        place = Place(sqs, (await sqs.create_queue(QueueName="jobs"))["QueueUrl"], client, stack)

        async def poll() -> str:
            with anyio.fail_after(DEADLINE):
                return await query(place, Action="ReceiveMessage", QueueUrl=place.queue, WaitTimeSeconds="20")

        assert "<Body>hello</Body>" in await found_by(poll, partial(from_another_task, place))


async def test_a_poll_for_ten_brings_what_has_come(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        for body in ("one", "two", "three"):
            await sqs.send_message(QueueUrl=queue, MessageBody=body)
        with anyio.fail_after(DEADLINE):
            answer = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20, MaxNumberOfMessages=10)

    assert bodies(answer) == ["one", "two", "three"]


# ---------------------------------------------------------------- made visible while a poll waits


async def change_its_visibility(place: Place, receipt: str) -> None:
    await place.sqs.change_message_visibility(QueueUrl=place.queue, ReceiptHandle=receipt, VisibilityTimeout=0)


async def change_its_visibility_to_a_second(place: Place, receipt: str) -> None:
    await place.sqs.change_message_visibility(QueueUrl=place.queue, ReceiptHandle=receipt, VisibilityTimeout=1)


async def change_its_visibility_in_a_batch(place: Place, receipt: str) -> None:
    entry = {"Id": "1", "ReceiptHandle": receipt, "VisibilityTimeout": 0}
    await place.sqs.change_message_visibility_batch(QueueUrl=place.queue, Entries=[entry])


@pytest.mark.parametrize(
    "change", [change_its_visibility, change_its_visibility_to_a_second, change_its_visibility_in_a_batch]
)
async def test_a_poll_ends_when_a_message_in_flight_is_made_visible(
    change: Callable[[Place, str], Awaitable[None]], client: ClientFactory, stack: Stack
) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        place = Place(sqs, (await sqs.create_queue(QueueName="jobs"))["QueueUrl"], client, stack)
        await from_another_task(place)
        receipt = (await place.receive())["ReceiptHandle"]

        assert await found_by(place.poll, partial(change, place, receipt)) == ["hello"]


async def delete(place: Place, receipt: str) -> None:
    await place.sqs.delete_message(QueueUrl=place.queue, ReceiptHandle=receipt)


async def delete_in_a_batch(place: Place, receipt: str) -> None:
    await place.sqs.delete_message_batch(QueueUrl=place.queue, Entries=[{"Id": "1", "ReceiptHandle": receipt}])


@pytest.mark.parametrize("remove", [delete, delete_in_a_batch])
async def test_a_poll_ends_when_the_message_before_in_its_fifo_group_is_deleted(
    remove: Callable[[Place, str], Awaitable[None]], client: ClientFactory, stack: Stack
) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        queue = await sqs.create_queue(QueueName="jobs.fifo", Attributes=fifo)
        place = Place(sqs, queue["QueueUrl"], client, stack)
        for body in ("first", "second"):
            await sqs.send_message(QueueUrl=place.queue, MessageBody=body, MessageGroupId="orders")
        first = await place.receive(MaxNumberOfMessages=1)

        assert first["Body"] == "first"
        assert await found_by(place.poll, partial(remove, place, first["ReceiptHandle"])) == ["second"]


@pytest.mark.thorough
async def test_a_poll_ends_when_a_visibility_timeout_does(client: ClientFactory, stack: Stack) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        place = Place(sqs, (await sqs.create_queue(QueueName="jobs"))["QueueUrl"], client, stack)
        await from_another_task(place)
        await place.receive(VisibilityTimeout=1)

        assert await place.poll() == ["hello"]


@pytest.mark.thorough
async def test_a_poll_ends_when_the_delay_of_a_message_does(client: ClientFactory, stack: Stack) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        place = Place(sqs, (await sqs.create_queue(QueueName="jobs"))["QueueUrl"], client, stack)
        later = partial(sqs.send_message, QueueUrl=place.queue, MessageBody="later", DelaySeconds=1)

        assert await found_by(place.poll, later) == ["later"]


async def test_a_poll_ends_when_a_message_comes_into_its_dead_letter_queue(client: ClientFactory, stack: Stack) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        dead = Place(sqs, (await sqs.create_queue(QueueName="dead"))["QueueUrl"], client, stack)
        redrive = f'{{"deadLetterTargetArn": "arn:aws:sqs:{REGION}:123456789012:dead", "maxReceiveCount": 1}}'
        queue = await sqs.create_queue(QueueName="jobs", Attributes={"RedrivePolicy": redrive})
        place = Place(sqs, queue["QueueUrl"], client, stack)
        await from_another_task(place)
        receipt = (await place.receive())["ReceiptHandle"]
        await change_its_visibility(place, receipt)

        second = partial(sqs.receive_message, QueueUrl=place.queue)
        assert await found_by(dead.poll, second) == ["hello"]


# ---------------------------------------------------------------- how long a poll waits


@pytest.mark.thorough
async def test_a_poll_is_empty_after_its_wait(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]

        async def poll() -> list[str]:
            return bodies(await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1))

        # A poll that had not waited would have ended before this request.
        assert await found_by(poll, sqs.list_queues) == []


async def test_the_queue_says_how_long_where_the_poll_does_not(client: ClientFactory, stack: Stack) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        waits = {"ReceiveMessageWaitTimeSeconds": "20"}
        queue = await sqs.create_queue(QueueName="jobs", Attributes=waits)
        place = Place(sqs, queue["QueueUrl"], client, stack)

        async def poll() -> list[str]:
            with anyio.fail_after(DEADLINE):
                return bodies(await sqs.receive_message(QueueUrl=place.queue))

        assert await found_by(poll, partial(from_another_task, place)) == ["hello"]


async def test_a_poll_may_refuse_to_wait_though_the_queue_says_so(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        waits = {"ReceiveMessageWaitTimeSeconds": "20"}
        queue = (await sqs.create_queue(QueueName="jobs", Attributes=waits))["QueueUrl"]
        with anyio.fail_after(DEADLINE):
            answer = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=0)

    assert bodies(answer) == []
