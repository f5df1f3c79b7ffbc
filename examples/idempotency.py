"""Test what happens when a response is lost: the service has done its work, and the client retries the request."""

import asyncio
from typing import Any

from aiobotocore.session import get_session

from aiomoto import MockAWS, mock_aws

ORDER = "order 4711"


async def pay(sqs: Any, queue: str, **once: str) -> None:
    """Order a payment."""
    await sqs.send_message(QueueUrl=queue, MessageBody=ORDER, **once)


async def count(sqs: Any, queue: str) -> int:
    """Return how many payments were ordered."""
    received = await sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return len(received.get("Messages", []))


async def pay_and_lose_the_response(aws: MockAWS, sqs: Any, queue: str, **once: str) -> int:
    """Order a payment, lose the first response, and return how many payments were ordered."""
    with aws.faults.add("sqs", "SendMessage", raises="reset", when="after", times=1) as lost:
        await pay(sqs, queue, **once)
    assert lost.hits == 1
    return await count(sqs, queue)


async def main() -> None:
    """Compare a standard queue with a FIFO queue, which discards duplicates."""
    async with mock_aws(sleep="instant") as aws, get_session().create_client("sqs") as sqs:
        standard = (await sqs.create_queue(QueueName="payments"))["QueueUrl"]
        fifo = (await sqs.create_queue(QueueName="payments.fifo", Attributes={"FifoQueue": "true"}))["QueueUrl"]

        paid_twice = await pay_and_lose_the_response(aws, sqs, standard)
        paid_once = await pay_and_lose_the_response(aws, sqs, fifo, MessageGroupId="4711", MessageDeduplicationId=ORDER)

        print(f"Payments after a lost response: {paid_twice} on a standard queue, {paid_once} with a deduplication id.")
        assert (paid_twice, paid_once) == (2, 1)


if __name__ == "__main__":
    asyncio.run(main())
