"""Strict mode: requests that nobody has signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import mock_aws


@pytest.fixture(autouse=True)
def mock() -> Iterator[None]:
    with mock_aws(strict=True):
        yield


@pytest.fixture
def s3(mock: None) -> Any:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="k", Body=b"private")
    return s3


@pytest.fixture
def anonymous(s3: Any) -> Any:
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return boto3.client("s3", region_name="us-east-1", config=config)


def outcome(call: Callable[..., Any], **params: Any) -> str:
    try:
        response = call(Bucket="lake", **params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return str(response["ResponseMetadata"]["HTTPStatusCode"])


def test_private_bucket(anonymous: Any) -> None:
    assert outcome(anonymous.get_object, Key="k") == "AccessDenied"
    assert outcome(anonymous.put_object, Key="k", Body=b"") == "AccessDenied"
    assert outcome(anonymous.delete_object, Key="k") == "AccessDenied"
    assert outcome(anonymous.list_objects_v2) == "AccessDenied"
    assert outcome(anonymous.get_bucket_tagging) == "AccessDenied"


def test_public_object(s3: Any, anonymous: Any) -> None:
    s3.put_object_acl(Bucket="lake", Key="k", ACL="public-read")

    assert outcome(anonymous.get_object, Key="k") == "200"
    assert outcome(anonymous.head_object, Key="k") == "200"
    assert outcome(anonymous.put_object, Key="k", Body=b"") == "AccessDenied"


def test_public_bucket(s3: Any, anonymous: Any) -> None:
    s3.put_bucket_acl(Bucket="lake", ACL="public-read")
    assert outcome(anonymous.list_objects_v2) == "200"
    assert outcome(anonymous.put_object, Key="k", Body=b"") == "AccessDenied"

    s3.put_bucket_acl(Bucket="lake", ACL="public-read-write")
    assert outcome(anonymous.put_object, Key="new", Body=b"") == "200"


def test_bucket_policy(s3: Any, anonymous: Any) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket="lake", Policy=json.dumps(policy))

    assert outcome(anonymous.get_object, Key="k") == "200"
    assert outcome(anonymous.list_objects_v2) == "AccessDenied"


def test_requests_that_are_signed_or_presigned(s3: Any) -> None:
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "lake", "Key": "k"})
    form = s3.generate_presigned_post("lake", "new")

    assert requests.get(url, timeout=10).status_code == 200
    assert requests.get(url.partition("?")[0], timeout=10).status_code == 403
    assert requests.post(form["url"], data=form["fields"], files={"file": b""}, timeout=10).status_code == 204
    assert requests.post(form["url"], data={"key": "new"}, files={"file": b""}, timeout=10).status_code == 403


def test_bucket_that_there_is_not(anonymous: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        anonymous.list_objects_v2(Bucket="missing")
