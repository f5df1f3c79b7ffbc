"""Strict mode: forms that upload to S3, and their policies."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import aiohttp
import boto3
import pytest
import requests
from botocore.config import Config

from aiomoto import MockAWS, mock_aws


@pytest.fixture(autouse=True)
def aws() -> Iterator[MockAWS]:
    with mock_aws(strict=True) as aws:
        yield aws


@pytest.fixture(params=["s3", "s3v4"])
def s3(request: pytest.FixtureRequest, aws: MockAWS) -> Any:
    s3 = boto3.client("s3", region_name="us-east-1", config=Config(signature_version=request.param))
    s3.create_bucket(Bucket="lake")
    return s3


def outcome(form: dict[str, Any], file: bytes = b"data", **others: Any) -> tuple[int, str]:
    response = requests.post(form["url"], data=form["fields"] | others, files={"file": file}, timeout=10)
    code = response.text.partition("<Code>")[2].partition("</Code>")[0]
    return response.status_code, code


def test_form_is_taken_as_it_is(s3: Any) -> None:
    fields = {"acl": "private", "Content-Type": "text/csv", "x-amz-meta-name": "value"}
    conditions = [{"acl": "private"}, ["starts-with", "$Content-Type", "text/"], {"x-amz-meta-name": "value"}]
    form = s3.generate_presigned_post("lake", "in/${filename}", Fields=fields, Conditions=conditions)

    assert outcome(s3.generate_presigned_post("lake", "k")) == (204, "")
    assert outcome(form) == (204, "")
    form["fields"] |= {"Content-Type": "text/html", "x-ignore-this": "x"}
    assert outcome(form) == (204, "")


def test_bytes_of_the_file_arrive(s3: Any) -> None:
    data = bytes(range(256)) * 8

    assert outcome(
        s3.generate_presigned_post("lake", "k", Conditions=[["content-length-range", 2048, 2048]]), data
    ) == (
        204,
        "",
    )
    assert s3.get_object(Bucket="lake", Key="k")["Body"].read() == data


@pytest.mark.asyncio
async def test_form_of_aiohttp(s3: Any) -> None:
    form = s3.generate_presigned_post("lake", "k", Conditions=[["content-length-range", 1, 4]])
    statuses = []
    for file in (b"data", b"too long"):
        data = aiohttp.FormData(form["fields"])
        data.add_field("file", file, filename="k")
        async with aiohttp.ClientSession() as session, session.post(form["url"], data=data) as response:
            statuses.append(response.status)

    assert statuses == [204, 400]


@pytest.mark.parametrize(
    ("size", "expected"), [(2, (400, "EntityTooSmall")), (3, (204, "")), (5, (204, "")), (6, (400, "EntityTooLarge"))]
)
def test_size_of_the_file(s3: Any, size: int, expected: tuple[int, str]) -> None:
    form = s3.generate_presigned_post("lake", "k", Conditions=[["content-length-range", 3, 5]])

    assert outcome(form, b"x" * size) == expected


def test_fields_fulfil_the_conditions(s3: Any) -> None:
    form = s3.generate_presigned_post("lake", "k", Fields={"acl": "private"}, Conditions=[{"acl": "private"}])

    assert outcome(form, acl="public-read") == (403, "AccessDenied")
    assert outcome(form, key="another") == (403, "AccessDenied")
    assert outcome(form, Cache_Control="none") == (403, "AccessDenied")


def test_form_that_has_expired(s3: Any, aws: MockAWS) -> None:
    form = s3.generate_presigned_post("lake", "k", ExpiresIn=3600)

    aws.clock.advance(1800)
    assert outcome(form) == (204, "")
    aws.clock.advance(1801)
    assert outcome(form) == (403, "AccessDenied")


def test_policy_that_was_not_signed(s3: Any) -> None:
    form = s3.generate_presigned_post("lake", "k")
    policy = base64.b64decode(form["fields"]["policy"]).replace(b'"key": "k"', b'"key": "x"')
    changed = base64.b64encode(policy).decode()

    assert outcome(form, key="x", policy=changed) == (403, "SignatureDoesNotMatch")
    assert outcome(form, policy="e30=") == (400, "InvalidPolicyDocument")


@pytest.mark.parametrize("condition", [["eq", "$key"], ["content-length-range", "some", "more"], [], 1])
def test_policy_with_a_condition_that_is_none(s3: Any, condition: Any) -> None:
    form = s3.generate_presigned_post("lake", "k", Conditions=[condition])

    assert outcome(form) == (400, "InvalidPolicyDocument")


def test_check_is_switched_off(s3: Any) -> None:
    form = s3.generate_presigned_post("lake", "k", Conditions=[["content-length-range", 0, 1]])
    with mock_aws(strict={"forms": False}):
        assert outcome(form) == (204, "")
