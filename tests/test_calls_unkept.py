"""What the log does not keep it does not deny: whoever asks for it gets an error that says how to keep it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import AiomotoError, ArgumentError, CallLog, MockAWS, mock_aws
from tests.conftest import ClientFactory

REGION = "us-east-1"
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
LARGE = b"x" * 1_100_000


def put(aws: MockAWS, body: Any = b"secret") -> None:
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="k", Body=body, ContentType="text/plain")


ASK: dict[str, Callable[[CallLog], object]] = {
    "filter": lambda calls: calls.filter("s3", "PutObject", Body=b"secret"),
    "filter of others": lambda calls: calls.filter("s3", "PutObject", Body=b"other"),
    "without an operation": lambda calls: calls.filter("s3", Body=b"secret"),
    "assert_called": lambda calls: calls.assert_called("s3", "PutObject", Body=b"secret"),
    "assert_called_once": lambda calls: calls.assert_called_once("s3", "PutObject", Body=b"secret"),
    "assert_not_called": lambda calls: calls.assert_not_called("s3", "PutObject", Body=b"secret"),
    "with others": lambda calls: calls.assert_not_called("s3", "PutObject", Bucket="photos", Body=b"secret"),
    "matches": lambda calls: calls.last.matches("s3", "PutObject", Body=b"secret"),
    "params[]": lambda calls: calls.last.params["Body"],
    "params.get": lambda calls: calls.last.params.get("Body"),
}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_body_that_was_not_kept_is_an_error_that_says_how_to_keep_it(ask: Callable[[CallLog], object]) -> None:
    with mock_aws() as aws:
        put(aws)

    with pytest.raises(AiomotoError, match=r"Body of this s3 PutObject.*mock_aws\(record_bodies=True\)"):
        ask(aws.calls)


@pytest.mark.parametrize("ask", [ASK["filter"], ASK["assert_called"], ASK["matches"], ASK["params.get"]])
def test_body_that_was_kept_is_there(ask: Callable[[CallLog], object]) -> None:
    with mock_aws(record_bodies=True) as aws:
        put(aws)

    assert ask(aws.calls)
    aws.calls.assert_not_called("s3", "PutObject", Body=b"other")


def test_other_parameters_decide_where_they_can() -> None:
    with mock_aws() as aws:
        put(aws)

    aws.calls.assert_not_called("s3", "PutObject", Bucket="videos", Body=b"secret")
    assert aws.calls.assert_called("s3", "PutObject", ContentType="text/plain").params["Key"] == "k"
    assert dict(aws.calls.last.params).keys() >= {"Bucket", "Key"}
    assert "Body" not in aws.calls.last.params
    assert "Body=" not in str(aws.calls)
    with pytest.raises(AiomotoError, match="record_bodies=True"):
        copy.deepcopy(aws.calls.last.params)["Body"]


def test_object_that_looks_like_parameters_is_not_kept_either() -> None:
    with mock_aws() as aws:
        put(aws, b"<Tagging/>")

    with pytest.raises(AiomotoError, match="record_bodies=True"):
        aws.calls.assert_not_called("s3", "PutObject", Body=b"<Tagging/>")


def test_call_without_a_body_has_none() -> None:
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="k")

    aws.calls.assert_not_called("s3", "PutObject", Body=b"secret")
    with pytest.raises(KeyError):
        aws.calls.last.params["SSEKMSKeyId"]
    assert aws.calls.last.params.get("SSEKMSKeyId") is None


# Beyond 1 MiB no body is kept, whatever it holds. What is in the path and in headers is known all the same.
UNKEPT: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("dynamodb", "PutItem", {"TableName": "t", "Item": {"id": {"B": LARGE}}}, {"TableName": "t"}),
    ("lambda", "Invoke", {"FunctionName": "f", "Payload": LARGE}, {"Payload": b"x"}),
    ("glacier", "UploadArchive", {"vaultName": "v", "accountId": "-", "body": LARGE}, {"body": b"x"}),
    (
        "sns",
        "Publish",
        {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Message": "x" * 1_100_000},
        {"Message": "x"},
    ),
    ("iot-data", "Publish", {"topic": "t", "payload": LARGE}, {"payload": b"x"}),
    ("kinesis", "PutRecord", {"StreamName": "s", "PartitionKey": "k", "Data": LARGE}, {"StreamName": "s"}),
]


@pytest.mark.parametrize(("service", "operation", "sent", "asked"), UNKEPT, ids=[f"{row[0]}" for row in UNKEPT])
def test_parameters_of_a_large_body_are_not_denied(
    service: str, operation: str, sent: dict[str, Any], asked: dict[str, Any]
) -> None:
    with mock_aws() as aws:
        aws.faults.add(error="AccessDenied")
        client = boto3.client(service, region_name=REGION, config=ONCE)
        with pytest.raises(ClientError):
            client._make_api_call(operation, sent)  # noqa: SLF001  (by the name of the operation)

    assert aws.calls.assert_called(service, operation).operation == operation
    with pytest.raises(AiomotoError, match="record_bodies=True"):
        aws.calls.assert_not_called(service, operation, **asked)


def test_what_is_beside_a_large_body_is_known() -> None:
    with mock_aws() as aws:
        aws.faults.add(error="AccessDenied")
        with pytest.raises(ClientError):
            boto3.client("lambda", region_name=REGION, config=ONCE).invoke(FunctionName="f", Payload=LARGE)

    assert aws.calls.assert_called("lambda", "Invoke", FunctionName="f").params["FunctionName"] == "f"
    aws.calls.assert_not_called("lambda", "Invoke", FunctionName="g", Payload=LARGE)


def test_bodies_forgotten_in_a_long_log_are_not_denied() -> None:
    item = {"id": {"S": "x" * 900_000}}
    with mock_aws() as aws:
        aws.faults.add(error="AccessDenied")
        dynamodb = boto3.client("dynamodb", region_name=REGION, config=ONCE)
        for _ in range(20):
            with suppress(ClientError):
                dynamodb.put_item(TableName="t", Item=item)

    with pytest.raises(AiomotoError, match="record_bodies=True"):
        aws.calls.assert_not_called("dynamodb", "PutItem", TableName="other")
    assert aws.calls[-1:].assert_called("dynamodb", "PutItem", TableName="t").params["Item"] == item
    assert len(str(aws.calls).splitlines()) == 21


# ---------------------------------------------------------------- what a rule sees


@pytest.mark.anyio
async def test_rule_sees_the_parameters_that_the_log_would_with_all_bodies(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        by_mapping = aws.faults.add("s3", "PutObject", where={"Body": b"secret"}, error="AccessDenied", times=1)
        by_function = aws.faults.add(
            "s3", where=lambda call: call.params.get("Body") == b"a", error="SlowDown", status=400
        )
        await s3.put_object(Bucket="photos", Key="k", Body=b"other")
        with pytest.raises(ClientError, match="AccessDenied"):
            await s3.put_object(Bucket="photos", Key="k", Body=b"secret")
        with pytest.raises(ClientError, match="SlowDown"):
            await s3.put_object(Bucket="photos", Key="k", Body=b"a")

    assert (by_mapping.hits, by_function.hits) == (1, 1)
    with pytest.raises(AiomotoError, match="record_bodies=True"):
        aws.calls.assert_called("s3", "PutObject", Body=b"secret")


# ---------------------------------------------------------------- values as a client takes them

WHEN = datetime(2026, 11, 25, tzinfo=timezone.utc)


def test_values_that_a_client_takes_for_the_same_are_the_same() -> None:
    with mock_aws(record_bodies=True) as aws:
        put(aws, "secret")
        with suppress(ClientError):
            boto3.client("s3", region_name=REGION).get_object(Bucket="photos", Key="k", IfModifiedSince=WHEN)

    for body in ("secret", b"secret", bytearray(b"secret"), memoryview(b"secret")):
        aws.calls.assert_called("s3", "PutObject", Body=body)
    for date in (WHEN, "2026-11-25T00:00:00Z", WHEN.timestamp()):
        aws.calls.assert_called("s3", "GetObject", IfModifiedSince=date)


WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "s3",
        "CopyObject",
        {"CopySource": {"Bucket": "b", "Key": "k"}},
        "CopySource of s3 CopyObject cannot be .* string",
    ),
    ("s3", "PutObject", {"Body": 5}, "5 is not bytes"),
    ("s3", "ListObjectsV2", {"MaxKeys": "7"}, "'7' is not a number"),
    ("s3", "GetObject", {"IfModifiedSince": "soon"}, "'soon' is not a date"),
    ("dynamodb", "PutItem", {"Item": {"id": "1"}}, "'1' is not a mapping"),
    ("dynamodb", "PutItem", {"Item": {"id": {"s": "1"}}}, "'s' is not one of its members S, N, "),
    ("s3", "DeleteObjects", {"Delete": {"Objects": {"Key": "a"}}}, "is not a list"),
]


@pytest.mark.parametrize(("service", "operation", "params", "message"), WRONG, ids=[row[3][:24] for row in WRONG])
def test_value_that_no_call_can_have_is_an_error(
    service: str, operation: str, params: dict[str, Any], message: str
) -> None:
    aws = mock_aws()
    with pytest.raises(ArgumentError, match=message):
        aws.calls.assert_not_called(service, operation, **params)
    with pytest.raises(ArgumentError, match=message):
        aws.faults.add(service, operation, where=params, error="AccessDenied")


def test_parameter_that_no_operation_of_a_service_has_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="s3 has no parameter 'bucket'; did you mean 'Bucket'"):
        mock_aws().calls.assert_not_called("s3", bucket="photos")
