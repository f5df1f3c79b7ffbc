"""Use S3, DynamoDB and SQS with async and sync clients that share one mocked AWS. Run it with ``make demo``."""

import asyncio

import boto3
from aiobotocore.session import get_session

from aiomoto import mock_aws


async def main() -> None:
    """Write with one kind of client, and read with the other."""
    async with mock_aws():
        session = get_session()

        async with session.create_client("s3") as s3:
            await s3.create_bucket(Bucket="reports")
            await s3.put_object(Bucket="reports", Key="2026/november.txt", Body=b"all is well")
        body = boto3.client("s3").get_object(Bucket="reports", Key="2026/november.txt")["Body"].read()
        print(f"S3        async wrote, boto3 reads:  {body.decode()!r}")
        assert body == b"all is well"

        table = boto3.resource("dynamodb").create_table(
            TableName="users",
            KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table.put_item(Item={"name": "ada", "born": 1815})
        async with session.create_client("dynamodb") as dynamodb:
            found = await dynamodb.get_item(TableName="users", Key={"name": {"S": "ada"}})
        print(f"DynamoDB  boto3 wrote, async reads:  {found['Item']}")
        assert found["Item"]["born"] == {"N": "1815"}

        async with session.create_client("sqs") as sqs:
            queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            await sqs.send_message(QueueUrl=queue, MessageBody="ship it")
            messages = (await sqs.receive_message(QueueUrl=queue))["Messages"]
        print(f"SQS       async sent and received:   {messages[0]['Body']!r}")
        assert messages[0]["Body"] == "ship it"
    print("No server, no ports, no network.")


if __name__ == "__main__":
    asyncio.run(main())
