"""``error=`` answers as AWS does, so that each client raises the exception that its service has for it."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

REGION = "us-east-1"
RETRIES = {"total_max_attempts": 1}


@cache
def sync(service: str) -> Any:
    """One client for all mocks: to create it takes longer than what it is asked."""
    return boto3.client(service, region_name=REGION, config=Config(retries=RETRIES, parameter_validation=False))


_NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"
# An error that is modelled, in each protocol: service, method, error, the exception's name in the client, code, status.
MODELLED: list[tuple[Any, ...]] = [
    ("s3", "get_object", {"Bucket": "b", "Key": "a"}, "NoSuchKey", "NoSuchKey", "NoSuchKey", 404),
    ("s3", "list_objects", {"Bucket": "b"}, "NoSuchBucket", "NoSuchBucket", "NoSuchBucket", 404),
    ("route53", "get_hosted_zone", {"Id": "Z1"}, "NoSuchHostedZone", "NoSuchHostedZone", "NoSuchHostedZone", 404),
    ("iam", "get_role", {"RoleName": "r"}, "NoSuchEntity", "NoSuchEntityException", "NoSuchEntity", 404),
    ("sns", "publish", {}, "EndpointDisabledException", "EndpointDisabledException", "EndpointDisabled", 400),
    ("dynamodb", "put_item", {}, *["ConditionalCheckFailedException"] * 3, 400),
    ("sqs", "list_queues", {}, *["QueueDoesNotExist"] * 2, _NO_QUEUE, 400),
    ("sqs", "list_queues", {}, _NO_QUEUE, "QueueDoesNotExist", _NO_QUEUE, 400),
    ("lambda", "get_function", {"FunctionName": "f"}, *["ResourceNotFoundException"] * 3, 404),
    ("kinesis", "list_streams", {}, *["LimitExceededException"] * 3, 400),
    ("cloudwatch", "list_metrics", {}, *["InvalidParameterValueException"] * 2, "InvalidParameterValue", 400),
    ("stepfunctions", "list_activities", {}, *["InvalidToken"] * 3, 400),
]


@pytest.mark.parametrize(
    ("service", "method", "params", "error", "exception", "code", "status"), MODELLED, ids=lambda v: str(v)[:20]
)
def test_modelled_error_is_the_clients_own_exception(
    service: str, method: str, params: dict[str, Any], error: str, exception: str, code: str, status: int
) -> None:
    with mock_aws() as aws:
        aws.faults.add(service, error=error, message="so it is")
        client = sync(service)
        with pytest.raises(getattr(client.exceptions, exception)) as caught:
            getattr(client, method)(**params)

    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (code, "so it is")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    assert answer["ResponseMetadata"]["RequestId"]
    assert (aws.calls.last.error_code, aws.calls.last.status) == (code, status)


@pytest.mark.anyio
async def test_modelled_error_is_the_async_clients_own_exception(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.faults.add("s3", "GetObject", error="NoSuchKey")
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket="photos", Key="a.jpg")


# One service for each protocol, and some that have their own ways.
SERVICES = [
    ("s3", "list_buckets"),
    ("route53", "list_hosted_zones"),
    ("iam", "list_users"),
    ("ec2", "describe_instances"),
    ("dynamodb", "list_tables"),
    ("sqs", "list_queues"),
    ("batch", "list_jobs"),
    ("cloudwatch", "list_dashboards"),
]
GENERIC = [
    ("SlowDown", 503, 503),
    ("Throttling", 400, 400),
    ("InternalError", 500, 500),
    ("ServiceUnavailable", 503, 503),
    ("RequestTimeout", 400, 400),
    ("ExpiredToken", 400, 400),
    ("AccessDenied", 403, 400),  # JSON 1.x and CBOR have one status for all that the caller does wrong
]


@pytest.mark.parametrize(("service", "method"), SERVICES)
def test_generic_errors_are_those_of_every_service(service: str, method: str) -> None:
    for error, status, status_in_json in GENERIC:
        with mock_aws() as aws:
            aws.faults.add(service, error=error)
            with pytest.raises(ClientError) as caught:
                getattr(sync(service), method)()
            protocol = aws.calls.last.protocol

        found = caught.value.response
        assert found["Error"]["Code"] == error
        assert found["Error"]["Message"]
        expected = status_in_json if protocol in ("json", "smithy-rpc-v2-cbor") else status
        assert found["ResponseMetadata"]["HTTPStatusCode"] == expected


def test_status_code_message_and_headers_override() -> None:
    with mock_aws() as aws:
        aws.faults.add(
            "s3", error="SlowDown", status=429, code="TooFast", message="<slow> & steady", headers={"Retry-After": "7"}
        )
        with pytest.raises(ClientError) as caught:
            sync("s3").list_buckets()

    answer = caught.value.response
    assert answer["Error"]["Code"] == "TooFast"
    assert answer["Error"]["Message"] == "<slow> & steady"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert answer["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"


def test_error_that_is_in_no_model_needs_a_status_and_may_have_any_name() -> None:
    with mock_aws() as aws:
        aws.faults.add("s3", error="InvalidRange", status=416)
        with pytest.raises(ClientError) as caught:
            sync("s3").list_buckets()

    assert caught.value.response["Error"]["Code"] == "InvalidRange"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 416


@pytest.mark.parametrize(("service", "method"), SERVICES)
def test_status_alone_is_an_answer_without_a_body(service: str, method: str) -> None:
    with mock_aws() as aws:
        aws.faults.add(service, status=502)
        with pytest.raises(ClientError) as caught:
            getattr(sync(service), method)()

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 502


@pytest.mark.anyio
async def test_error_to_a_head_request_shows_as_its_status(client: ClientFactory) -> None:
    config = AioConfig(retries=RETRIES)
    async with mock_aws() as aws, client("s3", region_name=REGION, config=config) as s3:
        aws.faults.add("s3", "HeadObject", error="SlowDown")
        with pytest.raises(ClientError) as caught:
            await s3.head_object(Bucket="photos", Key="a.jpg")

    assert caught.value.response["Error"]["Code"] == "503"
    assert aws.calls.last.error_code == "503"


def test_error_may_hide_in_an_answer_of_success() -> None:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html: "A 200 OK response can contain either"
    with mock_aws() as aws:
        s3 = sync("s3")
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="a.jpg", Body=b"jpeg")
        aws.faults.add("s3", "CopyObject", error="InternalError", status=200)
        with pytest.raises(ClientError, match="InternalError"):
            s3.copy_object(Bucket="photos", Key="b.jpg", CopySource="photos/a.jpg")


def test_late_error_comes_after_the_service_has_done_its_work() -> None:
    with mock_aws() as aws:
        s3 = sync("s3")
        s3.create_bucket(Bucket="photos")
        aws.faults.add("s3", "PutObject", error="InternalError", when="after", times=1)
        with pytest.raises(ClientError, match="InternalError"):
            s3.put_object(Bucket="photos", Key="a.jpg", Body=b"jpeg")

        assert s3.get_object(Bucket="photos", Key="a.jpg")["Body"].read() == b"jpeg"


def test_early_error_comes_instead_of_it() -> None:
    with mock_aws() as aws:
        s3 = sync("s3")
        s3.create_bucket(Bucket="photos")
        aws.faults.add("s3", "PutObject", error="InternalError", times=1)
        with pytest.raises(ClientError, match="InternalError"):
            s3.put_object(Bucket="photos", Key="a.jpg", Body=b"jpeg")

        assert s3.list_objects_v2(Bucket="photos")["KeyCount"] == 0
