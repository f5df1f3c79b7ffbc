"""The requests of the contract suite: each is a call, and what has to be there before it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import md5
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile, ZipInfo

import boto3

REGION = "us-east-1"
KEYS = {"aws_access_key_id": "FOOBARKEY", "aws_secret_access_key": "FOOBARSECRET"}
# One session for all of them: a new one parses its service models anew.
SESSION = boto3.Session(region_name=REGION, **KEYS)
TEXT = b"one\ntwo\nthree\n"
ETAG = f'"{md5(TEXT, usedforsecurity=False).hexdigest()}"'
LARGE = bytes(range(256)) * 20_480  # 5 MiB


class Case(NamedTuple):
    """One call.

    Attributes:
        service: the client's service.
        operation: the client's method.
        status: the HTTP status of the answer.
        prepare: sets the scene with boto3, and returns the method's arguments.
    """

    service: str
    operation: str
    status: int
    prepare: Callable[[], dict[str, Any]]


def boto3_client(service: str, **kwargs: Any) -> Any:
    """A client of boto3's: mocked where a mock is live."""
    return SESSION.client(service, **kwargs)  # type: ignore[call-overload]


@cache
def _known(service: str) -> Any:
    """A client that sets scenes: one for all of them, since creating it takes longer than its calls."""
    return boto3_client(service)


def _bucket(**arguments: Any) -> Callable[[], dict[str, Any]]:
    def prepare() -> dict[str, Any]:
        _known("s3").create_bucket(Bucket="contract")
        return {"Bucket": "contract", **arguments}

    return prepare


def _some_bucket() -> dict[str, Any]:
    _known("s3").create_bucket(Bucket="contract")
    return {}


def _object(
    key: str = "key.txt", body: bytes = TEXT, stored: dict[str, Any] | None = None, **arguments: Any
) -> Callable[[], dict[str, Any]]:
    def prepare() -> dict[str, Any]:
        s3 = _known("s3")
        s3.create_bucket(Bucket="contract")
        s3.put_object(Bucket="contract", Key=key, Body=body, **(stored or {}))
        return {"Bucket": "contract", "Key": key, **arguments}

    return prepare


def _objects(*keys: str, **arguments: Any) -> Callable[[], dict[str, Any]]:
    def prepare() -> dict[str, Any]:
        s3 = _known("s3")
        s3.create_bucket(Bucket="contract")
        for key in keys:
            s3.put_object(Bucket="contract", Key=key, Body=key.encode())
        return {"Bucket": "contract", **arguments}

    return prepare


def _versioned_object() -> dict[str, Any]:
    s3 = _known("s3")
    s3.create_bucket(Bucket="contract")
    s3.put_bucket_versioning(Bucket="contract", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="contract", Key="key.txt", Body=TEXT)
    return {"Bucket": "contract", "Key": "key.txt"}


def _upload(*parts: bytes) -> dict[str, Any]:
    s3 = _known("s3")
    target = {"Bucket": "contract", "Key": "large.bin"}
    s3.create_bucket(Bucket="contract")
    target["UploadId"] = s3.create_multipart_upload(**target)["UploadId"]
    for number, part in enumerate(parts, 1):
        s3.upload_part(**target, PartNumber=number, Body=part)
    return target


def _new_part() -> dict[str, Any]:
    return {**_upload(), "PartNumber": 1, "Body": TEXT}


def _complete_upload() -> dict[str, Any]:
    target = _upload(LARGE, TEXT)
    parts = _known("s3").list_parts(**target)["Parts"]
    return {
        **target,
        "MultipartUpload": {"Parts": [{"PartNumber": each["PartNumber"], "ETag": each["ETag"]} for each in parts]},
    }


