"""aioboto3's clients and resources, inside a mock as they are, and from the factory with no mock."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import aiofiles
import boto3
import pytest
from aiobotocore.client import AioBaseClient
from aiobotocore.config import AioConfig
from boto3.dynamodb.conditions import Attr, Key
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from aiomoto import aioboto3_session, mock_aws
from tests.loopback import loopback_server

aioboto3 = pytest.importorskip("aioboto3", reason="aioboto3 is not installed: nox -s aioboto3")

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024
IN_PARTS = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
KEYS = {"aws_access_key_id": "xxx", "aws_secret_access_key": "xxx"}


@pytest.fixture(params=["mock", "factory"])
def session(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A plain session inside a mock, or one of ours with no mock live."""
    if request.param == "mock":
        with mock_aws():
            yield aioboto3.Session()
    else:
        with mock_aws():
            pass  # what other tests wrote with no mock live is gone
        yield aioboto3_session()


@pytest.fixture
async def s3(session: Any) -> AsyncIterator[Any]:
    """An S3 client, and a bucket."""
    async with session.client("s3") as client:
        await client.create_bucket(Bucket="reports")
        yield client


async def read(s3: Any, key: str) -> bytes:
    answer = await s3.get_object(Bucket="reports", Key=key)
    body: bytes = await answer["Body"].read()
    return body


# ---------------------------------------------------------------- clients


async def test_a_client_is_aiobotocores(s3: Any) -> None:
    assert isinstance(s3, AioBaseClient)
    assert (await s3.list_objects_v2(Bucket="reports"))["KeyCount"] == 0


async def test_an_error_of_moto_is_the_clients(s3: Any) -> None:
    with pytest.raises(ClientError) as error:
        await s3.get_object(Bucket="reports", Key="missing")

    assert error.value.response["Error"]["Code"] == "NoSuchKey"


async def test_a_client_with_settings_of_its_own_is_mocked(session: Any) -> None:
    config = AioConfig(signature_version="v4", read_timeout=60, connect_timeout=5)
    with loopback_server() as server:
        async with session.client(
            "s3", region_name="eu-central-1", endpoint_url=server.url, config=config, **KEYS
        ) as s3:
            await s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
            await s3.put_object(Bucket="reports", Key="a.txt", Body=b"all is well")
            assert await read(s3, "a.txt") == b"all is well"

    assert server.received == []


# ---------------------------------------------------------------- transfers


@pytest.mark.parametrize("size", [0, 12, 11 * MIB + 1])
async def test_a_file_object_is_uploaded_and_downloaded(s3: Any, size: int) -> None:
    data = os.urandom(size)
    downloaded = io.BytesIO()

    await s3.upload_fileobj(io.BytesIO(data), "reports", "thing", Config=IN_PARTS)
    await s3.download_fileobj("reports", "thing", downloaded, Config=IN_PARTS)

    assert downloaded.getvalue() == data
    head = await s3.head_object(Bucket="reports", Key="thing")
    # The ETag of a multipart upload ends with the number of its parts.
    assert head["ETag"].strip('"').partition("-")[2] == {11 * MIB + 1: "3"}.get(size, "")


