"""Directory buckets of S3 (signed for ``s3express``): at a custom endpoint they are answered as at AWS's own host."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests  # type: ignore[import-untyped]
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

REGION = "us-east-1"
BUCKET = "data--use1-az4--x-s3"

# Older ones have no setting for this: they always sign with a session.
_SETTING = "s3_disable_express_session_auth"
needs_no_session = pytest.mark.skipif(
    _SETTING not in BOTOCORE_DEFAUT_SESSION_VARIABLES, reason="this botocore stores nothing without a session"
)
each_endpoint = pytest.mark.parametrize("url", [None, "http://localhost:9000"], ids=["aws", "custom"])


@pytest.fixture(autouse=True)
def _without_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    # Moto gives out no credentials for them. With them off, the client signs for s3express with its own keys.
    monkeypatch.setenv("AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "true")


def create_bucket() -> None:
    # Moto has no control plane for them.
    assert requests.put(f"https://s3.{REGION}.amazonaws.com/{BUCKET}", timeout=60).status_code == 200


@needs_no_session
@each_endpoint
def test_boto3_stores_and_reads(url: str | None) -> None:
    with mock_aws() as aws:
        create_bucket()
        s3: Any = boto3.client("s3", region_name=REGION, endpoint_url=url)
        s3.put_object(Bucket=BUCKET, Key="a/b.txt", Body=b"one")

        assert s3.get_object(Bucket=BUCKET, Key="a/b.txt")["Body"].read() == b"one"
        assert [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["a/b.txt"]
        assert [call.operation for call in aws.calls.filter("s3")][1:] == ["PutObject", "GetObject", "ListObjectsV2"]


@each_endpoint
def test_a_session_is_asked_for(url: str | None) -> None:
    with mock_aws() as aws:
        create_bucket()
        boto3.client("s3", region_name=REGION, endpoint_url=url).create_session(Bucket=BUCKET)

        aws.calls.assert_called_once("s3", "CreateSession")


@needs_no_session
def test_an_endpoint_of_the_environment_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9000")
    with mock_aws():
        create_bucket()
        s3 = boto3.client("s3", region_name=REGION)
        s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"one")

        assert s3.get_object(Bucket=BUCKET, Key="a.txt")["Body"].read() == b"one"


@pytest.mark.anyio
@needs_no_session
@each_endpoint
async def test_aiobotocore_stores_and_reads(url: str | None, client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=url) as s3:
        create_bucket()
        await s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"one")

        assert await (await s3.get_object(Bucket=BUCKET, Key="a.txt"))["Body"].read() == b"one"
