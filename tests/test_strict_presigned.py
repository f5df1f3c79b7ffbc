"""Strict mode: presigned URLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from aiomoto import MockAWS, mock_aws

MISMATCH = (403, "SignatureDoesNotMatch")


@pytest.fixture(autouse=True)
def aws() -> Iterator[MockAWS]:
    with mock_aws(strict=True) as aws:
        yield aws


@pytest.fixture(params=["s3", "s3v4"])
def s3(request: pytest.FixtureRequest, aws: MockAWS) -> Any:
    config = Config(signature_version=request.param, retries={"total_max_attempts": 1})
    s3 = boto3.client("s3", region_name="us-east-1", config=config)
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="a b+é/k", Body=b"0123")
    return s3


def url_of(s3: Any, method: str = "get_object", seconds: int = 60, **params: Any) -> str:
    given = {"Bucket": "lake", "Key": "a b+é/k", **params}
    return str(s3.generate_presigned_url(method, Params=given, ExpiresIn=seconds))


def outcome(method: str, url: str, **options: Any) -> tuple[int, str]:
    response = requests.request(method, url, timeout=10, **options)
    code = response.text.partition("<Code>")[2].partition("</Code>")[0]
    return response.status_code, code


def test_url_is_taken_as_it_is(s3: Any) -> None:
    assert outcome("GET", url_of(s3)) == (200, "")
    assert outcome("GET", url_of(s3, ResponseContentType="text/plain; charset=utf-8")) == (200, "")
    assert outcome("PUT", url_of(s3, "put_object", Key="new"), data=b"x") == (200, "")
    assert outcome("DELETE", url_of(s3, "delete_object", Key="new")) == (204, "")


@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_url_of_an_endpoint_with_a_path(style: str, version: str) -> None:
    config = Config(signature_version=version, s3={"addressing_style": style})  # type: ignore[arg-type]
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url="http://store.example:9000/root", config=config)
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="a b", Body=b"x")

    for url in (
        s3.generate_presigned_url("list_buckets"),
        s3.generate_presigned_url("list_objects_v2", Params={"Bucket": "lake"}),
        s3.generate_presigned_url("get_object", Params={"Bucket": "lake", "Key": "a b"}),
    ):
        assert outcome("GET", url) == (200, "")
    assert outcome("DELETE", url) == MISMATCH


def test_url_for_another_method(s3: Any) -> None:
    assert outcome("DELETE", url_of(s3)) == MISMATCH


def test_url_with_another_key(s3: Any) -> None:
    s3.put_object(Bucket="lake", Key="secret", Body=b"")
    url = url_of(s3, Key="public")

    assert outcome("GET", url.replace("public", "secret")) == MISMATCH


def test_url_with_another_signature(s3: Any) -> None:
    name, _, end = url_of(s3).partition("Signature=")

    assert outcome("GET", f"{name}Signature=0000{end[4:]}") == MISMATCH


def test_url_with_the_headers_that_it_was_signed_with(s3: Any) -> None:
    url = url_of(s3, "put_object", ContentType="text/csv", Metadata={"name": "value"})
    signed = {"content-type": "text/csv", "x-amz-meta-name": "value"}

    assert outcome("PUT", url, data=b"x", headers=signed) == (200, "")
    assert outcome("PUT", url, data=b"x", headers=signed | {"content-type": "text/html"}) == MISMATCH


def test_url_that_has_expired(s3: Any, aws: MockAWS) -> None:
    url = url_of(s3, seconds=3600)

    aws.clock.advance(1800)
    assert outcome("GET", url) == (200, "")
    aws.clock.advance(1801)
    assert outcome("GET", url) == (403, "AccessDenied")


def test_url_that_had_expired_before_the_clock_was_moved(s3: Any) -> None:
    assert outcome("GET", url_of(s3, seconds=-1)) in ((403, "AccessDenied"), (400, "AuthorizationQueryParametersError"))


def test_url_of_a_week_at_most() -> None:
    s3 = boto3.client("s3", region_name="us-east-1", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="lake")

    assert outcome("GET", url_of(s3, seconds=604_801)) == (400, "AuthorizationQueryParametersError")


def test_header_that_was_not_signed() -> None:
    s3 = boto3.client("s3", region_name="us-east-1", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="lake")

    url = url_of(s3, "put_object")
    assert outcome("PUT", url, data=b"x", headers={"x-amz-acl": "public-read"}) == (403, "AccessDenied")


def test_url_signed_by_a_role() -> None:
    role = "arn:aws:iam::123456789012:role/reader"
    keys = boto3.client("sts", region_name="us-east-1").assume_role(RoleArn=role, RoleSessionName="session")[
        "Credentials"
    ]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    s3 = session.client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="a b+é/k", Body=b"")

    assert outcome("GET", url_of(s3)) == (200, "")
    assert outcome("PUT", url_of(s3)) == MISMATCH


def test_url_of_another_service() -> None:
    sts = boto3.client("sts", region_name="eu-west-1")
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")

    assert outcome("GET", url)[0] == 200
    assert outcome("GET", url.replace("GetCallerIdentity", "GetSessionToken"))[0] == 403


def test_keys_that_a_test_has_made_up_are_not_checked() -> None:
    s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="ada", aws_secret_access_key="lovelace")
    s3.create_bucket(Bucket="lake")

    assert outcome("PUT", url_of(s3, "put_object"), data=b"x") == (200, "")


def test_check_is_switched_off(s3: Any) -> None:
    with mock_aws(strict={"presigned": False}):
        assert outcome("GET", url_of(s3, seconds=-1))[0] == 200