async def test_an_asynchronous_file_is_uploaded_and_downloaded(s3: Any, tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_bytes(b"all is well")

    async with aiofiles.open(tmp_path / "out.txt", "rb") as file:
        await s3.upload_fileobj(file, "reports", "a.txt")
    async with aiofiles.open(tmp_path / "in.txt", "wb") as file:
        await s3.download_fileobj("reports", "a.txt", file)

    assert (tmp_path / "in.txt").read_bytes() == b"all is well"


async def test_a_file_is_uploaded_and_downloaded_by_name(s3: Any, tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_bytes(b"all is well")
    sent: list[int] = []

    await s3.upload_file(
        str(tmp_path / "out.txt"), "reports", "a.txt", ExtraArgs={"ContentType": "text/x"}, Callback=sent.append
    )
    await s3.download_file("reports", "a.txt", str(tmp_path / "in.txt"))

    assert (tmp_path / "in.txt").read_bytes() == b"all is well"
    assert sent == [11]
    assert (await s3.head_object(Bucket="reports", Key="a.txt"))["ContentType"] == "text/x"


async def test_downloading_what_is_not_there_is_a_404(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(ClientError) as error:
        await s3.download_file("reports", "missing", str(tmp_path / "in.txt"))

    assert error.value.response["Error"]["Code"] == "404"


@pytest.mark.parametrize("size", [12, 11 * MIB + 1])
async def test_an_object_is_copied(s3: Any, size: int) -> None:
    data = os.urandom(size)
    await s3.put_object(Bucket="reports", Key="thing", Body=data)

    await s3.copy({"Bucket": "reports", "Key": "thing"}, "reports", "copy", Config=IN_PARTS)

    assert await read(s3, "copy") == data


async def test_uploads_run_side_by_side(s3: Any) -> None:
    await asyncio.gather(*(s3.upload_fileobj(io.BytesIO(b"%d" % n), "reports", f"{n}.txt") for n in range(20)))

    assert [await read(s3, f"{n}.txt") for n in range(20)] == [b"%d" % n for n in range(20)]


# ---------------------------------------------------------------- resources


async def test_buckets_and_objects(session: Any) -> None:
    async with session.resource("s3") as s3:
        bucket = await s3.create_bucket(Bucket="reports")
        for key in ("2025/a.txt", "2026/a.txt", "2026/b.txt"):
            await bucket.put_object(Key=key, Body=key.encode())
        await bucket.upload_fileobj(io.BytesIO(b"more"), "2026/c.txt")

        assert [each.key async for each in bucket.objects.filter(Prefix="2026/")] == [
            "2026/a.txt",
            "2026/b.txt",
            "2026/c.txt",
        ]
        assert isinstance(await bucket.creation_date, datetime)
        thing = await s3.Object("reports", "2025/a.txt")
        assert await thing.content_length == 10
        assert await (await thing.get())["Body"].read() == b"2025/a.txt"
        summary = await s3.ObjectSummary("reports", "2026/c.txt")
        assert await summary.size == 4

        await bucket.objects.filter(Prefix="2026/").delete()
        assert [each.key async for each in bucket.objects.all()] == ["2025/a.txt"]


async def test_queues(session: Any) -> None:
    async with session.resource("sqs") as sqs:
        queue = await sqs.create_queue(QueueName="jobs")
        await queue.send_message(MessageBody="build")
        (message,) = await queue.receive_messages()

        assert await message.body == "build"
        await message.delete()
        assert await queue.receive_messages() == []


@pytest.fixture
async def table(session: Any) -> AsyncIterator[Any]:
    """A DynamoDB table with a partition key and a sort key."""
    async with session.resource("dynamodb") as dynamodb:
        table = await dynamodb.create_table(
            TableName="visits",
            KeySchema=[{"AttributeName": "user", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "user", "AttributeType": "S"},
                {"AttributeName": "n", "AttributeType": "N"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        await table.wait_until_exists()
        yield table


async def test_a_table_is_written_and_queried(table: Any) -> None:
    for n in (1, 2, 3):
        await table.put_item(Item={"user": "ann", "n": n, "page": f"/{n}"})

    found = await table.query(KeyConditionExpression=Key("user").eq("ann") & Key("n").gt(1))

    assert found["Items"] == [{"user": "ann", "n": 2, "page": "/2"}, {"user": "ann", "n": 3, "page": "/3"}]
    assert (await table.scan(FilterExpression=Attr("page").eq("/1")))["Count"] == 1
    assert await table.table_arn == "arn:aws:dynamodb:us-east-1:123456789012:table/visits"


async def test_a_batch_writer_writes_all(table: Any) -> None:
    async with table.batch_writer() as batch:
        for n in range(60):  # more than goes into two batches
            await batch.put_item(Item={"user": "ann", "n": n})
        await batch.delete_item(Key={"user": "ann", "n": 0})

    assert (await table.scan())["Count"] == 59


async def test_a_batch_writer_writes_when_it_is_full(table: Any) -> None:
    async with table.batch_writer(flush_amount=5, on_exit_loop_sleep=0.01) as batch:
        for n in range(9):
            await batch.put_item(Item={"user": "ann", "n": n})
        assert (await table.scan())["Count"] == 5

    assert (await table.scan())["Count"] == 9


async def test_a_batch_writer_keeps_the_last_of_equal_keys(table: Any) -> None:
    async with table.batch_writer(overwrite_by_pkeys=["user", "n"]) as batch:
        await batch.put_item(Item={"user": "ann", "n": 1, "page": "/old"})
        await batch.put_item(Item={"user": "ann", "n": 1, "page": "/new"})

    assert (await table.scan())["Items"] == [{"user": "ann", "n": 1, "page": "/new"}]


# ---------------------------------------------------------------- sessions and mocks


async def test_a_session_from_before_a_mock_is_mocked() -> None:
    session = aioboto3.Session()
    with mock_aws():
        async with session.client("s3") as s3:
            await s3.create_bucket(Bucket="reports")
        assert [each.name for each in boto3.resource("s3").buckets.all()] == ["reports"]
