"""S3 over each HTTP library: multipart uploads and versions."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

PART = 5 * 1024 * 1024  # the least that S3 takes for all parts but the last


async def _upload_parts(s3: Any, key: str, *parts: bytes) -> tuple[dict[str, str], list[dict[str, Any]]]:
    created = await s3.create_multipart_upload(Bucket="reports", Key=key)
    upload = {"Bucket": "reports", "Key": key, "UploadId": created["UploadId"]}
    done = []
    for number, part in enumerate(parts, start=1):
        answer = await s3.upload_part(**upload, PartNumber=number, Body=part)
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
    return upload, done


async def test_a_multipart_upload_is_one_object(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        upload, parts = await _upload_parts(s3, "big", b"a" * PART, b"b" * PART, b"end")
        completed = await s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        body = boto3.client("s3", region_name="us-east-1").get_object(Bucket="reports", Key="big")["Body"].read()

    assert completed["ETag"].endswith('-3"')
    assert body == b"a" * PART + b"b" * PART + b"end"


async def test_parts_and_uploads_are_listed_while_an_upload_is_open(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        upload, parts = await _upload_parts(s3, "big", b"one", b"second")
        listed = await s3.list_parts(**upload)
        uploads = await s3.list_multipart_uploads(Bucket="reports")

    assert [(each["PartNumber"], each["Size"]) for each in listed["Parts"]] == [(1, 3), (2, 6)]
    assert [each["ETag"] for each in listed["Parts"]] == [each["ETag"] for each in parts]
    assert [each["UploadId"] for each in uploads["Uploads"]] == [upload["UploadId"]]


async def test_an_aborted_upload_leaves_nothing(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        upload, _ = await _upload_parts(s3, "big", b"one")
        aborted = await s3.abort_multipart_upload(**upload)
        uploads = await s3.list_multipart_uploads(Bucket="reports")
        with pytest.raises(s3.exceptions.NoSuchUpload):
            await s3.list_parts(**upload)

    assert aborted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert uploads.get("Uploads", []) == []


async def test_an_upload_of_parts_that_are_too_small_cannot_be_completed(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        upload, parts = await _upload_parts(s3, "big", b"one", b"two")
        with pytest.raises(ClientError, match="EntityTooSmall"):
            await s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})


async def test_an_upload_begun_by_boto3_is_completed_by_aiobotocore(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        boto = boto3.client("s3", region_name="us-east-1")
        boto.create_bucket(Bucket="reports")
        begun = boto.create_multipart_upload(Bucket="reports", Key="shared")
        upload = {"Bucket": "reports", "Key": "shared", "UploadId": begun["UploadId"]}
        part = boto.upload_part(**upload, PartNumber=1, Body=b"from boto3")
        parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
        await s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        got = await s3.get_object(Bucket="reports", Key="shared")

        assert await got["Body"].read() == b"from boto3"


async def test_a_part_is_copied_from_another_object(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="source", Body=b"0123456789")
        upload, _ = await _upload_parts(s3, "big")
        source = {"Bucket": "reports", "Key": "source"}
        copied = await s3.upload_part_copy(**upload, PartNumber=1, CopySource=source, CopySourceRange="bytes=2-5")
        parts = [{"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}]
        await s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        got = await s3.get_object(Bucket="reports", Key="big")

        assert await got["Body"].read() == b"2345"


# ---------------------------------------------------------------- versions


async def _create_versioned_bucket(s3: Any) -> None:
    await s3.create_bucket(Bucket="reports")
    await s3.put_bucket_versioning(Bucket="reports", VersioningConfiguration={"Status": "Enabled"})


async def test_every_version_of_an_object_can_be_read(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await _create_versioned_bucket(s3)
        first = await s3.put_object(Bucket="reports", Key="a", Body=b"first")
        second = await s3.put_object(Bucket="reports", Key="a", Body=b"second")
        old = await s3.get_object(Bucket="reports", Key="a", VersionId=first["VersionId"])
        new = await s3.get_object(Bucket="reports", Key="a")
        bodies = [await old["Body"].read(), await new["Body"].read()]
        listed = await s3.list_object_versions(Bucket="reports")

    assert bodies == [b"first", b"second"]
    assert (old["VersionId"], new["VersionId"]) == (first["VersionId"], second["VersionId"])
    assert [(each["VersionId"], each["IsLatest"]) for each in listed["Versions"]] == [
        (second["VersionId"], True),
        (first["VersionId"], False),
    ]


async def test_a_deleted_object_comes_back_without_its_delete_marker(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await _create_versioned_bucket(s3)
        await s3.put_object(Bucket="reports", Key="a", Body=b"kept")
        marker = await s3.delete_object(Bucket="reports", Key="a")
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket="reports", Key="a")
        await s3.delete_object(Bucket="reports", Key="a", VersionId=marker["VersionId"])
        got = await s3.get_object(Bucket="reports", Key="a")

        assert marker["DeleteMarker"] is True
        assert await got["Body"].read() == b"kept"


async def test_a_bucket_tells_whether_it_keeps_versions(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="plain")
        await _create_versioned_bucket(s3)
        versioned = await s3.get_bucket_versioning(Bucket="reports")
        plain = await s3.get_bucket_versioning(Bucket="plain")

    assert (versioned["Status"], plain.get("Status")) == ("Enabled", None)
