"""Strict mode: operations of S3 that Moto does not implement are not answered as others."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import boto3
import pytest
import requests
from aiobotocore.session import get_session
from botocore import xform_name
from botocore.config import Config

from aiomoto import MockAWS, mock_aws

ONCE = Config(retries={"total_max_attempts": 1})
BUCKET = {"Bucket": "lake"}
OBJECT = {"Bucket": "lake", "Key": "k"}
TIERING = {"Id": "i", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}


@pytest.fixture(autouse=True)
def aws() -> Iterator[MockAWS]:
    with mock_aws(strict=True) as aws:
        yield aws


@pytest.fixture
def s3(aws: MockAWS) -> Any:
    s3 = boto3.client("s3", region_name="us-east-1", config=ONCE)
    s3.create_bucket(**BUCKET)
    return s3


@pytest.mark.parametrize(
    ("operation", "params", "instead"),
    [
        ("GetBucketRequestPayment", BUCKET, "ListObjects"),
        ("ListBucketMetricsConfigurations", BUCKET, "ListObjects"),
        (
            "PutBucketIntelligentTieringConfiguration",
            {**BUCKET, "Id": "i", "IntelligentTieringConfiguration": TIERING},
            "CreateBucket",
        ),
        ("DeleteBucketIntelligentTieringConfiguration", {**BUCKET, "Id": "i"}, "DeleteBucket"),
        ("DeleteBucketInventoryConfiguration", {**BUCKET, "Id": "i"}, "DeleteBucket"),
        (
            "CreateBucketMetadataTableConfiguration",
            {
                **BUCKET,
                "MetadataTableConfiguration": {"S3TablesDestination": {"TableBucketArn": "arn", "TableName": "t"}},
            },
            "PutObject",
        ),
        ("CreateSession", BUCKET, "ListObjects"),
        ("GetObjectTorrent", OBJECT, "GetObject"),
        ("GetObjectRetention", OBJECT, "GetObject"),
        ("RenameObject", {**OBJECT, "RenameSource": "lake/other"}, "PutObject"),
        ("ListDirectoryBuckets", {}, "ListBuckets"),
    ],
)
def test_operation_that_moto_takes_for_another(s3: Any, operation: str, params: dict[str, Any], instead: str) -> None:
    method = xform_name(operation)
    if not hasattr(s3, method):
        pytest.skip("this botocore has no such operation")

    with pytest.raises(NotImplementedError) as caught:
        getattr(s3, method)(**params)

    assert str(caught.value).startswith(
        f"Moto does not answer s3 {operation}: it would run {instead} instead, which strict mode refuses "
        '(mock_aws(strict={"operations": False}) switches off this check). Answer it in the test:\n'
        f'aws.answers.add("s3", "{operation}", {{'
    )
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["lake"]
    assert s3.list_objects_v2(**BUCKET)["KeyCount"] == 0


def test_operations_that_moto_has(s3: Any) -> None:
    s3.put_object(**OBJECT, Body=b"x")
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    s3.put_bucket_versioning(**BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(**BUCKET, Tagging=tags)
    s3.put_object_tagging(**OBJECT, Tagging=tags)

    assert s3.get_bucket_tagging(**BUCKET)["TagSet"] == s3.get_object_tagging(**OBJECT)["TagSet"] == tags["TagSet"]
    assert s3.get_bucket_versioning(**BUCKET)["Status"] == "Enabled"
    assert s3.get_object_attributes(**OBJECT, ObjectAttributes=["ObjectSize"])["ObjectSize"] == 1
    assert len(s3.list_object_versions(**BUCKET)["Versions"]) == len(s3.list_objects(**BUCKET)["Contents"]) == 1
    s3.delete_bucket_tagging(**BUCKET)
    s3.delete_object_tagging(**OBJECT)
    assert s3.delete_objects(**BUCKET, Delete={"Objects": [{"Key": "k"}]})["Deleted"][0]["Key"] == "k"


@pytest.mark.skipif(version("moto") < "5.2", reason="Moto has no inventories")
def test_operation_that_a_later_moto_has(s3: Any) -> None:
    assert s3.list_bucket_inventory_configurations(**BUCKET)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_scripted_answer_comes_first(s3: Any, aws: MockAWS) -> None:
    aws.answers.add("s3", "GetBucketRequestPayment", {"Payer": "Requester"})

    assert s3.get_bucket_request_payment(**BUCKET)["Payer"] == "Requester"


def test_request_without_a_client(s3: Any) -> None:
    with mock_aws(strict={"anonymous": False}, reset=False), pytest.raises(NotImplementedError, match="GetObjectTorr"):
        requests.get("https://lake.s3.amazonaws.com/k?torrent", timeout=10)


@pytest.mark.asyncio
async def test_clients_of_aiobotocore(s3: Any) -> None:
    async with get_session().create_client("s3", region_name="us-east-1") as client:
        with pytest.raises(NotImplementedError, match="GetObjectRetention"):
            await client.get_object_retention(**OBJECT)


def test_check_is_switched_off(s3: Any) -> None:
    with mock_aws(strict={"operations": False}, reset=False):
        assert "Payer" not in s3.get_bucket_request_payment(**BUCKET)
