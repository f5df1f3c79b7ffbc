"""Use the fixtures and the marker of the pytest plugin: each test starts with an empty AWS.

Run it with ``pytest examples/pytest_plugin.py``.
"""

from typing import Any

import boto3
import pytest
import pytest_asyncio

from aiomoto import MockAWS


@pytest_asyncio.fixture
async def s3(aiomoto_client: Any) -> Any:
    """An S3 client, mocked, with one empty bucket. The plugin closes it."""
    client = await aiomoto_client("s3")
    await client.create_bucket(Bucket="uploads")
    return client


@pytest.mark.asyncio
async def test_upload_is_listed(s3: Any, aiomoto: MockAWS) -> None:
    await s3.put_object(Bucket="uploads", Key="cat.jpg", Body=b"meow")

    listing = await s3.list_objects_v2(Bucket="uploads")

    assert [entry["Key"] for entry in listing["Contents"]] == ["cat.jpg"]
    aiomoto.calls.assert_called_once("s3", "PutObject", Key="cat.jpg")


@pytest.mark.asyncio
async def test_each_test_starts_with_an_empty_bucket(s3: Any) -> None:
    assert (await s3.list_objects_v2(Bucket="uploads"))["KeyCount"] == 0


@pytest.mark.aiomoto(region="eu-west-1")
def test_marker_works_without_a_fixture() -> None:
    boto3.client("sqs").create_queue(QueueName="jobs")

    assert "eu-west-1" in boto3.client("sqs").get_queue_url(QueueName="jobs")["QueueUrl"]


@pytest.mark.aiomoto(config={"core": {"service_whitelist": ["sqs"]}})
@pytest.mark.asyncio
async def test_marker_takes_the_options_of_mock_aws(aiomoto_session: Any) -> None:
    async with aiomoto_session.create_client("sqs") as sqs:
        assert (await sqs.list_queues())["ResponseMetadata"]["HTTPStatusCode"] == 200
