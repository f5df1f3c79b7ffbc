"""aiohttp's own client at AWS: its streams, its ways to send a body, its errors, and aiobotocore's use of it."""

from __future__ import annotations

import asyncio
import gc
import warnings
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiobotocore.session import get_session
from yarl import URL

from aiomoto import MockAWS, RequestBlockedError, mock_aws
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.test_presigned import LARGE, PHOTO, photo, put_photo, s3
from tests.test_presigned import aws as aws  # a fixture
from tests.test_presigned import server as server  # a fixture

pytestmark = pytest.mark.anyio


def url_to(operation: str) -> URL:
    return URL(s3().generate_presigned_url(operation, Params=PHOTO), encoded=True)


# ---------------------------------------------------------------- responses


@pytest.mark.usefixtures("aws")
async def test_a_large_body_streams_in_chunks() -> None:
    put_photo(s3(), LARGE)
    async with aiohttp.ClientSession() as session, session.get(url_to("get_object")) as response:
        assert isinstance(response.content, aiohttp.StreamReader)
        assert response.content_length == len(LARGE)
        chunks = [chunk async for chunk in response.content.iter_chunked(100_000)]

    assert b"".join(chunks) == LARGE
    assert max(map(len, chunks)) <= 100_000


@pytest.mark.usefixtures("aws")
async def test_no_more_of_a_body_arrives_than_is_read() -> None:
    put_photo(s3(), LARGE)
    async with aiohttp.ClientSession() as session, session.get(url_to("get_object")) as response:
        await response.content.readany()
        await asyncio.sleep(0)
        assert response.content.total_bytes < len(LARGE) // 4


@pytest.mark.usefixtures("aws")
async def test_a_response_may_be_left_unread() -> None:
    put_photo(s3(), LARGE)
    async with aiohttp.ClientSession() as session:
        async with session.get(url_to("get_object")) as response:
            await response.content.read(10)
        async with session.get(url_to("get_object")) as response:
            assert await response.read() == LARGE


@pytest.mark.usefixtures("aws")
async def test_a_semicolon_is_part_of_the_key() -> None:
    put_photo(s3())
    named = PHOTO | {"Key": f"{PHOTO['Key']};v=2"}

    def url(operation: str) -> str:
        # As a text: aiohttp then sends the semicolon as it is, though it was quoted when it was signed.
        text: str = s3().generate_presigned_url(operation, Params=named)
        return text

    async with aiohttp.ClientSession() as session:
        async with session.put(url("put_object"), data=b"another"):
            pass
        async with session.get(url("get_object")) as response:
            assert (response.status, await response.read()) == (200, b"another")
        async with session.delete(url("delete_object")):
            pass

    assert photo(s3()) == b"0123456789"
    assert [each["Key"] for each in s3().list_objects_v2(Bucket="photos")["Contents"]] == [PHOTO["Key"]]


@pytest.mark.usefixtures("aws")
def test_a_response_that_nobody_reads_may_outlive_its_loop(capsys: pytest.CaptureFixture[str]) -> None:
    put_photo(s3(), LARGE)

    async def request() -> aiohttp.ClientResponse:
        async with aiohttp.ClientSession() as session:
            return await session.get(url_to("get_object"))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # aiohttp's own, as over a network
        response = asyncio.run(request())
        del response
        gc.collect()

    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("aws")
async def test_a_compressed_object_is_expanded_as_ever() -> None:
    plain = s3(request_checksum_calculation="when_required")  # old versions of Moto keep "aws-chunked" as an encoding
    plain.put_object(**PHOTO, Body=zlib.compress(LARGE), ContentEncoding="deflate")
    async with aiohttp.ClientSession() as session, session.get(url_to("get_object")) as response:
        assert await response.read() == LARGE
    async with aiohttp.ClientSession(auto_decompress=False) as session, session.get(url_to("get_object")) as response:
        assert await response.read() == zlib.compress(LARGE)


@pytest.mark.usefixtures("aws")
async def test_an_error_status_is_raised_where_that_is_asked_for() -> None:
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        with pytest.raises(aiohttp.ClientResponseError) as caught:
            await session.get(url_to("get_object"))

    assert (caught.value.status, caught.value.message) == (404, "Not Found")


@pytest.mark.usefixtures("aws")
async def test_cookies_are_the_sessions_own(server: LoopbackServer) -> None:
    server.answer = Answer(200, (("set-cookie", "seen=yes"),))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        await (await session.get(server.url)).read()
        await (await session.get(url_to("get_object"))).read()
        await (await session.get(server.url)).read()
        assert [(cookie.key, cookie.value) for cookie in session.cookie_jar] == [("seen", "yes")]

    assert [request.headers.get("cookie") for request in server.received] == [None, "seen=yes"]


@pytest.mark.usefixtures("aws")
async def test_the_sessions_traces_see_the_request() -> None:
    seen: list[str] = []
    trace = aiohttp.TraceConfig()
    for name in ("request_start", "connection_create_end", "request_headers_sent", "response_chunk_received"):

        async def note(session: Any, context: Any, params: Any, name: str = name) -> None:
            seen.append(name)

        getattr(trace, f"on_{name}").append(note)
    put_photo(s3())
    async with aiohttp.ClientSession(trace_configs=[trace]) as session, session.get(url_to("get_object")) as response:
        await response.read()

    assert seen == ["request_start", "connection_create_end", "request_headers_sent", "response_chunk_received"]


