"""Endpoint URLs with a path: each client's own, whenever it was created, and no other client's."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from aiomoto import AioSession, mock_aws
from tests.conftest import ClientFactory

REGION = "us-east-1"
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
SERVICES: dict[str, str] = {
    "s3": "list_buckets",
    "sqs": "list_queues",
    "sts": "get_caller_identity",
    "lambda": "list_functions",
    "dynamodb": "list_tables",
}


def client(service: str, url: str) -> Any:
    return boto3.client(service, REGION, endpoint_url=url, **KEYS)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("service", "path"),
    [*((service, "/aws") for service in SERVICES), *(("s3", path) for path in ("/a b/x", "/a%20b/x/", "/ünï"))],
)
def test_a_client_from_before_the_mock_keeps_its_path(service: str, path: str) -> None:
    made = client(service, f"http://localhost:9000{path}")
    with mock_aws():
        assert getattr(made, SERVICES[service])()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.anyio
async def test_a_client_of_aiobotocore_too(client: ClientFactory) -> None:
    async with client("s3", region_name=REGION, endpoint_url="http://localhost:9000/aws", **KEYS) as s3:
        with mock_aws() as aws:
            await s3.create_bucket(Bucket="photos")
            await s3.put_object(Bucket="photos", Key="cat", Body=b"meow")

            assert await (await s3.get_object(Bucket="photos", Key="cat"))["Body"].read() == b"meow"
            assert aws.calls.last.url == "http://localhost:9000/aws/photos/cat"
            aws.calls.assert_called("s3", "PutObject", Bucket="photos", Key="cat")


def test_the_path_of_one_client_is_no_other_clients() -> None:
    with mock_aws() as aws:
        client("s3", "https://account.example.com/assets")
        client("sqs", "https://account.example.com/data")
        s3 = client("s3", "https://account.example.com")
        for bucket in ("other", "assets", "data"):
            s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket="assets", Key="other/k", Body=b"x")

        assert {each["Name"] for each in s3.list_buckets()["Buckets"]} == {"assets", "data", "other"}
        assert s3.get_object(Bucket="assets", Key="other/k")["Body"].read() == b"x"
        aws.calls.assert_called("s3", "PutObject", Bucket="assets", Key="other/k")


@pytest.mark.anyio
async def test_a_wired_client_has_its_path_inside_a_mock() -> None:
    async with (
        mock_aws(),
        AioSession().create_client("s3", region_name=REGION, endpoint_url="http://localhost:9000/aws") as s3,
    ):
        await s3.create_bucket(Bucket="photos")

        assert [each["Name"] for each in (await s3.list_buckets())["Buckets"]] == ["photos"]
