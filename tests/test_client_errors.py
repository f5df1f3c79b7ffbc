"""What a client sees of a failure is what boto3 sees of it, and retries are the client's own."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack

pytestmark = pytest.mark.anyio

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/missing"
NO_ACCOUNT = "arn:aws:sns:us-east-1:123456789012:missing"
MISTAKES: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "s3_xml": ("s3", "get_object", {"Bucket": "missing", "Key": "a"}, 404, "NoSuchBucket"),
    # Over a network the answer to HEAD has no body, and so no code but the status. Moto's has, and tests rely on it.
    "s3_head": ("s3", "head_object", {"Bucket": "missing", "Key": "a"}, 404, "NoSuchBucket"),
    "s3_taken": ("s3", "create_bucket", {"Bucket": "x"}, 400, "InvalidBucketName"),
    "dynamodb_json": (
        "dynamodb",
        "get_item",
        {"TableName": "missing", "Key": {"name": {"S": "a"}}},
        400,
        "ResourceNotFoundException",
    ),
    "sqs_json_with_a_query_code": (
        "sqs",
        "send_message",
        {"QueueUrl": QUEUE, "MessageBody": "a"},
        400,
        "AWS.SimpleQueueService.NonExistentQueue",
    ),
    "sns_query": ("sns", "get_topic_attributes", {"TopicArn": NO_ACCOUNT}, 404, "NotFound"),
    "iam_query": ("iam", "get_user", {"UserName": "missing"}, 404, "NoSuchEntity"),
    "ec2": ("ec2", "describe_instances", {"InstanceIds": ["i-0123456789abcdef0"]}, 400, "InvalidInstanceID.NotFound"),
    "kms_json": ("kms", "describe_key", {"KeyId": "missing"}, 400, "NotFoundException"),
    "lambda_rest_json": ("lambda", "get_function", {"FunctionName": "missing"}, 404, "ResourceNotFoundException"),
}


async def _error_of(client: ClientFactory, service: str, operation: str, arguments: dict[str, Any]) -> ClientError:
    async with client(service, region_name="us-east-1") as aws:
        with pytest.raises(ClientError) as caught:
            await getattr(aws, operation)(**arguments)
    return caught.value


def _error_of_boto3(service: str, operation: str, arguments: dict[str, Any]) -> ClientError:
    aws = boto3.client(service, region_name="us-east-1")
    with pytest.raises(ClientError) as caught:
        getattr(aws, operation)(**arguments)
    return caught.value


_NEW_EACH_TIME = ("date", "x-amzn-requestid", "RequestId", "HostId")


def _without_what_changes(response: Any) -> Any:
    """A parsed response with the values that are new with each request replaced by whether they are there."""
    if not isinstance(response, dict):
        return response
    return {
        name: bool(value) if name in _NEW_EACH_TIME else _without_what_changes(value)
        for name, value in response.items()
    }


@pytest.mark.thorough
@pytest.mark.parametrize(("service", "operation", "arguments", "status", "code"), MISTAKES.values(), ids=MISTAKES)
async def test_an_error_has_the_details_that_boto3_sees(
    client: ClientFactory, service: str, operation: str, arguments: dict[str, Any], status: int, code: str
) -> None:
    async with mock_aws():
        error = await _error_of(client, service, operation, arguments)
        expected = _error_of_boto3(service, operation, arguments)

    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert error.response["Error"]["Code"] == code
    assert _without_what_changes(error.response) == _without_what_changes(expected.response)
    assert str(error) == str(expected)
    assert type(error).__name__ == type(expected).__name__


async def test_an_error_has_the_request_id_of_its_response(client: ClientFactory) -> None:
    async with mock_aws():
        error = await _error_of(client, "dynamodb", "describe_table", {"TableName": "missing"})

    metadata = error.response["ResponseMetadata"]
    assert len(metadata["RequestId"]) == 52
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]


async def test_a_success_has_the_details_that_boto3_sees(client: ClientFactory) -> None:
    async with mock_aws(), client("sts", region_name="us-east-1") as sts:
        got = await sts.get_caller_identity()
        expected = boto3.client("sts", region_name="us-east-1").get_caller_identity()

    assert _without_what_changes(got) == _without_what_changes(expected)


RAISED: dict[str, tuple[str, str, dict[str, Any], type[Exception]]] = {
    "a bug of Moto's": ("kafka", "describe_cluster", {"ClusterArn": "missing"}, KeyError),
    "not implemented": ("sqs", "start_message_move_task", {"SourceArn": "missing"}, NotImplementedError),
}


@pytest.mark.parametrize(("service", "operation", "arguments", "kind"), RAISED.values(), ids=RAISED)
async def test_an_exception_of_motos_own_reaches_the_caller_at_once_and_as_with_boto3(
    client: ClientFactory, service: str, operation: str, arguments: dict[str, Any], kind: type[Exception]
) -> None:
    attempts = []
    async with mock_aws(), client(service, region_name="us-east-1") as aws:
        aws.meta.events.register("before-send", lambda **_: attempts.append("one"))
        with pytest.raises(kind) as caught:
            await getattr(aws, operation)(**arguments)
        boto = boto3.client(service, region_name="us-east-1")
        with pytest.raises(kind) as expected:
            getattr(boto, operation)(**arguments)

    assert str(caught.value) == str(expected.value)
    assert attempts == ["one"]


# ---------------------------------------------------------------- retries

DAY = datetime(2026, 1, 1, tzinfo=timezone.utc)
# The one request that Moto answers with a 5xx, in all of its versions: X-Ray with a filter.
INTERNAL_FAILURE = {"StartTime": DAY, "EndTime": DAY, "FilterExpression": "ok"}


@pytest.fixture
def _no_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The legacy mode waits for a random part of some seconds between attempts: make it none."""
    monkeypatch.setattr("random.random", lambda: 0.0)


