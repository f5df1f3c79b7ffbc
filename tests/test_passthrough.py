"""What Moto's ``passthrough`` names goes out through the real session; everything else is still mocked."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiofiles
import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import UNSIGNED
from botocore.exceptions import ClientError, EndpointConnectionError

from aiomoto import mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.conftest import ClientFactory
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
BODY = bytes(range(256)) * 1000


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        yield server


def urls(server: LoopbackServer) -> dict[str, Any]:
    return {"core": {"passthrough": {"urls": [f"{server.url}/.*"]}}}


def services(_: LoopbackServer) -> dict[str, Any]:
    return {"core": {"passthrough": {"services": ["s3"]}}}


by_either = pytest.mark.parametrize("named_by", [urls, services], ids=["urls", "services"])
Named = Callable[[LoopbackServer], dict[str, Any]]


@by_either
async def test_a_response_from_outside_is_the_clients(
    client: ClientFactory, server: LoopbackServer, named_by: Named
) -> None:
    server.answer = Answer(200, (("x-amz-meta-from", "outside"), ("etag", '"tag"')), BODY)
    async with (
        mock_aws(config=named_by(server)),
        client("s3", region_name=REGION, endpoint_url=server.url) as s3,
    ):
        answer = await s3.get_object(Bucket="photos", Key="thing")
        async with answer["Body"] as stream:
            assert await stream.read() == BODY
        assert (answer["Metadata"], answer["ETag"]) == ({"from": "outside"}, '"tag"')

    assert [(request.method, request.target.removeprefix(server.url)) for request in server.received] == [
        ("GET", "/photos/thing")
    ]


@by_either
def test_a_response_from_outside_is_boto3s(server: LoopbackServer, named_by: Named) -> None:
    server.answer = Answer(200, (("x-amz-meta-from", "outside"),), BODY)
    with mock_aws(config=named_by(server)):
        answer = boto3.client("s3", endpoint_url=server.url).get_object(Bucket="photos", Key="thing")
        assert answer["Body"].read() == BODY
        assert answer["Metadata"] == {"from": "outside"}

    assert [(request.method, request.target) for request in server.received] == [("GET", "/photos/thing")]


@by_either
async def test_what_is_not_named_is_still_mocked(
    client: ClientFactory, server: LoopbackServer, named_by: Named
) -> None:
    async with (
        mock_aws(config=named_by(server)),
        client("s3", region_name=REGION, endpoint_url=server.url) as s3,
        client("sqs", region_name=REGION) as sqs,
    ):
        await s3.delete_object(Bucket="photos", Key="thing")
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        assert boto3.client("sqs").list_queues()["QueueUrls"] == [url]

    assert len(server.received) == 1


async def test_the_same_service_at_another_url_is_still_mocked(client: ClientFactory, server: LoopbackServer) -> None:
    async with (
        mock_aws(config=urls(server)),
        client("s3", region_name=REGION, endpoint_url=server.url) as outside,
        client("s3", region_name=REGION) as inside,
    ):
        await inside.create_bucket(Bucket="photos")
        await outside.delete_object(Bucket="videos", Key="thing")
        assert bucket_names() == ["photos"]

    assert len(server.received) == 1


async def test_another_service_at_the_same_endpoint_is_still_mocked(
    client: ClientFactory, server: LoopbackServer
) -> None:
    async with (
        mock_aws(config=services(server)),
        client("s3", region_name=REGION, endpoint_url=server.url) as s3,
        client("sqs", region_name=REGION, endpoint_url=server.url) as sqs,
    ):
        await sqs.create_queue(QueueName="jobs")
        await s3.delete_object(Bucket="photos", Key="thing")

    assert [request.method for request in server.received] == ["DELETE"]


async def test_a_client_from_before_the_mock_is_let_out_too(client: ClientFactory, server: LoopbackServer) -> None:
    keys = {"aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "mine"}
    async with client("s3", region_name=REGION, endpoint_url=server.url, **keys) as s3:
        async with mock_aws(config=urls(server)):
            await s3.delete_object(Bucket="photos", Key="thing")
        assert len(server.received) == 1


async def test_passthrough_ends_with_the_mock_that_names_it(client: ClientFactory, server: LoopbackServer) -> None:
    async with mock_aws(), client("s3", region_name=REGION, endpoint_url=server.url) as s3:
        create_bucket("photos")
        async with mock_aws(config=urls(server)):
            await s3.delete_object(Bucket="photos", Key="thing")
        await s3.delete_object(Bucket="photos", Key="thing")

    assert len(server.received) == 1


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize("make", [bytes, io.BytesIO], ids=["bytes", "bytes-io"])
async def test_a_body_arrives_outside(client: ClientFactory, server: LoopbackServer, make: Any) -> None:
    async with (
        mock_aws(config=urls(server)),
        client("s3", region_name=REGION, endpoint_url=server.url) as s3,
    ):
        await s3.put_object(Bucket="photos", Key="thing", Body=make(BODY))

    assert [(request.method, request.body) for request in server.received] == [("PUT", BODY)]


async def test_a_file_arrives_outside(server: LoopbackServer, tmp_path: Path) -> None:
    """Over aiohttp: aiobotocore's httpx session itself sends no files."""
    (tmp_path / "body").write_bytes(BODY)
    with (tmp_path / "body").open("rb") as file:
        async with (
            mock_aws(config=urls(server)),
            get_session().create_client("s3", region_name=REGION, endpoint_url=server.url) as s3,
        ):
            await s3.put_object(Bucket="photos", Key="thing", Body=file)

    assert [(request.method, request.body) for request in server.received] == [("PUT", BODY)]


