"""A reply that is lost: the service has done its work, the client does not know, and sends its request again."""

import asyncio
from typing import Any

from aiobotocore.session import get_session

from aiomoto import MockAWS, mock_aws

ORDER = "order 4711"


async def pay(sqs: Any, queue: str, **once: str) -> None:
    """Have an order paid."""
    await sqs.send_message(QueueUrl=queue, MessageBody=ORDER, **once)


async def count(sqs: Any, queue: str) -> int:
    """The number of payments that are ordered."""
    answer = await sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return len(answer.get("Messages", []))


async def pay_and_lose_the_reply(aws: MockAWS, sqs: Any, queue: str, **once: str) -> int:
    """Pay while the first reply gets lost, and tell how often that was."""
    with aws.faults.add("sqs", "SendMessage", raises="reset", when="after", times=1) as lost:
        await pay(sqs, queue, **once)
    assert lost.hits == 1
    return await count(sqs, queue)


async def main() -> None:
    """Compare a queue that takes every message with one that knows a message again."""
    async with mock_aws(sleep="instant") as aws, get_session().create_client("sqs") as sqs:
        plain = (await sqs.create_queue(QueueName="payments"))["QueueUrl"]
        fifo = (await sqs.create_queue(QueueName="payments.fifo", Attributes={"FifoQueue": "true"}))["QueueUrl"]

        paid_twice = await pay_and_lose_the_reply(aws, sqs, plain)
        paid_once = await pay_and_lose_the_reply(aws, sqs, fifo, MessageGroupId="4711", MessageDeduplicationId=ORDER)

        print(f"Payments after a lost reply: {paid_twice} on a plain queue, {paid_once} with a deduplication id.")
        assert (paid_twice, paid_once) == (2, 1)


if __name__ == "__main__":
    asyncio.run(main())
