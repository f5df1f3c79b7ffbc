"""What all tests have: the resources of the service, an HTTP client for its API, and its clients of AWS."""

import json
from collections.abc import AsyncIterator, Callable

import boto3
import httpx
import pytest
from documents import store
from documents.api import app, lifespan

from aiomoto import MockAWS, Snapshot, mock_aws


@pytest.fixture(scope="session")
def aiomoto_state() -> Snapshot:
    """Create once what Terraform creates in production. Each test begins with it."""
    with mock_aws() as aws:
        session = boto3.Session(region_name="eu-west-1")
        location = {"LocationConstraint": "eu-west-1"}
        session.client("s3").create_bucket(Bucket=store.BUCKET, CreateBucketConfiguration=location)
        session.client("dynamodb").create_table(
            TableName=store.TABLE,
            KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        sqs = session.client("sqs")
        failed = sqs.create_queue(QueueName="documents-failed")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=failed, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
        sqs.create_queue(QueueName=store.QUEUE, Attributes={"VisibilityTimeout": "60", "RedrivePolicy": redrive})
        return aws.snapshot()


@pytest.fixture
async def http(aiomoto: MockAWS) -> AsyncIterator[httpx.AsyncClient]:
    """Start the app inside the mock, and return an HTTP client for it."""
    transport = httpx.ASGITransport(app)
    async with lifespan(app), httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


@pytest.fixture
async def clients(aiomoto: MockAWS) -> AsyncIterator[store.Clients]:
    """Open the clients of the service, as the worker does."""
    async with store.open_clients() as clients:
        yield clients


@pytest.fixture
def messages_in(aiomoto: MockAWS) -> Callable[[str], int]:
    """Count the messages of a queue, those included that somebody has received and not deleted."""
    sqs = boto3.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def count(queue: str) -> int:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(attributes[name]) for name in names)

    return count