async def test_an_async_file_arrives_outside(server: LoopbackServer, tmp_path: Path) -> None:
    # What is signed or has a checksum is read twice, and the first time synchronously.
    config = AioConfig(signature_version=UNSIGNED, request_checksum_calculation="when_required")
    (tmp_path / "body").write_bytes(BODY)
    async with (
        mock_aws(config=urls(server)),
        get_session().create_client("s3", region_name=REGION, endpoint_url=server.url, config=config) as s3,
        aiofiles.open(tmp_path / "body", "rb") as file,
    ):
        await s3.put_object(Bucket="photos", Key="thing", Body=file, ContentLength=len(BODY))

    assert [(request.method, request.body) for request in server.received] == [("PUT", BODY)]


@pytest.mark.parametrize("make", [lambda _: BODY, lambda _: io.BytesIO(BODY), lambda path: path.open("rb")])
def test_a_body_of_boto3s_arrives_outside(server: LoopbackServer, make: Callable[[Path], Any], tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(BODY)
    body = make(tmp_path / "body")
    with mock_aws(config=urls(server)):
        boto3.client("s3", endpoint_url=server.url).put_object(Bucket="photos", Key="thing", Body=body)
    getattr(body, "close", bytes)()

    assert [(request.method, request.body) for request in server.received] == [("PUT", BODY)]


# ---------------------------------------------------------------- errors


@pytest.mark.thorough
async def test_an_error_from_outside_is_retried_with_the_same_body_and_then_raised(
    client: ClientFactory, server: LoopbackServer
) -> None:
    server.answer = Answer(503, body=b"<Error><Code>SlowDown</Code><Message>later</Message></Error>")
    config = AioConfig(retries={"total_max_attempts": 2, "mode": "standard"})
    async with (
        mock_aws(config=urls(server)),
        client("s3", region_name=REGION, endpoint_url=server.url, config=config) as s3,
    ):
        with pytest.raises(ClientError) as error:
            await s3.put_object(Bucket="photos", Key="thing", Body=io.BytesIO(BODY))

    assert error.value.response["Error"]["Code"] == "SlowDown"
    assert [request.body for request in server.received] == [BODY, BODY]


async def test_a_server_that_is_not_there_is_the_clients_own_error(client: ClientFactory) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        passthrough = {"core": {"passthrough": {"urls": [url]}}}
        config = AioConfig(retries={"total_max_attempts": 1})
        async with (
            mock_aws(config=passthrough),
            client("s3", region_name=REGION, endpoint_url=url, config=config) as s3,
        ):
            with pytest.raises(EndpointConnectionError, match=url):
                await s3.head_bucket(Bucket="photos")
        with mock_aws(config=passthrough), pytest.raises(EndpointConnectionError, match=url):
            boto3.client("s3", endpoint_url=url, config=config).head_bucket(Bucket="photos")


@pytest.mark.parametrize(
    "core",
    [
        {"passthrough": {"urls": "https://example.com"}},
        {"passthrough": {"services": "s3"}},
        {"passthrough": ["s3"]},
        {"service_whitelist": "s3"},
    ],
    ids=str,
)
def test_a_string_in_place_of_a_list_is_an_error_that_says_so(core: Any) -> None:
    # Taken as a list, each of its letters would be a pattern, and nearly every request would pass through.
    with nothing_left_behind(), pytest.raises(TypeError, match=r"must be a (list of strings|dict of lists), such as"):
        mock_aws(config={"core": core}).start()
