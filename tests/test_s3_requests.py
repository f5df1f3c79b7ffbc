"""S3 over each HTTP library: conditions, ranges, HEAD, presigned URLs, and buckets in other regions."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
import boto3
import pytest
import requests
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack
from tests.one_stack import stack as stack  # a fixture

ETAG = '"5d41402abc4b2a76b9719d911017c592"'  # of b"hello"
OTHER_ETAG = '"00000000000000000000000000000000"'


def _put_hello() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key="hello", Body=b"hello")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "condition",
    [{"IfMatch": ETAG}, {"IfNoneMatch": OTHER_ETAG}, {"IfModifiedSince": "2001-01-01T00:00:00Z"}],
    ids=lambda condition: next(iter(condition)),
)
async def test_a_read_whose_condition_holds_is_answered(client: ClientFactory, condition: dict[str, str]) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        _put_hello()
        got = await s3.get_object(Bucket="reports", Key="hello", **condition)

        assert await got["Body"].read() == b"hello"


FAILED_CONDITIONS: dict[str, tuple[dict[str, str], int, str]] = {
    "none_match": ({"IfNoneMatch": ETAG}, 304, "304"),
    "modified_since": ({"IfModifiedSince": "2999-01-01T00:00:00Z"}, 304, "304"),
    "match": ({"IfMatch": OTHER_ETAG}, 412, "PreconditionFailed"),
    "unmodified_since": ({"IfUnmodifiedSince": "2001-01-01T00:00:00Z"}, 412, "PreconditionFailed"),
}


@pytest.mark.anyio
@pytest.mark.parametrize(("condition", "status", "code"), FAILED_CONDITIONS.values(), ids=FAILED_CONDITIONS)
async def test_a_read_whose_condition_fails_has_the_code_of_s3(
    client: ClientFactory, condition: dict[str, str], status: int, code: str
) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        _put_hello()
        with pytest.raises(ClientError) as caught:
            await s3.get_object(Bucket="reports", Key="hello", **condition)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.anyio
async def test_a_write_that_must_not_overwrite_fails_the_second_time(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="lock", Body=b"mine", IfNoneMatch="*")
        with pytest.raises(ClientError, match="PreconditionFailed"):
            await s3.put_object(Bucket="reports", Key="lock", Body=b"yours", IfNoneMatch="*")
        got = await s3.get_object(Bucket="reports", Key="lock")

        assert await got["Body"].read() == b"mine"


RANGES: dict[str, tuple[bytes, str]] = {
    "bytes=1-3": (b"ell", "bytes 1-3/5"),
    "bytes=3-": (b"lo", "bytes 3-4/5"),
    "bytes=-2": (b"lo", "bytes 3-4/5"),
    "bytes=0-999": (b"hello", "bytes 0-4/5"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("asked", RANGES)
async def test_a_range_is_that_part_of_the_object(client: ClientFactory, asked: str) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        _put_hello()
        got = await s3.get_object(Bucket="reports", Key="hello", Range=asked)
        body = await got["Body"].read()

    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert (body, got["ContentRange"]) == RANGES[asked]
    assert got["ContentLength"] == len(body)


@pytest.mark.anyio
async def test_a_range_beyond_the_end_is_refused(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        _put_hello()
        with pytest.raises(ClientError, match="InvalidRange") as caught:
            await s3.get_object(Bucket="reports", Key="hello", Range="bytes=10-20")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 416


@pytest.mark.anyio
async def test_head_tells_the_size_without_a_body(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        _put_hello()
        head = await s3.head_object(Bucket="reports", Key="hello")

    assert (head["ContentLength"], head["ETag"]) == (5, ETAG)
    assert "Body" not in head


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [("head_object", {"Bucket": "reports", "Key": "missing"}), ("head_bucket", {"Bucket": "missing"})],
    ids=["object", "bucket"],
)
async def test_head_of_what_is_missing_is_a_404(
    client: ClientFactory, operation: str, arguments: dict[str, str]
) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        _put_hello()
        with pytest.raises(ClientError) as caught:
            await getattr(s3, operation)(**arguments)

    assert caught.value.response["Error"] == {"Code": "404", "Message": "Not Found"}


# ---------------------------------------------------------------- presigned URLs


def test_presigned_urls_of_boto3_are_answered() -> None:
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="reports")
        target = {"Bucket": "reports", "Key": "a b/ü.txt"}
        put = requests.put(s3.generate_presigned_url("put_object", Params=target), data=b"uploaded", timeout=60)
        got = requests.get(s3.generate_presigned_url("get_object", Params=target), timeout=60)
        deleted = requests.delete(s3.generate_presigned_url("delete_object", Params=target), timeout=60)
        gone = requests.get(s3.generate_presigned_url("get_object", Params=target), timeout=60)

    assert (put.status_code, got.status_code, got.content) == (200, 200, b"uploaded")
    assert (deleted.status_code, deleted.content, gone.status_code) == (204, b"", 404)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.anyio
async def test_presigned_urls_of_aiobotocore_are_answered(client: ClientFactory, version: str, style: str) -> None:
    config = AioConfig(signature_version=version, s3={"addressing_style": style})
    async with mock_aws(), client("s3", region_name="us-east-1", config=config) as s3:
        _put_hello()
        url = await s3.generate_presigned_url("get_object", Params={"Bucket": "reports", "Key": "hello"})
        got = await anyio.to_thread.run_sync(lambda: requests.get(url, timeout=60))

    assert (got.status_code, got.content) == (200, b"hello")


@pytest.mark.anyio
async def test_a_presigned_post_uploads_a_form(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        post = await s3.generate_presigned_post("reports", "form.txt")
        answer = await anyio.to_thread.run_sync(
            lambda: requests.post(post["url"], data=post["fields"], files={"file": b"from a form"}, timeout=60)
        )
        got = await s3.get_object(Bucket="reports", Key="form.txt")

        assert answer.status_code == 204
        assert await got["Body"].read() == b"from a form"


# ---------------------------------------------------------------- regions

FRANKFURT: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}


@pytest.mark.anyio
async def test_a_bucket_of_another_region_says_where_it_is(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="eu-central-1") as frankfurt:
        await frankfurt.create_bucket(Bucket="akten", **FRANKFURT)
        async with client("s3", region_name="us-east-1") as virginia:
            head = await virginia.head_bucket(Bucket="akten")
            location = await virginia.get_bucket_location(Bucket="akten")

    assert head["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "eu-central-1"
    assert location["LocationConstraint"] == "eu-central-1"


@pytest.mark.anyio
async def test_a_bucket_cannot_be_created_in_a_region_other_than_its_clients(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="eu-west-1") as ireland:
        with pytest.raises(ClientError, match="IllegalLocationConstraint"):
            await ireland.create_bucket(Bucket="akten")


@pytest.mark.anyio
async def test_objects_are_the_same_from_every_region(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="eu-central-1") as frankfurt:
        await frankfurt.create_bucket(Bucket="akten", **FRANKFURT)
        async with client("s3", region_name="us-west-2") as oregon:
            await oregon.put_object(Bucket="akten", Key="a", Body=b"from Oregon")
        got = await frankfurt.get_object(Bucket="akten", Key="a")

        assert await got["Body"].read() == b"from Oregon"


@pytest.mark.anyio
async def test_a_client_that_is_told_of_another_region_goes_there(stack: Stack) -> None:
    # Moto serves a bucket from every region; S3 answers 301 from the wrong one. The session plays that part.
    urls: list[str] = []

    class StrictRegions(stack.session_class):  # type: ignore[misc, name-defined]
        async def send(self, request: Any) -> Any:
            urls.append(f"{request.method} {request.url}")
            response = await super().send(request)
            if "eu-central-1" not in request.url:
                response.status_code = 301
            return response

    config = AioConfig(http_session_cls=StrictRegions)
    async with mock_aws(), get_session().create_client("s3", region_name="us-east-1", config=config) as s3:
        frankfurt = boto3.client("s3", region_name="eu-central-1")
        frankfurt.create_bucket(Bucket="akten", **FRANKFURT)
        frankfurt.put_object(Bucket="akten", Key="a", Body=b"hello")
        listing = await s3.list_objects_v2(Bucket="akten")

    assert [each["Key"] for each in listing["Contents"]] == ["a"]
    assert urls[0] == "GET https://akten.s3.amazonaws.com/?list-type=2&encoding-type=url"
    assert urls[-1] == "GET https://akten.s3.eu-central-1.amazonaws.com/?list-type=2&encoding-type=url"
