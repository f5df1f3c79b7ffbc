"""What a call says stays what it was, whatever comes and goes after it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import Call, mock_aws
from tests.http_clients import Form, Library
from tests.wire import send

REGION = "us-east-1"
ONCE = Config(retries={"total_max_attempts": 1})


def facts(call: Call) -> tuple[Any, ...]:
    return call.service, call.operation, call.region, call.protocol, dict(call.params)


def test_bucket_in_a_host_stays_where_it_was() -> None:
    with mock_aws() as aws:
        boto3.client("s3", region_name=REGION).create_bucket(Bucket="photos")
        s3 = boto3.client("s3", region_name=REGION, endpoint_url="http://photos.minio.test")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "films", "Key": "k"})
        assert urllib3.request("GET", url, retries=False).status == 404
        first, second = aws.calls.last, aws.calls[-1:][0]
        seen = facts(first)
        # From now on the same host would be that of a bucket "photos".
        boto3.client("s3", region_name=REGION, endpoint_url="http://minio.test")
        aws.faults.add("s3", error="AccessDenied")
        with pytest.raises(ClientError):
            s3.list_objects_v2(Bucket="films")

    assert first is second
    assert facts(first) == seen
    assert seen[:2] == ("s3", "GetObject")
    assert seen[4] == {"Bucket": "films", "Key": "k"}


def test_bucket_in_a_host_is_told_by_the_clients_of_its_time() -> None:
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name=REGION, endpoint_url="http://photos.minio.test")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "films", "Key": "k"})
        urllib3.request("GET", url, retries=False)
        boto3.client("s3", region_name=REGION, endpoint_url="http://minio.test")

    # Read for the first time after that.
    assert dict(aws.calls.last.params) == {"Bucket": "films", "Key": "k"}


def test_unsigned_call_stays_that_of_the_client_that_had_its_host() -> None:
    with mock_aws() as aws:
        boto3.client("cognito-idp", region_name=REGION, endpoint_url="http://aws.test")
        # The host is that of a service that has no such operation, and so S3 does not take it for one of its own.
        form = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
        }
        urllib3.request("POST", "http://aws.test/", headers=form, body=b"{}", retries=False)
        boto3.client("s3", region_name=REGION, endpoint_url="http://aws.test")

    assert (aws.calls.last.service, aws.calls.last.operation) == ("cognito-idp", "SignUp")


def test_operation_that_was_named_in_a_body_outlasts_it() -> None:
    form = b"Action=CreateUser&Version=2010-05-08&UserName=ada&Path=/"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with mock_aws() as aws:
        aws.faults.add(status=418)
        url = aws.endpoint.url
        send(url, "POST", "/", form + b"x" * 1_100_000, headers, "iam")  # longer than what is kept
        for _ in range(18):
            send(url, "POST", "/", form + b"x" * 1_000_000, headers, "iam")  # and more than what is kept in all

    assert {(call.service, call.operation) for call in aws.calls} == {("iam", "CreateUser")}
    with pytest.raises(AssertionError, match=r"iam\.CreateUser"):
        aws.calls.assert_not_called("iam", "CreateUser")


@pytest.mark.anyio
async def test_region_that_was_signed_in_a_form_outlasts_it(http: Library) -> None:
    if http.is_async and http.name.startswith("httpx"):
        pytest.skip("httpx's asynchronous clients take no files")
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name="eu-west-1", config=Config(signature_version="s3v4"))
        s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        post = s3.generate_presigned_post("photos", "k")
        answer = await http.send("POST", post["url"], form=Form(post["fields"], b"jpeg"))

    assert answer.status in (200, 204)
    assert (aws.calls.last.service, aws.calls.last.region) == ("s3", "eu-west-1")


def test_client_that_is_gone_is_named_all_the_same() -> None:
    with mock_aws() as aws:
        for _ in range(3):
            boto3.Session(region_name=REGION).client("iam").create_user(UserName=f"user-{len(aws.calls)}")

    assert [call.params["UserName"] for call in aws.calls] == ["user-0", "user-1", "user-2"]


def test_older_version_of_an_api_is_read_by_its_own_model() -> None:
    with mock_aws() as aws:
        aws.faults.add("cloudfront", error="AccessDenied")
        for version in ("2016-11-25", None, "2016-11-25"):
            cloudfront = boto3.client("cloudfront", region_name=REGION, api_version=version, config=ONCE)
            with pytest.raises(ClientError):
                cloudfront.get_distribution(Id="one")

    assert [(call.operation, dict(call.params)) for call in aws.calls] == [("GetDistribution", {"Id": "one"})] * 3
    assert len({call.url for call in aws.calls}) == 2
