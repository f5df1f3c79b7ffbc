"""What the tests of ``aws.functions`` share: clients, queues, and what was asked of them."""

from __future__ import annotations

import json
from typing import Any

import boto3
from moto.awslambda.models import lambda_backends

REGION = "us-east-1"
ACCOUNT = "123456789012"


def client(service: str) -> Any:
    """A client of boto3."""
    return boto3.client(service, REGION)


def create_queue(name: str, **attributes: Any) -> tuple[str, str]:
    """Create a queue, and return its URL and its ARN."""
    values = {key: each if isinstance(each, str) else json.dumps(each) for key, each in attributes.items()}
    url = client("sqs").create_queue(QueueName=name, Attributes=values)["QueueUrl"]
    return url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def send(url: str, *bodies: str, **options: Any) -> None:
    """Send messages in one call."""
    entries = [{"Id": str(number), "MessageBody": body, **options} for number, body in enumerate(bodies)]
    assert not client("sqs").send_message_batch(QueueUrl=url, Entries=entries).get("Failed")


def bodies(url: str) -> list[str]:
    """Receive all that is visible in a queue."""
    messages = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [each["Body"] for each in messages]


def map_source(function: str, source: str, **options: Any) -> str:
    """Map a queue or a stream to a function, and return the id of the mapping."""
    uuid: str = client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=source, **options)[
        "UUID"
    ]
    return uuid


def create_table(name: str, key: str = "id") -> str:
    """Create a table of DynamoDB, and return the ARN of its stream."""
    table = client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    arn: str = table["TableDescription"]["LatestStreamArn"]
    return arn


def create_rule(name: str, target: dict[str, Any], **options: Any) -> str:
    """Create a rule of EventBridge with one target, and return its ARN."""
    arn: str = client("events").put_rule(Name=name, **options)["RuleArn"]
    client("events").put_targets(Rule=name, Targets=[{"Id": "1", **target}])
    return arn


def notify(bucket: str, **configuration: Any) -> None:
    """Configure a bucket's notifications."""
    client("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)


def shorten_window(arn: str) -> None:
    """Give a queue's mappings a batching window of less than a second, which AWS does not have."""
    for mapping in lambda_backends[ACCOUNT][REGION].list_event_source_mappings(arn, ""):
        mapping.max_batch_window = 0.02
