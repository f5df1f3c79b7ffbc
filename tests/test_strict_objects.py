"""Strict mode: checksums, and names of buckets, keys and metadata. What AWS takes is taken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import mock_aws

CONFIG = Config(retries={"total_max_attempts": 1}, parameter_validation=False)


@pytest.fixture(autouse=True)
def mock() -> Iterator[None]:
    with mock_aws(strict=True):
        yield


@pytest.fixture
def s3(mock: None) -> Any:
    s3 = boto3.client("s3", region_name="us-east-1", config=CONFIG)
    s3.create_bucket(Bucket="lake")
    return s3


def outcome(call: Callable[..., Any], **params: Any) -> str:
    """The code of the error, or the status."""
    try:
        response = call(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return str(response["ResponseMetadata"]["HTTPStatusCode"])


# ---------------------------------------------------------------- checksums


@pytest.mark.parametrize(
    ("checksum", "expected"),
    [
        ({"ContentMD5": "ndTkYSaMgDT1yFZOFVxnpg=="}, "200"),
        ({"ContentMD5": "AAAAAAAAAAAAAAAAAAAAAA=="}, "BadDigest"),
        ({"ContentMD5": "AAAAAAAA"}, "InvalidDigest"),
        ({"ContentMD5": "?"}, "InvalidDigest"),
        ({"ChecksumCRC32": "jNwWgw=="}, "200"),
        ({"ChecksumCRC32": "AAAAAA=="}, "BadDigest"),
        ({"ChecksumCRC32": "AAAA"}, "InvalidRequest"),
        ({"ChecksumSHA1": "EfatjsUqKYSrqv18O1FlA3hcIHI="}, "200"),
        ({"ChecksumSHA1": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "BadDigest"),
        ({"ChecksumSHA256": "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="}, "200"),
        ({"ChecksumSHA256": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "BadDigest"),
        ({"ChecksumAlgorithm": "SHA256"}, "200"),
        ({}, "200"),
    ],
)
def test_checksums_of_an_object(s3: Any, checksum: dict[str, Any], expected: str) -> None:
    assert outcome(s3.put_object, **{"Bucket": "lake", "Key": "k", "Body": b"x", **checksum}) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ChecksumCRC32C", "qTxfkw==", "200"),
        ("ChecksumCRC32C", "AAAAAA==", "BadDigest"),
        ("ChecksumCRC64NVME", "Lb1nAmRU5LE=", "200"),
        ("ChecksumCRC64NVME", "AAAAAAAAAAA=", "BadDigest"),
    ],
)
def test_checksums_that_a_library_computes(s3: Any, name: str, value: str, expected: str) -> None:
    pytest.importorskip("awscrt.checksums")

    assert outcome(s3.put_object, Bucket="lake", Key="k", Body=b"x", **{name: value}) == expected


def test_checksums_that_no_library_computes_are_taken(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("awscrt.checksums", "crc32c"):
        monkeypatch.setitem(sys.modules, name, None)

    assert outcome(s3.put_object, Bucket="lake", Key="k", Body=b"x", ChecksumCRC32C="AAAAAA==") == "200"
    assert outcome(s3.put_object, Bucket="lake", Key="k", Body=b"x", ChecksumCRC32C="AAAA") == "InvalidRequest"


def test_checksum_of_a_part(s3: Any) -> None:
    part = {"Bucket": "lake", "Key": "k", "PartNumber": 1, "Body": b"x"}
    part["UploadId"] = s3.create_multipart_upload(Bucket="lake", Key="k")["UploadId"]

    assert outcome(s3.upload_part, **part, ChecksumCRC32="AAAAAA==") == "BadDigest"
    assert outcome(s3.upload_part, **part, ChecksumAlgorithm="CRC32") == "200"


def test_checksum_of_a_list_of_keys(s3: Any) -> None:
    keys = {"Objects": [{"Key": "k"}]}

    assert outcome(s3.delete_objects, Bucket="lake", Delete=keys) == "200"
    s3.meta.events.register("before-sign.s3.DeleteObjects", _with_wrong_checksum)
    assert outcome(s3.delete_objects, Bucket="lake", Delete=keys) == "BadDigest"


def _with_wrong_checksum(request: Any, **_: object) -> None:
    request.headers["x-amz-checksum-crc32"] = "AAAAAA=="


def test_hash_that_is_signed_is_that_of_the_body() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    url = "https://lake.s3.amazonaws.com/k"

    def code(body: bytes) -> bool:
        response = requests.put(url, data=body, headers={"x-amz-content-sha256": empty}, timeout=10)
        return "XAmzContentSHA256Mismatch" in response.text

    assert [code(b""), code(b"x")] == [False, True]


@pytest.mark.parametrize(("checksum", "expected"), [("jNxnqQ==", "BadDigest"), ("jNwWgw==", "200")])
def test_checksum_in_a_trailer(s3: Any, checksum: str, expected: str) -> None:
    body = f"1\r\nx\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n"
    headers = {
        "content-encoding": "aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "x-amz-decoded-content-length": "1",
    }
    s3.put_bucket_acl(Bucket="lake", ACL="public-read-write")
    response = requests.put("https://lake.s3.amazonaws.com/k", data=body, headers=headers, timeout=10)

    assert ("BadDigest" if "BadDigest" in response.text else str(response.status_code)) == expected


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "My_Bucket",
        "ab",
        "a" * 64,
        "-lake",
        "lake-",
        "la..ke",
        "192.168.5.4",
        "xn--bcher-kva",
        "sthree-lake",
        "lake-s3alias",
        "amzn-s3-demo-lake",
    ],
)
def test_bucket_names_that_break_the_rules(s3: Any, name: str) -> None:
    assert outcome(s3.create_bucket, Bucket=name) == "InvalidBucketName"


@pytest.mark.parametrize("name", ["abc", "a" * 63, "my.bucket-1", "1", "1.2.3", "lake--x", "0lake0"])
def test_bucket_names_that_follow_the_rules(s3: Any, name: str) -> None:
    assert outcome(s3.create_bucket, Bucket=name.ljust(3, "0")) == "200"


def test_length_of_a_key_is_in_bytes(s3: Any) -> None:
    def put(key: str) -> str:
        return outcome(s3.put_object, Bucket="lake", Key=key, Body=b"")

    assert [put("k" * 1024), put("k" * 1025)] == ["200", "KeyTooLongError"]
    assert [put("é" * 512), put("é" * 513)] == ["200", "KeyTooLongError"]


def test_size_of_metadata_is_that_of_names_and_values(s3: Any) -> None:
    def put(size: int) -> str:
        return outcome(s3.put_object, Bucket="lake", Key="k", Body=b"", Metadata={"name": "x" * (size - 4)})

    assert [put(2048), put(2049)] == ["200", "MetadataTooLarge"]


# ---------------------------------------------------------------- preconditions


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"IfNoneMatch": "*"}, "PreconditionFailed"),
        ({"IfMatch": '"other"'}, "PreconditionFailed"),
        ({"IfMatch": '"9dd4e461268c8034f5c8564e155c67a6"'}, "200"),
        ({}, "200"),
    ],
)
def test_condition_of_an_object_that_is_there(s3: Any, condition: dict[str, str], expected: str) -> None:
    s3.put_object(Bucket="lake", Key="source", Body=b"y")
    has_conditions = "IfMatch" in s3.meta.service_model.operation_model("CopyObject").input_shape.members
    for operation in ("put_object", "copy_object") if has_conditions else ("put_object",):
        s3.put_object(Bucket="lake", Key="k", Body=b"x")
        given = {"Body": b"y"} if operation == "put_object" else {"CopySource": "lake/source"}
        assert outcome(getattr(s3, operation), Bucket="lake", Key="k", **given, **condition) == expected

    s3.put_object(Bucket="lake", Key="k", Body=b"x")
    target = {"Bucket": "lake", "Key": "k"}
    target["UploadId"] = s3.create_multipart_upload(**target)["UploadId"]
    part = {"PartNumber": 1, "ETag": s3.upload_part(**target, PartNumber=1, Body=b"y")["ETag"]}
    upload = {"MultipartUpload": {"Parts": [part]}}
    assert outcome(s3.complete_multipart_upload, **target, **upload, **condition) == expected


@pytest.mark.parametrize(("condition", "expected"), [({"IfNoneMatch": "*"}, "200"), ({"IfMatch": '"x"'}, "NoSuchKey")])
def test_condition_of_an_object_that_is_not_there(s3: Any, condition: dict[str, str], expected: str) -> None:
    assert outcome(s3.put_object, Bucket="lake", Key="k", Body=b"x", **condition) == expected


def test_condition_is_told(s3: Any) -> None:
    s3.put_object(Bucket="lake", Key="k", Body=b"x")

    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket="lake", Key="k", Body=b"y", IfNoneMatch="*")

    error: Any = caught.value.response["Error"]
    assert (error["Code"], error["Condition"]) == ("PreconditionFailed", "If-None-Match")
