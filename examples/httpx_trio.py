"""Test a worker on trio: aiobotocore over httpx takes jobs from an SQS queue and writes the results to S3."""

import trio
from aiobotocore.config import AioConfig
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session

from aiomoto import mock_aws

OVER_HTTPX = AioConfig(http_session_cls=HttpxSession)


async def work(queue: str, jobs: int) -> None:
    """Take this many jobs, one after the other, and store each in capitals."""
    session = get_session()
    async with (
        session.create_client("sqs", region_name="us-east-1", config=OVER_HTTPX) as sqs,
        session.create_client("s3", region_name="us-east-1", config=OVER_HTTPX) as s3,
    ):
        for _ in range(jobs):
            received = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)
            for message in received["Messages"]:
                await s3.put_object(Bucket="done", Key=message["Body"], Body=message["Body"].upper().encode())
                await sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


@mock_aws
async def main() -> None:
    """Start the worker first: it waits for jobs without blocking other tasks."""
    session = get_session()
    async with (
        session.create_client("sqs", region_name="us-east-1", config=OVER_HTTPX) as sqs,
        session.create_client("s3", region_name="us-east-1", config=OVER_HTTPX) as s3,
    ):
        await s3.create_bucket(Bucket="done")
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]

        async with trio.open_nursery() as nursery:
            nursery.start_soon(work, queue, 3)
            for job in ("sweep", "dust", "polish"):
                await sqs.send_message(QueueUrl=queue, MessageBody=job)

        keys = [each["Key"] for each in (await s3.list_objects_v2(Bucket="done"))["Contents"]]
        body = await (await s3.get_object(Bucket="done", Key="dust"))["Body"].read()
    print(f"Done: {', '.join(keys)}; the second one reads {body.decode()!r}.")
    assert keys == ["dust", "polish", "sweep"]
    assert body == b"DUST"


if __name__ == "__main__":
    trio.run(main)
