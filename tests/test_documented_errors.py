"""Requests at which Moto ends in an error of Python are answered as AWS documents."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import S3Backend, s3_backends

from aiomoto import Call, mock_aws

VALUES = {":v": {"S": "x"}}
CONFIG = Config(retries={"total_max_attempts": 1})
TABLE = {
    "TableName": "people",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEM = {"id": {"S": "1"}}


@pytest.fixture(autouse=True)
def mock() -> Iterator[None]:
    with mock_aws():
        yield


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", config=CONFIG)  # type: ignore[call-overload]


@pytest.fixture
def s3(mock: None) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="k", Body=b"0123")
    return s3


@pytest.fixture
def upload(s3: Any) -> str:
    return str(s3.create_multipart_upload(Bucket="lake", Key="k")["UploadId"])


def raiser(error: Exception) -> Callable[..., None]:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    return fail


def error_of(call: Callable[..., Any], **params: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    response: Any = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_part_of_an_unknown_upload(s3: Any) -> None:
    part = {"Bucket": "lake", "Key": "k", "UploadId": "unknown", "PartNumber": 1}

    assert error_of(s3.upload_part, **part, Body=b"x") == ("NoSuchUpload", 404)
    assert error_of(s3.upload_part_copy, **part, CopySource="lake/k") == ("NoSuchUpload", 404)


def test_completion_of_an_aborted_upload(s3: Any, upload: str) -> None:
    named = {"Bucket": "lake", "Key": "k", "UploadId": upload}
    s3.abort_multipart_upload(**named)

    parts = {"Parts": [{"PartNumber": 1, "ETag": "x"}]}
    assert error_of(s3.complete_multipart_upload, **named, MultipartUpload=parts) == ("NoSuchUpload", 404)


@pytest.mark.parametrize(
    ("parts", "code"), [({}, "InvalidRequest"), ({"MultipartUpload": {"Parts": [{"PartNumber": 1}]}}, "MalformedXML")]
)
def test_completion_that_lacks_something(s3: Any, upload: str, parts: dict[str, Any], code: str) -> None:
    complete = s3.complete_multipart_upload

    assert error_of(complete, Bucket="lake", Key="k", UploadId=upload, **parts) == (code, 400)


def test_invented_continuation_token(s3: Any) -> None:
    assert error_of(s3.list_objects_v2, Bucket="lake", ContinuationToken="x") == ("InvalidArgument", 400)


def test_range_that_is_none_is_ignored(s3: Any) -> None:
    response = s3.get_object(Bucket="lake", Key="k", Range="0-")

    assert (response["ResponseMetadata"]["HTTPStatusCode"], response["Body"].read()) == (200, b"0123")


def test_error_without_a_range_stays(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(S3Backend, "get_object", raiser(ValueError("of the test")))

    for name in ("get_object", "head_object"):
        with pytest.raises(ValueError, match="of the test"):
            getattr(s3, name)(Bucket="lake", Key="k")


def test_completion_that_lacks_nothing(s3: Any, upload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"Bucket": "lake", "Key": "k", "UploadId": upload}
    parts = {"Parts": [{"PartNumber": 1, "ETag": s3.upload_part(**named, PartNumber=1, Body=b"x")["ETag"]}]}
    monkeypatch.setattr(S3Backend, "complete_multipart_upload", raiser(ValueError("of the test")))

    with pytest.raises(ValueError, match="of the test"):
        s3.complete_multipart_upload(**named, MultipartUpload=parts)


def test_request_without_a_document(s3: Any) -> None:
    assert error_of(s3.restore_object, Bucket="lake", Key="k") == ("MissingRequestBodyError", 400)


def test_grantee_without_a_kind(s3: Any) -> None:
    assert error_of(s3.put_bucket_acl, Bucket="lake", GrantRead="everyone") == ("InvalidArgument", 400)


def test_copy_from_a_bucket_without_a_key(s3: Any) -> None:
    assert error_of(s3.copy_object, Bucket="lake", Key="c", CopySource="lake") == ("InvalidArgument", 400)


@pytest.mark.parametrize(
    ("service", "operation", "params", "code"),
    [
        ("dynamodb", "execute_statement", {"Statement": "nothing"}, "ValidationException"),
        ("dynamodb", "execute_transaction", {"TransactStatements": [{"Statement": "x"}]}, "ValidationException"),
        ("dynamodb", "describe_export", {"ExportArn": "x" * 37}, "ExportNotFoundException"),
        ("dynamodb", "describe_import", {"ImportArn": "x" * 37}, "ImportNotFoundException"),
        ("sqs", "create_queue", {"QueueName": "q", "Attributes": {"DelaySeconds": "x"}}, "InvalidAttributeValue"),
        ("events", "describe_event_source", {"Name": "x"}, "ResourceNotFoundException"),
        ("ssm", "get_parameters_by_path", {"Path": "/", "NextToken": "x"}, "InvalidNextToken"),
        ("ssm", "create_document", {"Name": "doc", "Content": "x"}, "InvalidDocumentContent"),
        (
            "kms",
            "create_grant",
            {"KeyId": "x", "GranteePrincipal": "arn:aws:iam::123456789012:role/r", "Operations": ["Sign"]},
            "NotFoundException",
        ),
        ("kinesis", "get_records", {"ShardIterator": "nope"}, "InvalidArgumentException"),
        ("kinesis", "create_stream", {"StreamName": "s"}, "InvalidArgumentException"),
        (
            "sts",
            "assume_role_with_saml",
            {"RoleArn": "x" * 20, "PrincipalArn": "x" * 20, "SAMLAssertion": "nope"},
            "InvalidIdentityToken",
        ),
    ],
)
def test_other_services(service: str, operation: str, params: dict[str, Any], code: str) -> None:
    assert error_of(getattr(client(service), operation), **params) == (code, 400)


def test_condition_that_does_not_parse() -> None:
    dynamodb = client("dynamodb")
    dynamodb.create_table(**TABLE)

    put = {"TableName": "people", "Item": ITEM, "ConditionExpression": "nothing"}
    assert error_of(dynamodb.put_item, **put) == ("ValidationException", 400)
    assert error_of(dynamodb.scan, TableName="people", FilterExpression="a b") == ("ValidationException", 400)


@pytest.mark.parametrize("condition", ["id = :v\n  OR id <> :v", "a[10] <> :v", "NOT NOT id = :v"])
def test_condition_that_moto_does_not_parse_is_no_mistake(condition: str) -> None:
    dynamodb = client("dynamodb")
    dynamodb.create_table(**TABLE)

    with contextlib.suppress(ValueError, dynamodb.exceptions.ConditionalCheckFailedException):
        put = {"TableName": "people", "Item": ITEM, "ConditionExpression": condition}
        dynamodb.put_item(**put, ExpressionAttributeValues=VALUES)


def test_key_that_moto_does_not_find_by_its_arn_is_no_mistake() -> None:
    kms = client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]

    with contextlib.suppress(KeyError):
        kms.disable_key(KeyId=arn)


@pytest.mark.asyncio
async def test_clients_of_aiobotocore_see_the_same(s3: Any) -> None:
    async with get_session().create_client("s3", region_name="us-east-1") as client:
        with pytest.raises(client.exceptions.NoSuchUpload):
            await client.upload_part(Bucket="lake", Key="k", UploadId="unknown", PartNumber=1, Body=b"x")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="errors have no notes")
def test_error_that_nothing_documents_stays_and_names_the_operation(s3: Any) -> None:
    with pytest.raises(KeyError) as caught:
        s3.write_get_object_response(RequestRoute="r", RequestToken="t")

    notes: list[str] = getattr(caught.value, "__notes__", [])
    assert notes == [
        "Moto ended in this error in s3 WriteGetObjectResponse. Answer it in the test:\n"
        'aws.answers.add("s3", "WriteGetObjectResponse", {})'
    ]


def test_errors_of_functions_that_script_answers_are_those_of_the_test(s3: Any) -> None:
    def fail(call: Call) -> None:
        raise KeyError(call.params["UploadId"])

    part = {"Bucket": "lake", "Key": "k", "UploadId": "unknown", "PartNumber": 1}
    with mock_aws(reset=False) as aws:
        aws.answers.add("s3", "UploadPart", fail)
        with pytest.raises(KeyError, match="unknown") as caught:
            s3.upload_part(**part, Body=b"x")

    assert not hasattr(caught.value, "__notes__")


def test_error_in_what_falls_due_before_the_handler_is_none_of_the_handler(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket="lake", LifecycleConfiguration={"Rules": [rule]})
    held = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets["lake"].rules[0]

    with mock_aws(reset=False) as aws, monkeypatch.context() as patch:
        aws.clock.advance(1)
        patch.setattr(held, "expiration_days", "soon")
        real = time.time
        patch.setattr(time, "time", lambda: real() + 1)  # requests look for what is due twice a second
        with pytest.raises(ValueError, match="soon") as caught:
            s3.get_object(Bucket="lake", Key="k")

    assert not hasattr(caught.value, "__notes__")