def _table(**arguments: Any) -> Callable[[], dict[str, Any]]:
    def prepare() -> dict[str, Any]:
        dynamodb = _known("dynamodb")
        dynamodb.create_table(
            TableName="contract",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        item = {"id": {"S": "ö"}, "count": {"N": "1"}, "raw": {"B": b"\x00\xff"}, "tags": {"SS": ["x"]}}
        dynamodb.put_item(TableName="contract", Item=item)
        return arguments

    return prepare


_CONDITION = {"ConditionExpression": "attribute_not_exists(id)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
_PUT = {"TableName": "contract", "Item": {"id": {"S": "ö"}}, **_CONDITION}


def _queue(*messages: str, **arguments: Any) -> Callable[[], dict[str, Any]]:
    def prepare() -> dict[str, Any]:
        sqs = _known("sqs")
        url = sqs.create_queue(QueueName="contract")["QueueUrl"]
        for message in messages:
            sqs.send_message(QueueUrl=url, MessageBody=message)
        return {"QueueUrl": url, **arguments}

    return prepare


def _topic(**arguments: Any) -> Callable[[], dict[str, Any]]:
    def prepare() -> dict[str, Any]:
        return {"TopicArn": _known("sns").create_topic(Name="contract")["TopicArn"], **arguments}

    return prepare


def _user() -> dict[str, Any]:
    _known("iam").create_user(UserName="somebody", Tags=[{"Key": "a", "Value": "b"}])
    return {"UserName": "somebody"}


def _function() -> dict[str, Any]:
    policy = '{"Version": "2012-10-17", "Statement": []}'
    role = _known("iam").create_role(RoleName="contract", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    archive = BytesIO()
    with ZipFile(archive, "w") as code:
        code.writestr(ZipInfo("main.py"), "def handle(event, context): pass")
    _known("lambda").create_function(
        FunctionName="contract",
        Runtime="python3.11",
        Role=role,
        Handler="main.handle",
        Code={"ZipFile": archive.getvalue()},
    )
    return {}


def _stream() -> dict[str, Any]:
    kinesis = _known("kinesis")
    kinesis.create_stream(StreamName="contract", ShardCount=1)
    kinesis.put_record(StreamName="contract", Data=b"\x00\xff", PartitionKey="a")
    shard = kinesis.describe_stream(StreamName="contract")["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName="contract", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return {"ShardIterator": iterator["ShardIterator"]}


def _nothing(**arguments: Any) -> Callable[[], dict[str, Any]]:
    return lambda: arguments


CASES = {
    "s3-create-bucket": Case("s3", "create_bucket", 200, _nothing(Bucket="contract")),
    "s3-bucket-not-empty": Case("s3", "delete_bucket", 409, _objects("one")),
    "s3-put": Case("s3", "put_object", 200, _bucket(Key="key.txt", Body=TEXT)),
    "s3-put-metadata": Case(
        "s3",
        "put_object",
        200,
        _bucket(Key="key.txt", Body=TEXT, Metadata={"Answer": "42"}, ContentType="text/plain", Tagging="a=b"),
    ),
    "s3-put-nothing": Case("s3", "put_object", 200, _bucket(Key="key.txt")),
    "s3-get": Case("s3", "get_object", 200, _object()),
    "s3-get-metadata": Case(
        "s3",
        "get_object",
        200,
        _object(stored={"Metadata": {"Answer": "42"}, "ContentType": "text/plain", "CacheControl": "no-store"}),
    ),
    "s3-get-range": Case("s3", "get_object", 206, _object(Range="bytes=4-6")),
    "s3-get-suffix": Case("s3", "get_object", 206, _object(Range="bytes=-6")),
    "s3-get-range-outside": Case("s3", "get_object", 416, _object(Range="bytes=1000-")),
    "s3-get-empty": Case("s3", "get_object", 200, _object(body=b"")),
    "s3-get-large": Case("s3", "get_object", 200, _object(body=LARGE)),
    "s3-get-unicode-key": Case("s3", "get_object", 200, _object(key="grüße/日本語 ☃.txt")),
    "s3-get-odd-key": Case("s3", "get_object", 200, _object(key="a//b/../c%2Fd?e#f+g h&i='~*")),
    "s3-get-gzip": Case(
        "s3", "get_object", 200, _object(body=b"\x1f\x8b not unpacked", stored={"ContentEncoding": "gzip"})
    ),
    "s3-get-checksum": Case(
        "s3", "get_object", 200, _object(stored={"ChecksumAlgorithm": "SHA256"}, ChecksumMode="ENABLED")
    ),
    "s3-get-missing": Case("s3", "get_object", 404, _bucket(Key="no-such-key")),
    "s3-get-missing-bucket": Case("s3", "get_object", 404, _nothing(Bucket="no-such-bucket", Key="key.txt")),
    "s3-get-not-modified": Case("s3", "get_object", 304, _object(IfNoneMatch=ETAG)),
    "s3-get-precondition-failed": Case("s3", "get_object", 412, _object(IfMatch='"other"')),
    "s3-head": Case("s3", "head_object", 200, _object(stored={"Metadata": {"answer": "42"}})),
    "s3-head-missing": Case("s3", "head_object", 404, _bucket(Key="no-such-key")),
    "s3-head-missing-bucket": Case("s3", "head_bucket", 404, _nothing(Bucket="no-such-bucket")),
    "s3-delete": Case("s3", "delete_object", 204, _object()),
    "s3-delete-version": Case("s3", "delete_object", 204, _versioned_object),
    "s3-delete-many": Case(
        "s3",
        "delete_objects",
        200,
        _objects("one", "grüße & more", Delete={"Objects": [{"Key": "one"}, {"Key": "none"}]}),
    ),
    "s3-list": Case("s3", "list_objects_v2", 200, _objects("one", "two/2", "two/ü 3", "three", Delimiter="/")),
    "s3-list-page": Case("s3", "list_objects_v2", 200, _objects("one", "grüße + <more>", "two", MaxKeys=2)),
    "s3-list-nothing": Case("s3", "list_objects_v2", 200, _bucket()),
    "s3-list-buckets": Case("s3", "list_buckets", 200, _some_bucket),
    "s3-copy": Case("s3", "copy_object", 200, _object(CopySource="contract/key.txt", MetadataDirective="REPLACE")),
    "s3-location": Case("s3", "get_bucket_location", 200, _bucket()),
    "s3-multipart-create": Case("s3", "create_multipart_upload", 200, _bucket(Key="large.bin")),
    "s3-multipart-part": Case("s3", "upload_part", 200, _new_part),
    "s3-multipart-list": Case("s3", "list_parts", 200, lambda: _upload(LARGE, TEXT)),
    "s3-multipart-complete": Case("s3", "complete_multipart_upload", 200, _complete_upload),
    "s3-multipart-abort": Case("s3", "abort_multipart_upload", 204, lambda: _upload(TEXT)),
    "dynamodb-get": Case("dynamodb", "get_item", 200, _table(TableName="contract", Key={"id": {"S": "ö"}})),
    "dynamodb-get-nothing": Case("dynamodb", "get_item", 200, _table(TableName="contract", Key={"id": {"S": "none"}})),
    "dynamodb-no-table": Case("dynamodb", "get_item", 400, _nothing(TableName="no-such-table", Key={"id": {"S": "a"}})),
    "dynamodb-condition-failed": Case("dynamodb", "put_item", 400, _table(**_PUT)),
    "dynamodb-transaction-cancelled": Case(
        "dynamodb", "transact_write_items", 400, _table(TransactItems=[{"Put": _PUT}])
    ),
    "sqs-send": Case("sqs", "send_message", 200, _queue(MessageBody="grüße")),
    "sqs-receive": Case("sqs", "receive_message", 200, _queue("grüße", "<two>", MaxNumberOfMessages=2)),
    "sqs-no-queue": Case("sqs", "get_queue_url", 400, _nothing(QueueName="no-such-queue")),
    "sns-publish": Case("sns", "publish", 200, _topic(Message="grüße", Subject="<subject>")),
    "sns-no-topic": Case(
        "sns", "get_topic_attributes", 404, _nothing(TopicArn="arn:aws:sns:us-east-1:123456789012:no-such-topic")
    ),
    "iam-get": Case("iam", "get_user", 200, _user),
    "iam-no-user": Case("iam", "get_user", 404, _nothing(UserName="nobody")),
    "lambda-list": Case("lambda", "list_functions", 200, _function),
    "lambda-get": Case(
        "lambda", "get_function_configuration", 200, lambda: {**_function(), "FunctionName": "contract"}
    ),
    "lambda-no-function": Case("lambda", "get_function", 404, _nothing(FunctionName="no-such-function")),
    "kinesis-records": Case("kinesis", "get_records", 200, _stream),
}
