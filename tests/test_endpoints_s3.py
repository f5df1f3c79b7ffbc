"""Where a bucket's name is: in the host or in the path, at AWS or elsewhere, whatever bucket and keys are called."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore import UNSIGNED

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture
from tests.test_endpoints import ENDPOINTS, REGION, urls_of

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

STYLES = ["path", "virtual", "auto"]
# AWS's own host, and one that tells nothing.
HERE_AND_THERE = [pytest.param(None, id="aws"), "http://localhost:4566"]


def style_of(name: str, **options: Any) -> AioConfig:
    return AioConfig(s3={"addressing_style": name}, **options)


# One session for all: a new one takes ten times as long to make its first client.
SESSION = boto3.Session(region_name=REGION)


@cache
def at_aws() -> Any:
    return SESSION.client("s3")


def keys_in(bucket: str) -> list[str]:
    """The keys that boto3 sees at AWS."""
    return [found["Key"] for found in at_aws().list_objects_v2(Bucket=bucket).get("Contents", [])]


# ---------------------------------------------------------------- buckets


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_bucket_at_a_custom_endpoint_is_the_bucket_that_boto3_sees(
    client: ClientFactory, endpoint: str, style: str
) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=endpoint, config=style_of(style)) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="2024/cat.jpg", Body=b"meow")
        answer = await s3.get_object(Bucket="photos", Key="2024/cat.jpg")

        assert await answer["Body"].read() == b"meow"
        assert [found["Name"] for found in (await s3.list_buckets())["Buckets"]] == ["photos"]
        assert [found["Key"] for found in (await s3.list_objects_v2(Bucket="photos"))["Contents"]] == ["2024/cat.jpg"]
        assert keys_in("photos") == ["2024/cat.jpg"]

        await s3.delete_object(Bucket="photos", Key="2024/cat.jpg")
        await s3.delete_bucket(Bucket="photos")

        assert at_aws().list_buckets()["Buckets"] == []


@pytest.mark.parametrize(
    ("endpoint", "style", "url"),
    [
        ("http://localhost:4566", "path", "http://localhost:4566/photos/cat.jpg"),
        ("http://localhost:4566", "virtual", "http://photos.localhost:4566/cat.jpg"),
        ("http://minio.example.com", "path", "http://minio.example.com/photos/cat.jpg"),
        ("http://minio.example.com", "virtual", "http://photos.minio.example.com/cat.jpg"),
        ("http://127.0.0.1:9000", "virtual", "http://127.0.0.1:9000/photos/cat.jpg"),
        (None, "path", "https://s3.amazonaws.com/photos/cat.jpg"),
        (None, "virtual", "https://photos.s3.amazonaws.com/cat.jpg"),
    ],
)
async def test_object_of_boto3_is_read_from_the_url_of_each_style(
    client: ClientFactory, endpoint: str | None, style: str, url: str
) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=endpoint, config=style_of(style)) as s3:
        at_aws().create_bucket(Bucket="photos")
        at_aws().put_object(Bucket="photos", Key="cat.jpg", Body=b"meow")
        urls = urls_of(s3)
        answer = await s3.get_object(Bucket="photos", Key="cat.jpg")

        assert await answer["Body"].read() == b"meow"
        assert urls == [url]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("endpoint", ["http://localhost:4566", "http://minio.example.com"])
async def test_client_from_before_the_mock_is_understood_in_each_style(
    client: ClientFactory, endpoint: str, style: str
) -> None:
    options: dict[str, Any] = {"endpoint_url": endpoint, "config": style_of(style)}
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    async with client("s3", region_name=REGION, **options, **keys) as s3, mock_aws():
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="2024/cat.jpg", Body=b"meow")

        assert [found["Key"] for found in (await s3.list_objects_v2(Bucket="photos"))["Contents"]] == ["2024/cat.jpg"]
        assert keys_in("photos") == ["2024/cat.jpg"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("endpoint", HERE_AND_THERE)
@pytest.mark.parametrize("bucket", ["my.photos", "minio.example.com", "a.s3.b", "www.photos"])
async def test_bucket_with_dots_is_a_bucket(
    client: ClientFactory, bucket: str, endpoint: str | None, style: str
) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=endpoint, config=style_of(style)) as s3:
        await s3.create_bucket(Bucket=bucket)
        await s3.put_object(Bucket=bucket, Key="note", Body=b"dotted")
        await s3.put_object(Bucket=bucket, Key="a/b", Body=b"and nested")
        answer = await s3.get_object(Bucket=bucket, Key="note")

        assert await answer["Body"].read() == b"dotted"
        assert [found["Name"] for found in at_aws().list_buckets()["Buckets"]] == [bucket]
        assert keys_in(bucket) == ["a/b", "note"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("endpoint", ["http://minio:9000", "http://minio.example.com"])
async def test_bucket_named_like_the_endpoint_is_apart_from_the_others_there(
    client: ClientFactory, endpoint: str, style: str
) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=endpoint, config=style_of(style)) as s3:
        for bucket in ("minio", "photos"):
            await s3.create_bucket(Bucket=bucket)
        # The path of this object is that of the other bucket in the path style.
        await s3.put_object(Bucket="minio", Key="photos", Body=b"an object")
        await s3.put_object(Bucket="photos", Key="minio", Body=b"another")
        listed = {bucket: await s3.list_objects_v2(Bucket=bucket) for bucket in ("minio", "photos")}

        assert [found["Name"] for found in (await s3.list_buckets())["Buckets"]] == ["minio", "photos"]
        assert {bucket: [found["Key"] for found in page["Contents"]] for bucket, page in listed.items()} == {
            "minio": ["photos"],
            "photos": ["minio"],
        }
        assert (keys_in("minio"), keys_in("photos")) == (["photos"], ["minio"])


# The first ones are what Moto's own scan takes for the service.
LIKE_SERVICES = ["config", "dynamodb", "events", "iam", "kms", "lambda", "logs", "streams.dynamodb"]
LIKE_SERVICES += ["account", "batch", "queue", "sns", "sqs", "states", "sts"]


@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("endpoint", HERE_AND_THERE)
async def test_buckets_named_like_services_are_buckets(client: ClientFactory, endpoint: str | None, style: str) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=endpoint, config=style_of(style)) as s3:
        for bucket in LIKE_SERVICES:
            await s3.create_bucket(Bucket=bucket)
            # Lambda and Batch have paths like these.
            for key in ("2015-03-31/functions/", "note", "v1/tags/b"):
                await s3.put_object(Bucket=bucket, Key=key, Body=bucket.encode())
            answer = await s3.get_object(Bucket=bucket, Key="v1/tags/b")
            await s3.delete_object(Bucket=bucket, Key="2015-03-31/functions/")

            assert await answer["Body"].read() == bucket.encode()
            assert keys_in(bucket) == ["note", "v1/tags/b"]
        assert sorted(found["Name"] for found in (await s3.list_buckets())["Buckets"]) == sorted(LIKE_SERVICES)


# ---------------------------------------------------------------- keys

KEYS = [
    *("plain", "a/b", "a//b", "//b", "/b", "/", "//", "a/", "a//"),
    *(".", "..", "./b", "../b", "a/./b", "a/../b", "a/.", "a/.."),
    *("%", "%2F", "a%2Fb", "a%20b", "a%252Fb", "%C3%A9"),
    *("a b", " a", "a ", "a+b", "a%2Bb"),
    *("é", "e\u0301", "日本/語", "😀"),
    *("?", "a?b", "a?b=c&d", "#", "a#b", "a;b", "a&b", "a=b", "a:b", "a@b", "a,b", "a*b", "a$b", "a!b", "(a)", "[a]"),
    *("~", "~/a", "a~b", "a\\b", "a|b", "a^b", "a`b", "'a'", '"a"', "<a>", "{a}", "a\tb"),
    *("photos", "photos/photos", "index.html", "a" * 1000),
]


@pytest.mark.parametrize(
    ("endpoint", "style"),
    [
        pytest.param(None, "path", id="aws-path"),
        pytest.param(None, "virtual", id="aws-virtual"),
        ("http://localhost:4566", "path"),
        ("http://minio.example.com", "virtual"),
    ],
)
async def test_every_key_is_put_read_listed_and_deleted_as_it_is(
    client: ClientFactory, endpoint: str | None, style: str
) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=endpoint, config=style_of(style)) as s3:
        aws = at_aws()
        await s3.create_bucket(Bucket="photos")
        for key in KEYS:
            await s3.put_object(Bucket="photos", Key=key, Body=key.encode())
        read = {key: await (await s3.get_object(Bucket="photos", Key=key))["Body"].read() for key in KEYS}
        boto3_read = {key: aws.get_object(Bucket="photos", Key=key)["Body"].read() for key in KEYS}
        listed = [found["Key"] for found in (await s3.list_objects_v2(Bucket="photos"))["Contents"]]

        assert read == boto3_read == {key: key.encode() for key in KEYS}
        assert sorted(listed) == sorted(keys_in("photos")) == sorted(KEYS)

        for key in KEYS:
            await s3.delete_object(Bucket="photos", Key=key)

        assert keys_in("photos") == []


# ---------------------------------------------------------------- signatures


@pytest.mark.parametrize("signature", [pytest.param(UNSIGNED, id="unsigned"), pytest.param("s3", id="version-2")])
@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("endpoint", [*HERE_AND_THERE, "http://minio.example.com", "http://[::1]:9000"])
async def test_unsigned_and_old_signatures_reach_the_bucket(
    client: ClientFactory, endpoint: str | None, style: str, signature: Any
) -> None:
    config = style_of(style, signature_version=signature)
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=endpoint, config=config) as s3:
        at_aws().create_bucket(Bucket="photos")
        # Moto lets anybody list a bucket, but read only what is public.
        at_aws().put_object(Bucket="photos", Key="a/cat.jpg", Body=b"meow", ACL="public-read")
        answer = await s3.get_object(Bucket="photos", Key="a/cat.jpg")

        assert await answer["Body"].read() == b"meow"
        assert [found["Key"] for found in (await s3.list_objects_v2(Bucket="photos"))["Contents"]] == ["a/cat.jpg"]


async def test_unsigned_client_without_any_credentials_reads(
    client: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {"core": {"mock_credentials": False}}
    anonymous = AioConfig(signature_version=UNSIGNED)
    async with mock_aws(config=config), client("s3", region_name=REGION, config=anonymous) as s3:
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        boto3.client("s3", REGION, **keys).create_bucket(Bucket="photos")

        assert (await s3.list_objects_v2(Bucket="photos"))["KeyCount"] == 0


# ---------------------------------------------------------------- access points


async def test_objects_of_an_access_point_are_those_of_its_bucket(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("s3", region_name=REGION) as s3,
        client("s3control", region_name=REGION) as control,
    ):
        await s3.create_bucket(Bucket="photos")
        await control.create_access_point(AccountId="123456789012", Name="cats", Bucket="photos")
        arn = (await control.get_access_point(AccountId="123456789012", Name="cats"))["AccessPointArn"]
        urls = urls_of(s3)
        await s3.put_object(Bucket=arn, Key="a/cat.jpg", Body=b"meow")
        answer = await s3.get_object(Bucket=arn, Key="a/cat.jpg")

        assert set(urls) == {"https://cats-123456789012.s3-accesspoint.us-east-1.amazonaws.com/a/cat.jpg"}
        assert await answer["Body"].read() == b"meow"
        assert keys_in("photos") == ["a/cat.jpg"]
