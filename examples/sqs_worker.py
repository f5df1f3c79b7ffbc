"""Test a producer and a consumer on one event loop: an SQS long poll ends when a message arrives."""

import asyncio
from typing import Any

from aiobotocore.session import get_session

from aiomoto import mock_aws

JOBS = ["resize", "watermark", "publish"]


async def produce(sqs: Any, queue: str) -> None:
    """Send the jobs, one every tenth of a second."""
    for job in JOBS:
        await asyncio.sleep(0.1)
        await sqs.send_message(QueueUrl=queue, MessageBody=job)


async def consume(sqs: Any, queue: str) -> list[str]:
    """Process messages until all jobs are done, with long polls of 20 seconds."""
    done: list[str] = []
    while len(done) < len(JOBS):
        received = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)
        for message in received.get("Messages", []):
            await sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            done.append(message["Body"])
    return done


async def main() -> None:
    """Start the consumer before the producer sends anything."""
    async with mock_aws(), get_session().create_client("sqs") as sqs:
        queue = (await sqs.create_queue(QueueName="images"))["QueueUrl"]
        consumer = asyncio.create_task(consume(sqs, queue))
        await produce(sqs, queue)
        done = await consumer
    print(f"Received and done: {', '.join(done)}.")
    assert done == JOBS


if __name__ == "__main__":
    asyncio.run(main())
