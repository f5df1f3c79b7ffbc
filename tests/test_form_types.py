"""What is sent to S3 with the content type of a form is stored as it was sent: urllib gives it to every body."""

from __future__ import annotations

from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.http_clients import Library

pytestmark = pytest.mark.anyio

BODY = b"key=value&other=%20x\xff"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PARTS = b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nof a file\r\n--x--\r\n'
TYPES = pytest.mark.parametrize(("kind", "body"), [(FORM, BODY), (MULTIPART, PARTS)], ids=["urlencoded", "multipart"])


def bucket() -> Any:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="forms")
    return s3


def presigned(s3: Any, operation: str, **params: Any) -> str:
    return str(s3.generate_presigned_url(operation, Params={"Bucket": "forms", "Key": "key", **params}))


def stored(s3: Any) -> tuple[bytes, str]:
    found = s3.get_object(Bucket="forms", Key="key")
    return found["Body"].read(), found["ContentType"]


@TYPES
async def test_an_http_library_stores_what_it_sends(kind: str, body: bytes, http: Library) -> None:
    with mock_aws():
        s3 = bucket()
        response = await http.send("PUT", presigned(s3, "put_object"), headers={"Content-Type": kind}, content=body)

        assert response.status == 200
        assert stored(s3) == (body, kind)


@TYPES
async def test_aiobotocore_stores_what_it_sends(kind: str, body: bytes, client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as asynchronous:
        s3 = bucket()
        await asynchronous.put_object(Bucket="forms", Key="key", Body=body, ContentType=kind)

        assert stored(s3) == (body, kind)


def send(method: str, url: str, body: bytes) -> int:
    with urlopen(Request(url, data=body, method=method)) as response:
        return int(response.status)


def test_urllib_stores_an_object_in_parts() -> None:
    with mock_aws():
        s3 = bucket()
        upload = s3.create_multipart_upload(Bucket="forms", Key="key", ContentType="text/plain")["UploadId"]
        assert send("PUT", presigned(s3, "upload_part", UploadId=upload, PartNumber=1), BODY) == 200
        [part] = s3.list_parts(Bucket="forms", Key="key", UploadId=upload)["Parts"]
        done = f"<C><Part><PartNumber>1</PartNumber><ETag>{part['ETag']}</ETag></Part></C>".encode()
        assert send("POST", presigned(s3, "complete_multipart_upload", UploadId=upload), done) == 200

        assert stored(s3) == (BODY, "text/plain")


def test_urllib_sends_what_s3_takes_as_xml() -> None:
    tags = b"<Tagging><TagSet><Tag><Key>team</Key><Value>x</Value></Tag></TagSet></Tagging>"
    with mock_aws():
        s3 = bucket()
        s3.put_object(Bucket="forms", Key="key")
        assert send("PUT", presigned(s3, "put_object_tagging", Tagging={"TagSet": []}), tags) == 200

        assert s3.get_object_tagging(Bucket="forms", Key="key")["TagSet"] == [{"Key": "team", "Value": "x"}]


def test_a_form_that_is_posted_to_a_bucket_stays_a_form() -> None:
    with mock_aws():
        s3 = bucket()
        assert send("POST", "https://forms.s3.amazonaws.com/", b"key=key&file=of+a+form") == 204

        assert stored(s3)[0] == b"of a form"
