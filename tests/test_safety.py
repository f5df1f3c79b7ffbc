"""Nothing leaves the process by accident: what Moto cannot answer, and clients that outlive their mock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import boto3
import moto
import pytest
from aiobotocore.config import AioConfig
from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from aiomoto import AiomotoError, RequestBlockedError, mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.conftest import ClientFactory, Stack
from tests.loopback import LoopbackServer, loopback_server
from tests.programs import run_source
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.anyio

# A service of botocore's that Moto has never heard of.
MISSING, OPERATION = "comprehendmedical", "detect_phi"
RETRY_MODES = ["legacy", "standard", "adaptive"]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        yield server


class Counter:
    """A ``before-send`` handler that counts attempts."""

    def __init__(self, client: Any) -> None:
        self.attempts = 0
        client.meta.events.register("before-send", self.count)

    def count(self, **_: Any) -> None:
        self.attempts += 1


# ---------------------------------------------------------------- what Moto lacks


async def test_a_service_that_moto_lacks_is_blocked_by_name(client: ClientFactory) -> None:
    async with mock_aws(), client(MISSING, region_name="us-east-1") as medical:
        with pytest.raises(RequestBlockedError) as blocked:
            await medical.detect_phi(Text="well")

    for part in ("comprehendmedical", "DetectPHI", "POST https://comprehendmedical.us-east-1.amazonaws.com/"):
        assert part in str(blocked.value)


def test_a_service_that_moto_lacks_is_blocked_by_name_for_boto3() -> None:
    with mock_aws(), pytest.raises(RequestBlockedError) as blocked:
        boto3.client(MISSING).detect_phi(Text="well")

    for part in ("comprehendmedical", "DetectPHI", "POST https://comprehendmedical.us-east-1.amazonaws.com/"):
        assert part in str(blocked.value)


async def test_the_message_names_the_remedy(client: ClientFactory, server: LoopbackServer) -> None:
    async with mock_aws(), client(MISSING, region_name="us-east-1", endpoint_url=server.url) as medical:
        with pytest.raises(RequestBlockedError) as blocked:
            await medical.detect_phi(Text="well")

    remedy = f'mock_aws(config={{"core": {{"passthrough": {{"urls": ["{server.url}"]}}}}}})'
    assert remedy in str(blocked.value)
    assert server.received == []


async def test_the_remedy_works(client: ClientFactory, server: LoopbackServer) -> None:
    async with (
        mock_aws(config={"core": {"passthrough": {"urls": [server.url]}}}),
        client(MISSING, region_name="us-east-1", endpoint_url=server.url) as medical,
    ):
        await medical.detect_phi(Text="well")

    assert [request.headers["x-amz-target"] for request in server.received] == ["ComprehendMedical_20181030.DetectPHI"]


@pytest.mark.parametrize("mode", RETRY_MODES)
async def test_a_blocked_request_is_not_retried(client: ClientFactory, mode: Any) -> None:
    config = AioConfig(retries={"mode": mode, "total_max_attempts": 4})
    async with mock_aws(), client(MISSING, region_name="us-east-1", config=config) as medical:
        counter = Counter(medical)
        with pytest.raises(RequestBlockedError):
            await medical.detect_phi(Text="well")

    assert counter.attempts == 1


@pytest.mark.parametrize("mode", RETRY_MODES)
def test_a_blocked_request_is_not_retried_by_boto3(mode: Any) -> None:
    with mock_aws():
        medical = boto3.client(MISSING, config=Config(retries={"mode": mode, "total_max_attempts": 4}))
        counter = Counter(medical)
        with pytest.raises(RequestBlockedError):
            medical.detect_phi(Text="well")

    assert counter.attempts == 1


@pytest.mark.parametrize(
    ("service", "operation", "named"),
    [
        pytest.param("ssm", "get_inventory_schema", "get_inventory_schema", id="no-action"),
        pytest.param("lambda", "get_account_settings", "GetAccountSettings", id="no-path"),
    ],
)
async def test_an_operation_that_moto_lacks_is_not_implemented_by_name(
    client: ClientFactory, service: str, operation: str, named: str
) -> None:
    async with mock_aws(), client(service, region_name="us-east-1") as aws:
        counter = Counter(aws)
        with pytest.raises(NotImplementedError, match=named):
            await getattr(aws, operation)()
        with pytest.raises(NotImplementedError, match=named):
            getattr(boto3.client(service, region_name="us-east-1"), operation)()

    assert counter.attempts == 1


async def test_a_host_that_is_nobodys_is_blocked(stack: Stack) -> None:
    async with mock_aws(), stack.session_class() as session:
        with pytest.raises(RequestBlockedError, match=r"a request \(GET http://service\.test/\) was blocked"):
            await session.send(AWSPreparedRequest("GET", "http://service.test/", HeadersDict(), None, False))


NO_URLS = ["https://[::/", "https://a]b/", "https://s3.amazonaws.com:99999/", "https://s3.amazonaws\u2100.com/"]


@pytest.mark.parametrize("url", NO_URLS)
async def test_a_url_that_has_no_meaning_is_an_error_of_the_clients_session(stack: Stack, url: str) -> None:
    async with mock_aws(), stack.session_class() as session:
        with pytest.raises(HTTPClientError):
            await session.send(AWSPreparedRequest("GET", url, HeadersDict(), None, False))


@pytest.mark.parametrize("mock", [nullcontext, mock_aws], ids=["real", "mocked"])
@pytest.mark.parametrize("url", NO_URLS)
def test_a_url_that_has_no_meaning_is_an_error_of_boto3s_session(mock: Any, url: str) -> None:
    with mock(), pytest.raises(HTTPClientError):
        URLLib3Session().send(AWSPreparedRequest("GET", url, HeadersDict(), None, False))


def test_the_error_is_one_of_ours_and_none_of_botocores() -> None:
    assert RequestBlockedError.__mro__[1:3] == (AiomotoError, Exception)


# ---------------------------------------------------------------- Moto's other modes


def test_server_mode_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto.settings, "TEST_SERVER_MODE", True)
    with nothing_left_behind(), pytest.raises(AiomotoError, match="TEST_SERVER_MODE is set"), mock_aws():
        pass


def test_proxy_mode_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PROXY_MODE", "true")
    with nothing_left_behind(), pytest.raises(AiomotoError, match="TEST_PROXY_MODE is set"), mock_aws():
        pass


def test_a_mock_that_was_refused_starts_later(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = mock_aws()
    with monkeypatch.context() as patch:
        patch.setenv("TEST_PROXY_MODE", "true")
        with pytest.raises(AiomotoError, match="TEST_PROXY_MODE"):
            aws.start()
    with pytest.raises(RuntimeError, match="before start"):
        aws.stop()
    with nothing_left_behind(), aws:
        assert create_bucket("photos") == ["photos"]


# ---------------------------------------------------------------- clients that outlive their mock


async def test_a_client_from_inside_is_blocked_after_the_mock(client: ClientFactory) -> None:
    mock = mock_aws()
    mock.start()
    async with client("s3", region_name="us-east-1") as s3:
        await s3.list_buckets()
        mock.stop()
        counter = Counter(s3)
        with pytest.raises(
            RequestBlockedError, match=r"s3 ListBuckets .* created inside mock_aws\(\), which has ended"
        ):
            await s3.list_buckets()

    assert counter.attempts == 1


def test_a_client_of_boto3_from_inside_is_blocked_after_the_mock() -> None:
    with mock_aws():
        s3 = boto3.client("s3")
    counter = Counter(s3)

    with pytest.raises(RequestBlockedError, match=r"s3 ListBuckets .* created inside mock_aws\(\), which has ended"):
        s3.list_buckets()
    assert counter.attempts == 1


def test_what_is_blocked_is_named_also_where_the_host_names_the_bucket() -> None:
    with mock_aws():
        s3 = boto3.client("s3")

    for operation, call in {"PutObject": s3.put_object, "ListObjectsV2": s3.list_objects_v2}.items():
        arguments = {"Key": "1.jpg"} if operation == "PutObject" else {}
        with pytest.raises(RequestBlockedError, match=rf"s3 {operation} \(\w+ https://photos\.s3\."):
            call(Bucket="photos", **arguments)


def test_a_resource_of_boto3_from_inside_is_blocked_after_the_mock() -> None:
    with mock_aws():
        table = boto3.resource("dynamodb").Table("users")

    with pytest.raises(RequestBlockedError, match="dynamodb GetItem"):
        table.get_item(Key={"name": "ada"})


async def test_a_client_from_inside_serves_the_next_mock(client: ClientFactory) -> None:
    mock = mock_aws()
    mock.start()
    async with client("s3", region_name="us-east-1") as s3:
        mock.stop()
        async with mock_aws():
            create_bucket("photos")
            assert [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]] == ["photos"]
        with pytest.raises(RequestBlockedError):
            await s3.list_buckets()


@pytest.mark.parametrize("mock", [mock_aws, moto.mock_aws], ids=["aiomoto", "moto"])
def test_clients_of_boto3_from_inside_serve_the_next_mock(mock: Any) -> None:
    with mock_aws():
        s3, resource = boto3.client("s3"), boto3.resource("s3")

    with mock():
        resource.create_bucket(Bucket="photos")
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["photos"]
    with pytest.raises(RequestBlockedError):
        s3.list_buckets()


async def test_a_client_from_inside_for_another_endpoint_never_reaches_it_later(
    client: ClientFactory, server: LoopbackServer
) -> None:
    mock = mock_aws()
    mock.start()
    async with client("s3", region_name="us-east-1", endpoint_url=server.url) as s3:
        await s3.list_buckets()
        mock.stop()
        with pytest.raises(RequestBlockedError, match=server.url):
            await s3.list_buckets()

    assert server.received == []


# ---------------------------------------------------------------- clients from before

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "mine"}


async def test_a_client_from_before_is_mocked_inside_and_real_after(
    client: ClientFactory, server: LoopbackServer
) -> None:
    async with client("s3", endpoint_url=server.url, **KEYS) as s3:
        async with mock_aws():
            create_bucket("photos")
            assert [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]] == ["photos"]
            assert server.received == []
        await s3.delete_object(Bucket="photos", Key="after")

    # httpx writes the whole URL into the request line.
    assert [request.target.removeprefix(server.url) for request in server.received] == ["/photos/after"]


def test_a_client_of_boto3_from_before_is_mocked_inside_and_real_after(server: LoopbackServer) -> None:
    s3 = boto3.client("s3", endpoint_url=server.url, **KEYS)
    s3.delete_object(Bucket="photos", Key="before")
    with mock_aws():
        s3.create_bucket(Bucket="photos")
        assert bucket_names() == ["photos"]
    s3.delete_object(Bucket="photos", Key="after")

    assert [request.target for request in server.received] == ["/photos/before", "/photos/after"]


def test_a_resource_of_boto3_from_before_is_mocked_inside_and_real_after(server: LoopbackServer) -> None:
    thing = boto3.resource("s3", endpoint_url=server.url, **KEYS).Object("photos", "thing")
    with mock_aws():
        create_bucket("photos")
        thing.put(Body=b"inside")
    thing.put(Body=b"after")

    assert [request.body for request in server.received] == [b"after"]


def test_a_path_that_moto_lacks_says_what_to_do() -> None:
    message = r"has no such path\. Let it pass .*passthrough(.|\n)*aws\.answers\.add"
    with mock_aws(), pytest.raises(NotImplementedError, match=message):
        boto3.client("lambda", region_name="us-east-1").get_account_settings()


FIRST_MOCK = """
import asyncio
import aiohttp, boto3, requests
from aiobotocore.session import get_session
from aiomoto import mock_aws
from tests.snapshot import nothing_left_behind

async def list_buckets():
    async with get_session().create_client("s3", "us-east-1") as s3:
        await s3.list_buckets()

with nothing_left_behind():
    with mock_aws():
        asyncio.run(list_buckets())
        boto3.client("sqs", "us-east-1").list_queues()
"""


@pytest.mark.thorough
def test_the_first_mock_of_a_process_leaves_nothing_behind() -> None:
    # Later mocks, which all other tests look at, begin with whatever the first one has left.
    result = run_source(FIRST_MOCK)

    assert (result.returncode, result.stderr) == (0, "")
