"""Test a queue worker on the AWS SDK for Python v4: it survives timeouts, and other SDKs see the same queue."""

import asyncio

import boto3
from aws_sdk_sqs.client import AsyncSQSClient
from aws_sdk_sqs.models import DeleteMessageInput, ReceiveMessageInput

from aiomoto import mock_aws


async def work(queue: str, count: int) -> list[str]:
    """The code under test: process so many messages, with long polls of 20 seconds."""
    done: list[str] = []
    async with AsyncSQSClient() as sqs:
        while len(done) < count:
            received = await sqs.receive_message(ReceiveMessageInput(queue_url=queue, wait_time_seconds=20))
            for message in received.messages or []:
                await sqs.delete_message(DeleteMessageInput(queue_url=queue, receipt_handle=message.receipt_handle))
                done.append(message.body)
    return done


async def main() -> None:
    """Start the worker before boto3 sends anything, and let its first poll fail."""
    async with mock_aws(sleep="instant") as aws:
        aws.faults.add("sqs", "ReceiveMessage", raises="read_timeout", times=1)
        sqs = boto3.client("sqs")
        queue = sqs.create_queue(QueueName="images")["QueueUrl"]
        worker = asyncio.create_task(work(queue, count=2))
        for job in ("resize", "publish"):
            await asyncio.to_thread(sqs.send_message, QueueUrl=queue, MessageBody=job)
        assert await worker == ["resize", "publish"]

        polls = aws.calls.filter("sqs", "ReceiveMessage")
        assert [(poll.attempt, poll.outcome) for poll in polls][:2] == [(1, "read_timeout"), (2, "200")]
        assert [wait.why for wait in aws.slept] == ["retry"]
        print(aws.calls)


if __name__ == "__main__":
    asyncio.run(main())
