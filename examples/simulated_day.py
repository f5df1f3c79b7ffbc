"""Let a day pass in a test: a job is retried with back-off until it is in the dead-letter queue; sessions expire."""

import asyncio
import json
from typing import Any

from aiobotocore.session import get_session

from aiomoto import mock_aws

BACK_OFF = [600, 3600, 7200]  # seconds until a job that has failed is tried again
DAY = 24 * 3600


async def work(sqs: Any, queue: str) -> list[str]:
    """Try each job that is visible; none of them succeeds."""
    received = await sqs.receive_message(
        QueueUrl=queue, MessageSystemAttributeNames=["ApproximateReceiveCount"], MaxNumberOfMessages=10
    )
    tried = received.get("Messages", [])
    for message in tried:
        attempt = int(message["Attributes"]["ApproximateReceiveCount"])
        await sqs.change_message_visibility(
            QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=BACK_OFF[attempt - 1]
        )
    return [message["Body"] for message in tried]


async def main() -> None:
    """Look every ten minutes, as the worker does, from midnight to midnight."""
    session = get_session()
    async with (
        mock_aws(time="2026-01-01T00:00:00Z") as aws,
        session.create_client("sqs") as sqs,
        session.create_client("dynamodb") as dynamodb,
    ):
        dead = (await sqs.create_queue(QueueName="dead"))["QueueUrl"]
        arn = (await sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]))["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": len(BACK_OFF)})
        queue = (await sqs.create_queue(QueueName="jobs", Attributes={"RedrivePolicy": redrive}))["QueueUrl"]
        await sqs.send_message(QueueUrl=queue, MessageBody="resize")

        await dynamodb.create_table(
            TableName="sessions",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        ttl = {"Enabled": True, "AttributeName": "expires"}
        await dynamodb.update_time_to_live(TableName="sessions", TimeToLiveSpecification=ttl)
        expires = str(int(aws.clock.now().timestamp()) + DAY // 2)
        await dynamodb.put_item(TableName="sessions", Item={"id": {"S": "anna"}, "expires": {"N": expires}})

        attempts = []
        for minute in range(0, DAY // 60, 10):
            attempts += [minute for _ in await work(sqs, queue)]
            await aws.clock.advance(minutes=10)

        [message] = (await sqs.receive_message(QueueUrl=dead))["Messages"]
        sessions = (await dynamodb.scan(TableName="sessions"))["Items"]

    print(f"Tried in minutes {attempts}, then dead: {message['Body']}. Sessions left: {len(sessions)}.")
    assert attempts == [0, 10, 70]
    assert message["Body"] == "resize"
    assert sessions == []


if __name__ == "__main__":
    asyncio.run(main())
