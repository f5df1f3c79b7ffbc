"""Hosts of clients' endpoints are AWS for as long as the mock is active in which the client was created."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.one_stack import stack as stack  # a fixture

OWN = Answer(200, body=b"the test's own server")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        server.answer = OWN
        yield server


def s3(url: str, **options: Any) -> Any:
    return boto3.client("s3", region_name="us-east-1", endpoint_url=url, **options)


def post(url: str) -> bytes:
    """What answers a form, which may be an upload to S3 where a client has the host for its endpoint."""
    return requests.post(f"{url}/upload", files={"file": b"x"}, timeout=60).content


def is_aws(client: Any) -> bool:
    """Tell whether a presigned URL of a client is answered by Moto."""
    url = client.generate_presigned_url("list_buckets")
    return b"ListAllMyBucketsResult" in requests.get(url, timeout=60).content


def test_the_host_of_an_inner_mocks_client_leaves_with_it(server: LoopbackServer) -> None:
    with mock_aws():
        with mock_aws():
            assert is_aws(s3(server.url))

        assert post(server.url) == OWN.body


def test_a_host_stays_for_as_long_as_one_of_its_owners(server: LoopbackServer) -> None:
    with mock_aws():
        outer = s3(server.url)
        with mock_aws():
            s3(server.url)

        assert is_aws(outer)


def test_all_active_mocks_share_their_hosts_in_whatever_order_they_end(server: LoopbackServer) -> None:
    first, second = mock_aws(), mock_aws()
    first.start()
    of_first = s3(server.url)
    second.start()
    of_second = s3(f"{server.url}/second")
    assert is_aws(of_first)
    assert is_aws(of_second)

    first.stop()
    assert is_aws(of_second)
    second.stop()
    with mock_aws():
        assert post(server.url) == OWN.body


@pytest.mark.parametrize("path", ["", "/storage/v1"], ids=["at-the-root", "below-a-path"])
def test_a_client_that_outlives_its_mock_takes_its_host_along_when_it_is_used(
    server: LoopbackServer, path: str
) -> None:
    with mock_aws():
        with mock_aws():
            client = s3(f"{server.url}{path}")
            client.create_bucket(Bucket="photos")
        assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == ["photos"]
        assert is_aws(client)
    assert server.received == []


@pytest.mark.anyio
async def test_an_async_client_does_so_too(server: LoopbackServer, client: ClientFactory) -> None:
    with ExitStack() as inner, mock_aws():
        inner.enter_context(mock_aws())
        async with client("s3", region_name="us-east-1", endpoint_url=f"{server.url}/storage") as s3:
            inner.close()
            await s3.create_bucket(Bucket="photos")
            assert [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]] == ["photos"]
            url = await s3.generate_presigned_url("list_buckets")
            assert b"<Name>photos</Name>" in requests.get(url, timeout=60).content  # noqa: ASYNC210
    assert server.received == []


def test_the_loopback_endpoint_of_an_inner_mock_leaves_with_it() -> None:
    with mock_aws():
        with mock_aws(endpoint=True) as inner:
            host = inner.endpoint.url.removeprefix("http://")
            assert b"ListAllMyBucketsResult" in requests.get(signed_url(host), timeout=60).content
        with loopback_server() as server:
            server.answer = OWN
            # The same port would be free again: what counts is that none of the old hosts is AWS any more.
            assert post(server.url) == OWN.body
        with pytest.raises(requests.ConnectionError):
            requests.get(signed_url(host), timeout=60)


def signed_url(host: str) -> str:
    client = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b").client("s3", region_name="us-east-1")
    url: str = client.generate_presigned_url("list_buckets")
    return url.replace("https://s3.amazonaws.com", f"http://{host}")


def test_what_the_log_says_of_a_call_does_not_change_when_its_host_leaves() -> None:
    with mock_aws() as aws:
        client = s3("http://storage.test", config=Config(s3={"addressing_style": "virtual"}))
        client.create_bucket(Bucket="photos")
        client.put_object(Bucket="photos", Key="a", Body=b"")
        text = str(aws.calls)

    call = aws.calls.assert_called("s3", "PutObject")
    assert (call.params["Bucket"], call.params["Key"]) == ("photos", "a")
    assert str(aws.calls) == text
