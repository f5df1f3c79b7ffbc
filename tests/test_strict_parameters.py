"""Strict mode: lengths, numbers and names outside of the limits that AWS's models state. What is inside is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import mock_aws

CONFIG = Config(retries={"total_max_attempts": 1})
SUFFIX = (
    ' (Refused by aiomoto\'s strict mode, as AWS does. mock_aws(strict={"parameters": False}) switches off this check)'
)
FAILED = "failed to satisfy constraint: Member must"
ENTRY = {"Source": "a", "DetailType": "b", "Detail": "{}"}
ROLE = "arn:aws:iam::123456789012:role/reader"


@pytest.fixture(autouse=True)
def mock() -> Iterator[None]:
    with mock_aws(strict=True):
        yield


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", config=CONFIG)  # type: ignore[call-overload]


def is_refused(service: str, operation: str, **params: Any) -> bool:
    try:
        getattr(client(service), operation)(**params)
    except ClientError as error:
        return "strict mode" in str(error)
    return False


@pytest.mark.parametrize(
    ("service", "operation", "params", "code", "said"),
    [
        (
            "ssm",
            "get_parameters_by_path",
            {"Path": "/", "MaxResults": 50},
            "ValidationException",
            f"Value '50' at 'maxResults' {FAILED} have value less than or equal to 10",
        ),
        (
            "sts",
            "assume_role",
            {"RoleArn": ROLE, "RoleSessionName": "my session"},
            "ValidationError",
            rf"Value 'my session' at 'roleSessionName' {FAILED} satisfy regular expression pattern: [\w+=,.@-]*",
        ),
        (
            "logs",
            "create_log_group",
            {"logGroupName": "x" * 513},
            "InvalidParameterException",
            f"Value '{'x' * 200}...' at 'logGroupName' {FAILED} have length less than or equal to 512",
        ),
        (
            "events",
            "put_events",
            {"Entries": [ENTRY] * 11},
            "ValidationException",
            f"Value at 'entries' {FAILED} have length less than or equal to 10",
        ),
        (
            "kms",
            "encrypt",
            {"KeyId": "x", "Plaintext": b"x" * 4097},
            "ValidationException",
            f"Value at 'plaintext' {FAILED} have length less than or equal to 4096",
        ),
        (
            "lambda",
            "get_function_configuration",
            {"FunctionName": "f", "Qualifier": "q" * 129},
            "ValidationException",
            f"Value '{'q' * 129}' at 'qualifier' {FAILED} have length less than or equal to 128",
        ),
    ],
)
def test_message_is_that_of_aws(service: str, operation: str, params: dict[str, Any], code: str, said: str) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), operation)(**params)

    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == (code, f"1 validation error detected: {said}{SUFFIX}")


@pytest.mark.parametrize(
    ("service", "operation", "right", "wrong"),
    [
        ("ssm", "get_parameters_by_path", {"Path": "/", "MaxResults": 10}, {"MaxResults": 11}),
        ("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "a@b.c"}, {"DurationSeconds": 43_201}),
        ("logs", "describe_log_streams", {"logGroupName": "/aws/a#b", "limit": 50}, {"logGroupName": "a b"}),
        ("events", "put_events", {"Entries": [ENTRY] * 10}, {"Entries": [ENTRY] * 11}),
        ("kms", "encrypt", {"KeyId": "x", "Plaintext": b"x" * 4096}, {"Plaintext": b"x" * 4097}),
        ("kms", "generate_data_key", {"KeyId": "x", "NumberOfBytes": 1024}, {"NumberOfBytes": 1025}),
        ("kinesis", "describe_stream", {"StreamName": "a.b_c-d"}, {"StreamName": "a b"}),
        ("iam", "get_user", {"UserName": "ada@example.com"}, {"UserName": "a b"}),
        ("secretsmanager", "list_secrets", {"MaxResults": 100}, {"MaxResults": 101}),
        ("dynamodb", "scan", {"TableName": "people", "Segment": 0, "TotalSegments": 9}, {"TotalSegments": 1_000_001}),
        (
            "lambda",
            "get_function",
            {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST"},
            {"FunctionName": "a b"},
        ),
    ],
)
def test_limits(service: str, operation: str, right: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert not is_refused(service, operation, **right)
    assert is_refused(service, operation, **right | wrong)


def test_values_inside_of_others() -> None:
    keys = [{"id": {"S": str(number)}} for number in range(101)]

    with pytest.raises(ClientError, match=r"at 'requestItems\.people\.member\.keys' .* less than or equal to 100 "):
        client("dynamodb").batch_get_item(RequestItems={"people": {"Keys": keys}})
    with pytest.raises(ClientError, match=r"2 validation errors .* at 'entries\.1\.member\..*; .* at 'entries\.2\.m"):
        client("events").put_partner_events(Entries=[{"Source": "x" * 257}] * 2)


def test_enumerations_are_open() -> None:
    assert not is_refused("kms", "create_key", KeySpec="OF_TOMORROW")


def test_tokens_of_moto_are_taken() -> None:
    assert not is_refused("kms", "list_keys", Marker="m" * 2000)


def test_requests_without_a_client() -> None:
    url = "https://ssm.us-east-1.amazonaws.com"
    headers = {"X-Amz-Target": "AmazonSSM.DescribeParameters", "Content-Type": "application/x-amz-json-1.1"}

    def refused(body: str) -> bool:
        return "strict mode" in requests.post(url, body, headers=headers, timeout=10).text

    assert [refused('{"MaxResults": 51}'), refused('{"MaxResults": 50}'), refused("{}")] == [True, False, False]


def test_check_is_switched_off() -> None:
    with mock_aws(strict={"parameters": False}):
        assert not is_refused("ssm", "get_parameters_by_path", Path="/", MaxResults=11)