# ---------------------------------------------------------------- bodies


async def slow_pieces() -> AsyncIterator[bytes]:
    for index in range(0, len(LARGE), 1 << 20):
        await asyncio.sleep(0)
        yield LARGE[index : index + (1 << 20)]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "options",
    [{}, {"headers": {"Content-Length": str(len(LARGE))}}, {"expect100": True}],
    ids=["chunked", "with-length", "expect-100"],
)
async def test_a_body_that_comes_in_pieces_is_sent_whole(options: dict[str, Any]) -> None:
    async with aiohttp.ClientSession() as session:
        response = await session.put(url_to("put_object"), data=slow_pieces(), **options)
        assert response.status == 200

    assert photo(s3()) == LARGE


async def broken_pieces() -> AsyncIterator[bytes]:
    yield b"one"
    raise KeyError("two")


@pytest.mark.usefixtures("aws")
async def test_a_body_that_breaks_off_is_not_stored() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises((aiohttp.ClientError, KeyError)):
            await session.put(url_to("put_object"), data=broken_pieces())

    assert "Contents" not in s3().list_objects_v2(Bucket="photos")


# ---------------------------------------------------------------- waiting

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
POLL = {"Action": "ReceiveMessage", "WaitTimeSeconds": "20"}


async def create_queue(sqs: Any) -> None:
    await sqs.create_queue(QueueName="jobs")


async def begun(aws: MockAWS) -> None:
    """Wait until the poll has come to Moto."""
    for _ in range(100):
        await asyncio.sleep(0)
    aws.calls.assert_called_once("sqs", "ReceiveMessage")


async def test_a_long_poll_holds_up_nobody_and_ends_when_a_message_comes(aws: MockAWS) -> None:
    async with get_session().create_client("sqs", region_name="us-east-1") as sqs, aiohttp.ClientSession() as session:
        await create_queue(sqs)
        poll = asyncio.create_task(session.post(QUEUE, data=POLL))
        await begun(aws)
        assert not poll.done()
        await sqs.send_message(QueueUrl=QUEUE, MessageBody="sweep")
        response = await asyncio.wait_for(poll, 10)

        assert "<Body>sweep</Body>" in await response.text()


async def test_a_long_poll_can_be_cancelled(aws: MockAWS) -> None:
    async with get_session().create_client("sqs", region_name="us-east-1") as sqs, aiohttp.ClientSession() as session:
        await create_queue(sqs)
        poll = asyncio.create_task(session.post(QUEUE, data=POLL))
        await begun(aws)
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
        await sqs.send_message(QueueUrl=QUEUE, MessageBody="sweep")

        assert len((await sqs.receive_message(QueueUrl=QUEUE))["Messages"]) == 1  # nobody took it


@pytest.mark.usefixtures("aws")
async def test_the_sessions_total_timeout_ends_a_long_poll() -> None:
    timeout = aiohttp.ClientTimeout(total=0.05)
    async with get_session().create_client("sqs", region_name="us-east-1") as sqs:
        await create_queue(sqs)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            with pytest.raises(asyncio.TimeoutError):
                await session.post(QUEUE, data=POLL)


# ---------------------------------------------------------------- aiobotocore's own use of it


async def test_what_aiobotocore_sends_is_answered_once(aws: MockAWS) -> None:
    aws.calls.clear()
    async with get_session().create_client("s3", region_name="us-east-1") as client:
        await client.put_object(**PHOTO, Body=b"...")

    assert [(call.operation, call.backend) for call in aws.calls] == [("PutObject", "aiohttp")]


async def test_what_aiobotocore_sends_past_the_mock_is_sent_once() -> None:
    with loopback_server() as server:
        passthrough = {"core": {"passthrough": {"services": ["s3"]}}}
        async with (
            mock_aws(config=passthrough) as aws,
            get_session().create_client("s3", region_name="us-east-1", endpoint_url=server.url) as client,
        ):
            await client.put_object(**PHOTO, Body=b"...")
            assert list(aws.calls) == []

    assert [request.method for request in server.received] == ["PUT"]


# ---------------------------------------------------------------- other ways to connect


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("proxy", [None, "http://proxy.test:3128"], ids=["direct", "proxy"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_is_not_asked(scheme: str, proxy: str | None) -> None:
    put_photo(s3())
    async with (
        aiohttp.ClientSession() as session,
        session.get(url_to("get_object").with_scheme(scheme), proxy=proxy) as response,
    ):
        assert await response.read() == b"0123456789"


@pytest.mark.usefixtures("aws")
async def test_a_session_that_was_open_before_the_mock_is_answered_in_it() -> None:
    put_photo(s3())
    url = url_to("get_object")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        for _ in range(3):
            async with session.get(url) as response:
                assert await response.read() == b"0123456789"


@pytest.mark.usefixtures("aws")
async def test_a_websocket_to_aws_is_blocked() -> None:
    url = "wss://abc123.execute-api.us-east-1.amazonaws.com/prod"
    async with aiohttp.ClientSession() as session:
        with pytest.raises((NotImplementedError, RequestBlockedError), match="execute-api"):
            await session.ws_connect(url)
