"""Strict mode: parts of uploads, and sizes. What is just small enough is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from io import BytesIO
from typing import Any

import boto3
import pytest
import requests
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import mock_aws

# Older versions answer less than AWS does.
needs_new_moto = pytest.mark.skipif(version("moto") < "5.2.3", reason="Moto refuses more, or ends in an error")

KIB = 1024
MIB = 1024 * 1024
CONFIG = Config(retries={"total_max_attempts": 1})


@pytest.fixture(autouse=True)
def mock() -> Iterator[None]:
    with mock_aws(strict=True, config={"lambda": {"use_docker": False}}):
        yield


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", config=CONFIG)  # type: ignore[call-overload]


def outcome(call: Callable[..., Any], **params: Any) -> str:
    """The code of the error, or the status."""
    try:
        response = call(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return str(response["ResponseMetadata"]["HTTPStatusCode"])


# ---------------------------------------------------------------- parts


@pytest.fixture
def s3(mock: None) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket="lake")
    return s3


def uploaded(s3: Any, algorithm: dict[str, str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An upload with two parts, and what completes it."""
    target = {"Bucket": "lake", "Key": "k"}
    target["UploadId"] = s3.create_multipart_upload(**target, **algorithm)["UploadId"]
    parts = []
    for number, body in ((1, b"x" * 5 * MIB), (2, b"y")):
        names = {name: value for name, value in algorithm.items() if name == "ChecksumAlgorithm"}
        part = s3.upload_part(**target, PartNumber=number, Body=body, **names)
        kept = {name: value for name, value in part.items() if name.startswith("Checksum") and name != "ChecksumType"}
        parts.append({"PartNumber": number, "ETag": part["ETag"], **(kept if names else {})})
    return target, parts


def test_parts_are_in_order(s3: Any) -> None:
    target, (first, second) = uploaded(s3, {})

    def complete(*parts: Any) -> str:
        return outcome(s3.complete_multipart_upload, **target, MultipartUpload={"Parts": parts})

    assert [complete(second, first), complete(first, first)] == ["InvalidPartOrder", "InvalidPartOrder"]
    assert complete(first, second) == "200"


def test_completion_has_the_checksums_of_composite_uploads(s3: Any) -> None:
    target, parts = uploaded(s3, {"ChecksumAlgorithm": "SHA256"})
    without = [{name: part[name] for name in ("PartNumber", "ETag")} for part in parts]

    def complete(parts: Any) -> str:
        return outcome(s3.complete_multipart_upload, **target, MultipartUpload={"Parts": parts})

    assert [complete(without), complete(parts)] == ["InvalidRequest", "200"]


def test_completion_needs_no_checksums_of_whole_objects(s3: Any) -> None:
    target, parts = uploaded(s3, {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"})
    without = [{name: part[name] for name in ("PartNumber", "ETag")} for part in parts]

    assert outcome(s3.complete_multipart_upload, **target, MultipartUpload={"Parts": without}) == "200"


def test_transfers_of_boto3_are_taken(s3: Any, tmp_path: Any) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 9 * MIB)

    s3.upload_file(str(path), "lake", "large")

    assert s3.head_object(Bucket="lake", Key="large")["ContentLength"] == 9 * MIB


def test_copies_in_parts_are_taken_without_the_checksums_that_moto_does_not_tell(s3: Any) -> None:
    s3.put_object(Bucket="lake", Key="large", Body=b"x" * 9 * MIB)
    in_parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)

    s3.copy({"Bucket": "lake", "Key": "large"}, "lake", "copy", {"ChecksumAlgorithm": "SHA256"}, Config=in_parts)

    assert s3.head_object(Bucket="lake", Key="copy")["ContentLength"] == 9 * MIB


def test_parts_have_their_etags_and_the_least_size(s3: Any) -> None:
    target = {"Bucket": "lake", "Key": "k"}
    target["UploadId"] = s3.create_multipart_upload(**target)["UploadId"]
    tags = [s3.upload_part(**target, PartNumber=number, Body=b"x")["ETag"] for number in (1, 2)]

    def complete(*tags: str) -> str:
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        return outcome(s3.complete_multipart_upload, **target, MultipartUpload={"Parts": parts})

    assert complete(tags[0], '"another"') == "InvalidPart"
    assert complete(*tags) == "EntityTooSmall"
    assert complete(tags[0]) == "200"


def test_length_of_an_object_is_declared(s3: Any) -> None:
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "lake", "Key": "k"})

    refused = requests.put(url, data=iter([b"x"]), timeout=10)
    assert (refused.status_code, "MissingContentLength" in refused.text) == (411, True)
    assert requests.put(url, data=b"x", timeout=10).status_code == 200
    assert outcome(s3.put_object, Bucket="lake", Key="k", Body=BytesIO(b"x")) == "200"


