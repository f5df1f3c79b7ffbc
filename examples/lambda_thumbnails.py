"""S3 notifies a queue, whose function makes a thumbnail: the whole chain in one test, without Docker or sleeps."""

import asyncio
import json
from typing import Any

from aiobotocore.session import get_session

from aiomoto import mock_aws


async def main() -> None:
    session = get_session()
    async with (
        mock_aws() as aws,
        session.create_client("s3") as s3,
        session.create_client("sqs") as sqs,
        session.create_client("lambda") as functions,
    ):

        @aws.functions.handler("thumbnails")
        async def make_thumbnails(event: Any, context: Any) -> None:
            for message in event["Records"]:
                for record in json.loads(message["body"]).get("Records", []):
                    key = record["s3"]["object"]["key"]
                    response = await s3.get_object(Bucket="pictures", Key=key)
                    picture = await response["Body"].read()
                    await s3.put_object(Bucket="thumbnails", Key=key, Body=picture[:4])

        await s3.create_bucket(Bucket="pictures")
        await s3.create_bucket(Bucket="thumbnails")
        queue = (await sqs.create_queue(QueueName="uploads"))["QueueUrl"]
        attributes = await sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        await functions.create_event_source_mapping(FunctionName="thumbnails", EventSourceArn=arn)
        await s3.put_bucket_notification_configuration(
            Bucket="pictures",
            NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]},
        )

        await s3.put_object(Bucket="pictures", Key="cat.png", Body=b"a large cat")

        thumbnail = await s3.get_object(Bucket="thumbnails", Key="cat.png")
        assert await thumbnail["Body"].read() == b"a la"
        print("the function ran", len(aws.functions.invocations), "times")


asyncio.run(main())
