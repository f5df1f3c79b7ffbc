"""The pytest plugin's fixtures and marker: nothing to import, nothing to close, an empty AWS for each test.

Run it with ``pytest examples/pytest_plugin.py``.
"""

from typing import Any

import boto3
import pytest
import pytest_asyncio

from aiomoto import MockAWS


@pytest_asyncio.fixture
async def s3(aiomoto_client: Any) -> Any:
    """A client of a mocked S3 with one empty bucket; the plugin closes it."""
    client = await aiomoto_client("s3")
    await client.create_bucket(Bucket="uploads")
    return client


@pytest.mark.asyncio
async def test_an_upload_is_listed(s3: Any, aiomoto: MockAWS) -> None:
    await s3.put_object(Bucket="uploads", Key="cat.jpg", Body=b"meow")

    listing = await s3.list_objects_v2(Bucket="uploads")

    assert [entry["Key"] for entry in listing["Contents"]] == ["cat.jpg"]
    aiomoto.calls.assert_called_once("s3", "PutObject", Key="cat.jpg")


@pytest.mark.asyncio
async def test_each_test_begins_with_an_empty_bucket(s3: Any) -> None:
    assert (await s3.list_objects_v2(Bucket="uploads"))["KeyCount"] == 0


@pytest.mark.aiomoto(region="eu-west-1")
def test_the_marker_mocks_a_test_without_a_fixture() -> None:
    boto3.client("sqs").create_queue(QueueName="jobs")

    assert "eu-west-1" in boto3.client("sqs").get_queue_url(QueueName="jobs")["QueueUrl"]


@pytest.mark.aiomoto(config={"core": {"service_whitelist": ["sqs"]}})
@pytest.mark.asyncio
async def test_the_marker_takes_the_options_of_mock_aws(aiomoto_session: Any) -> None:
    async with aiomoto_session.create_client("sqs") as sqs:
        assert (await sqs.list_queues())["ResponseMetadata"]["HTTPStatusCode"] == 200