@pytest.mark.parametrize(("number", "expected"), [(0, "InvalidArgument"), (10_001, "InvalidArgument"), (10_000, "200")])
def test_number_of_a_part(s3: Any, number: int, expected: str) -> None:
    target = {"Bucket": "lake", "Key": "k"}
    target["UploadId"] = s3.create_multipart_upload(**target)["UploadId"]

    assert outcome(s3.upload_part, **target, PartNumber=number, Body=b"") == expected


# ---------------------------------------------------------------- sizes


@needs_new_moto
@pytest.mark.parametrize(("size", "expected"), [(MIB - 12, "200"), (MIB - 11, "InvalidParameterValue")])
def test_message_of_sqs_with_its_attributes(size: int, expected: str) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    attributes = {"kind": {"DataType": "String", "StringValue": "ab"}}

    sent = {"QueueUrl": url, "MessageBody": "x" * size, "MessageAttributes": attributes}
    assert outcome(sqs.send_message, **sent) == expected


@needs_new_moto
@pytest.mark.parametrize(
    ("size", "expected"), [(MIB // 2, "200"), (MIB // 2 + 1, "AWS.SimpleQueueService.BatchRequestTooLong")]
)
def test_batch_of_sqs(size: int, expected: str) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    entries = [{"Id": name, "MessageBody": "x" * size} for name in "ab"]

    assert outcome(sqs.send_message_batch, QueueUrl=url, Entries=entries) == expected


@pytest.mark.parametrize(("message", "expected"), [("x" * 256 * KIB, "200"), ("é" * 129 * KIB, "InvalidParameter")])
def test_message_of_sns(message: str, expected: str) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]

    assert outcome(sns.publish, TopicArn=topic, Message=message) == expected


@pytest.mark.parametrize(("size", "expected"), [(128 * KIB, "200"), (128 * KIB + 1, "BatchRequestTooLong")])
def test_batch_of_sns(size: int, expected: str) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    entries = [{"Id": name, "Message": "x" * size} for name in "ab"]

    assert outcome(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries) == expected


@pytest.mark.parametrize(("size", "expected"), [(MIB - 20, "200"), (MIB + 1, "ValidationException")])
def test_events(size: int, expected: str) -> None:
    entry = {"Source": "a", "DetailType": "b", "Detail": '{"a":"' + "x" * (size - 8) + '"}'}

    assert outcome(client("events").put_events, Entries=[entry]) == expected


@needs_new_moto
@pytest.mark.parametrize(
    ("kind", "size", "is_refused"),
    [
        ("RequestResponse", 6 * MIB + 1, True),
        ("RequestResponse", 6 * MIB, False),
        ("Event", MIB + 1, True),
        ("Event", MIB, False),
    ],
)
def test_payload_of_a_function(kind: str, size: int, is_refused: bool) -> None:
    payload = b'{"a":"' + b"x" * (size - 8) + b'"}'

    code = outcome(client("lambda").invoke, FunctionName="missing", InvocationType=kind, Payload=payload)
    assert (code == "RequestTooLargeException") is is_refused


@pytest.fixture
def dynamodb(mock: None) -> Any:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="people",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


@pytest.mark.parametrize(("length", "expected"), [(4096, "200"), (4097, "ValidationException")])
def test_expressions_of_dynamodb(dynamodb: Any, length: int, expected: str) -> None:
    condition = "attribute_not_exists(id)".ljust(length)

    put = {"TableName": "people", "Item": {"id": {"S": "1"}}, "ConditionExpression": condition}
    assert outcome(dynamodb.put_item, **put) == expected


@pytest.mark.parametrize(("size", "expected"), [(390 * KIB, "200"), (410 * KIB, "ValidationException")])
def test_items_of_dynamodb(dynamodb: Any, size: int, expected: str) -> None:
    item = {"id": {"S": "1"}, "data": {"M": {"list": {"L": [{"S": "x" * size}, {"N": "1"}, {"BOOL": True}]}}}}

    put = {"TableName": "people", "Item": item}
    assert outcome(dynamodb.batch_write_item, RequestItems={"people": [{"PutRequest": {"Item": item}}]}) == expected
    assert outcome(dynamodb.transact_write_items, TransactItems=[{"Put": put}]) == expected


@pytest.mark.parametrize(("count", "expected"), [(10, "200"), (11, "ValidationException")])
def test_transactions_of_dynamodb(dynamodb: Any, count: int, expected: str) -> None:
    items = [{"id": {"S": str(number)}, "data": {"S": "x" * 390 * KIB}} for number in range(count)]
    puts = [{"Put": {"TableName": "people", "Item": item}} for item in items]

    assert outcome(dynamodb.transact_write_items, TransactItems=puts) == expected
