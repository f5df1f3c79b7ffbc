"""aiobotocore over httpx and the network: nothing is opened but for what is let out, before a mock and after it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any, NoReturn

import anyio
import boto3
import pytest
from aiobotocore import httpxsession
from aiobotocore.httpxsession import HttpxSession
from botocore.exceptions import EndpointConnectionError

import aiomoto
from aiomoto import RequestBlockedError, mock_aws
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.over_httpx import ON_EACH_LOOP, connect

pytestmark = [*ON_EACH_LOOP, pytest.mark.thorough]

# The module that aiobotocore picked: httpx2, else httpx.
httpx = httpxsession.httpx
# What the server answers when it is asked for its buckets.
LIST = (
    b'<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    b"<Buckets><Bucket><Name>from-the-server</Name></Bucket></Buckets></ListAllMyBucketsResult>"
)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as running:
        running.answer = Answer(200, (("content-type", "application/xml"),), LIST)
        yield running


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The httpx clients that are made from here on, each with a connection pool of its own."""
    made = []
    real = httpx.AsyncClient.__init__

    def note(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        made.append(self)

    monkeypatch.setattr(httpx.AsyncClient, "__init__", note)
    return made


@pytest.fixture
def _nothing_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it an error to build a TLS context or a connection pool."""

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise AssertionError("built for the network")

    monkeypatch.setattr(ssl.SSLContext, "__new__", refuse)
    monkeypatch.setattr(httpx.AsyncClient, "__init__", refuse)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "__init__", refuse)


def let_out(server: LoopbackServer) -> dict[str, Any]:
    return {"core": {"passthrough": {"urls": [f"{server.url}/"]}}}


async def bucket_names(s3: Any) -> list[str]:
    return [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]]


# ---------------------------------------------------------------- nothing is opened


@pytest.mark.usefixtures("_nothing_opens")
async def test_a_client_in_a_mock_builds_no_tls_context_and_no_pool() -> None:
    async with mock_aws(), connect() as s3:
        await s3.create_bucket(Bucket="reports")

        assert await bucket_names(s3) == ["reports"]


@pytest.mark.usefixtures("_nothing_opens")
async def test_a_client_wired_by_hand_builds_no_tls_context_and_no_pool() -> None:
    async with connect(aiomoto.MotoHttpxSession) as s3:
        assert (await s3.list_buckets())["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.usefixtures("_nothing_opens")
async def test_certificates_are_not_looked_for() -> None:
    async with mock_aws(), connect(verify="/nonexistent/authorities.pem") as s3:
        assert await bucket_names(s3) == []


@pytest.mark.usefixtures("_nothing_opens")
@pytest.mark.parametrize("wired", [False, True], ids=["mocked", "wired-by-hand"])
async def test_only_a_request_that_is_let_out_builds_them(server: LoopbackServer, wired: bool) -> None:
    session_class = aiomoto.MotoHttpxSession if wired else HttpxSession
    async with mock_aws(config=let_out(server)), connect(session_class, endpoint_url=server.url) as s3:
        with pytest.raises(AssertionError, match="built for the network"):
            await s3.list_buckets()


# ---------------------------------------------------------------- what is let out


@pytest.mark.parametrize("wired", [False, True], ids=["mocked", "wired-by-hand"])
async def test_a_request_that_is_let_out_arrives_at_its_server(server: LoopbackServer, wired: bool) -> None:
    session_class = aiomoto.MotoHttpxSession if wired else HttpxSession
    async with mock_aws(config=let_out(server)), connect(session_class, endpoint_url=server.url) as s3:
        assert await bucket_names(s3) == ["from-the-server"]

    assert [request.method for request in server.received] == ["GET"]


async def test_requests_that_are_not_let_out_stay_inside(server: LoopbackServer) -> None:
    async with mock_aws(config=let_out(server)), connect(endpoint_url=server.url), connect() as s3:
        await s3.create_bucket(Bucket="reports")

        assert await bucket_names(s3) == ["reports"]

    assert server.received == []


async def test_a_body_that_is_let_out_arrives_whole(server: LoopbackServer) -> None:
    body = bytes(range(256)) * 1200
    async with mock_aws(config=let_out(server)), connect(endpoint_url=server.url) as s3:
        await s3.put_object(Bucket="reports", Key="a.bin", Body=body)

    assert [request.body for request in server.received] == [body]


async def test_a_response_from_outside_is_streamed(server: LoopbackServer) -> None:
    server.answer = Answer(200, (), b"x" * 300_000)
    async with mock_aws(config=let_out(server)), connect(endpoint_url=server.url) as s3:
        got = await s3.get_object(Bucket="reports", Key="a.bin")

        assert await got["Body"].read() == b"x" * 300_000


async def test_the_first_requests_may_go_out_at_once(server: LoopbackServer, pools: list[Any]) -> None:
    names: list[list[str]] = []
    async with mock_aws(config=let_out(server)), connect(endpoint_url=server.url) as s3:

        async def ask() -> None:
            names.append(await bucket_names(s3))

        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(ask)

    assert names == [["from-the-server"]] * 8
    assert len(pools) == 1


async def test_the_pool_is_closed_with_the_client(server: LoopbackServer, pools: list[Any]) -> None:
    async with mock_aws(config=let_out(server)):
        async with connect(endpoint_url=server.url) as s3:
            await s3.list_buckets()
            assert [pool.is_closed for pool in pools] == [False]

        assert [pool.is_closed for pool in pools] == [True]


async def test_the_pool_is_closed_with_the_client_after_the_mock(server: LoopbackServer, pools: list[Any]) -> None:
    with mock_aws(config=let_out(server)):
        context = connect(endpoint_url=server.url)
        s3 = await context.__aenter__()
        await s3.list_buckets()
    await context.__aexit__(None, None, None)

    assert [pool.is_closed for pool in pools] == [True]


async def test_a_cancelled_first_request_leaves_the_client_working(server: LoopbackServer, pools: list[Any]) -> None:
    async with mock_aws(config=let_out(server)):
        async with connect(endpoint_url=server.url) as s3:
            with anyio.CancelScope() as scope:
                scope.cancel()
                await s3.list_buckets()
            assert scope.cancelled_caught
            assert await bucket_names(s3) == ["from-the-server"]

        assert [pool.is_closed for pool in pools] == [True]


async def test_a_server_that_is_not_there_is_the_clients_own_error(server: LoopbackServer) -> None:
    config = let_out(server)
    server.shutdown()
    server.server_close()
    async with mock_aws(config=config), connect(endpoint_url=server.url) as s3:
        with pytest.raises(EndpointConnectionError):
            await s3.list_buckets()


async def test_a_subclass_that_sends_by_itself_may_be_let_out(server: LoopbackServer) -> None:
    class OnItsOwn(HttpxSession):  # type: ignore[misc]
        async def send(self, request: Any) -> Any:
            raise ZeroDivisionError("its own way")

    async with mock_aws(config=let_out(server)), connect(OnItsOwn, endpoint_url=server.url) as s3:
        with pytest.raises(ZeroDivisionError, match="its own way"):
            await s3.list_buckets()


# ---------------------------------------------------------------- before and after a mock


async def test_a_client_from_before_the_mock_is_mocked_inside_and_real_again_after(server: LoopbackServer) -> None:
    async with connect(endpoint_url=server.url) as s3:
        before = await bucket_names(s3)
        async with mock_aws():
            await s3.create_bucket(Bucket="reports")
            inside = await bucket_names(s3)
        after = await bucket_names(s3)

    assert (before, inside, after) == (["from-the-server"], ["reports"], ["from-the-server"])
    assert len(server.received) == 2


async def test_a_client_that_was_first_used_inside_the_mock_is_real_after_it(server: LoopbackServer) -> None:
    async with connect(endpoint_url=server.url) as s3:
        async with mock_aws():
            inside = await bucket_names(s3)
        after = await bucket_names(s3)

    assert (inside, after) == ([], ["from-the-server"])


async def test_a_client_from_inside_the_mock_is_blocked_after_it(server: LoopbackServer) -> None:
    async with mock_aws():
        context = connect(endpoint_url=server.url)
        s3 = await context.__aenter__()

    with pytest.raises(RequestBlockedError, match=r"s3 ListBuckets .* created inside mock_aws\(\), which has ended"):
        await s3.list_buckets()
    await context.__aexit__(None, None, None)

    assert server.received == []


async def test_a_client_from_inside_the_mock_serves_the_next_one() -> None:
    async with mock_aws():
        context = connect()
        s3 = await context.__aenter__()
        await s3.create_bucket(Bucket="reports")

    async with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="photos")
        assert await bucket_names(s3) == ["photos"]
        await context.__aexit__(None, None, None)


async def test_a_client_that_was_let_out_is_blocked_after_the_mock(server: LoopbackServer) -> None:
    async with mock_aws(config=let_out(server)):
        context = connect(endpoint_url=server.url)
        s3 = await context.__aenter__()
        await s3.list_buckets()

    with pytest.raises(RequestBlockedError, match="created inside"):
        await s3.list_buckets()
    await context.__aexit__(None, None, None)

    assert len(server.received) == 1