@pytest.mark.thorough
@pytest.mark.usefixtures("_no_back_off")
@pytest.mark.parametrize(("mode", "total"), [("legacy", 4), ("standard", 2)])
async def test_a_5xx_is_retried_as_often_as_boto3_does(client: ClientFactory, mode: Any, total: int) -> None:
    attempts = []
    retries: Any = {"mode": mode, "total_max_attempts": total}
    async with mock_aws(), client("xray", region_name="us-east-1", config=AioConfig(retries=retries)) as xray:
        xray.meta.events.register("before-send.xray", lambda **_: attempts.append("one"))
        with pytest.raises(ClientError) as caught:
            await xray.get_trace_summaries(**INTERNAL_FAILURE)
        boto = boto3.client("xray", region_name="us-east-1", config=Config(retries=retries))
        with pytest.raises(ClientError) as expected:
            boto.get_trace_summaries(**INTERNAL_FAILURE)

    assert attempts == ["one"] * total
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == total - 1
    assert caught.value.response["ResponseMetadata"]["MaxAttemptsReached"] is True
    assert _without_what_changes(caught.value.response) == _without_what_changes(expected.value.response)
    assert str(caught.value) == str(expected.value)


@pytest.mark.usefixtures("_no_back_off")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_request_that_succeeds_at_its_second_attempt_succeeds(stack: Stack, status: int) -> None:
    class FailsOnce(stack.session_class):  # type: ignore[misc, name-defined]
        failed = False

        async def send(self, request: Any) -> Any:
            response = await super().send(request)
            if not self.failed:
                self.failed = True
                response.status_code = status
            return response

    config = AioConfig(http_session_cls=FailsOnce, retries={"mode": "legacy"})
    async with mock_aws(), get_session().create_client("sqs", region_name="us-east-1", config=config) as sqs:
        created = await sqs.create_queue(QueueName="jobs")

    assert created["QueueUrl"] == "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
    assert created["ResponseMetadata"]["RetryAttempts"] == 1


async def test_an_error_of_the_callers_is_not_retried(client: ClientFactory) -> None:
    attempts = []
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        s3.meta.events.register("before-send.s3", lambda **_: attempts.append("one"))
        with pytest.raises(s3.exceptions.NoSuchBucket):
            await s3.list_objects_v2(Bucket="missing")

    assert attempts == ["one"]
