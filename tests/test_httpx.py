"""aiobotocore's httpx backend, on asyncio and on trio: genuine responses, and clients that work in full."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, ClassVar

import anyio
import anyio.lowlevel
import boto3
import pytest
from aiobotocore import httpxsession
from aiobotocore.awsrequest import HttpxAWSResponse
from aiobotocore.config import AioConfig
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session
from botocore.exceptions import ClientError, EndpointConnectionError

import aiomoto
from aiomoto import AioSession, RequestBlockedError, mock_aws
from tests.conftest import STACKS, ClientFactory
from tests.loopback import Answer, LoopbackServer, loopback_server

# Over httpx only, on each of its loops.
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("stack"),
    pytest.mark.parametrize(
        "stack", [stack for stack in STACKS if stack.name == "httpx"], ids=lambda stack: stack.loop, indirect=True
    ),
]

# The module that aiobotocore picked: httpx2, else httpx.
httpx = httpxsession.httpx
KEYS = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}
BODY = bytes(range(256)) * 1200  # 300 KiB


class Keeping(HttpxSession):  # type: ignore[misc]
    """A user's own session class, which keeps what its ``send`` gives back."""

    answers: ClassVar[list[Any]] = []

    async def send(self, request: Any) -> Any:
        """Send, and keep the answer."""
        answer = await super().send(request)
        self.answers.append(answer)
        return answer


@pytest.fixture(autouse=True)
def _keep_nothing_of_other_tests() -> None:
    Keeping.answers.clear()


def connect(session_class: Any, *, endpoint_url: str | None = None, **options: Any) -> AbstractAsyncContextManager[Any]:
    """An S3 client over a session class."""
    context: AbstractAsyncContextManager[Any] = get_session().create_client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoint_url,
        config=AioConfig(http_session_cls=session_class, **options),
        **KEYS,
    )
    return context


def put_report(key: str = "a.txt", body: bytes = BODY) -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key=key, Body=body)


def bucket_names() -> list[str]:
    return sorted(bucket["Name"] for bucket in boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"])


# ---------------------------------------------------------------- the session


def test_the_session_to_wire_by_hand_is_a_httpx_session() -> None:
    assert issubclass(aiomoto.MotoHttpxSession, HttpxSession)


async def test_a_client_made_inside_the_mock_stays_an_httpx_client(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        # Where s3fs looks for it too.
        assert isinstance(s3._endpoint.http_session, HttpxSession)  # noqa: SLF001


async def test_a_users_subclass_sees_its_requests_and_is_mocked() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        await s3.create_bucket(Bucket="reports")

        assert [answer.status_code for answer in Keeping.answers] == [200]
        assert bucket_names() == ["reports"]


async def test_a_subclass_of_the_wired_session_needs_no_mock() -> None:
    class Counting(aiomoto.MotoHttpxSession):
        sent = 0

        async def send(self, request: Any) -> Any:
            Counting.sent += 1
            return await super().send(request)

    async with AioSession(http_session_cls=Counting).create_client("s3") as s3:
        await s3.list_buckets()

    assert Counting.sent == 1


async def test_a_subclass_that_sends_by_itself_is_refused() -> None:
    class OnItsOwn(HttpxSession):  # type: ignore[misc]
        async def send(self, request: Any) -> Any:
            raise AssertionError("sent past the mock")

    with mock_aws(), pytest.raises(RequestBlockedError, match="OnItsOwn"):
        await connect(OnItsOwn).__aenter__()


# ---------------------------------------------------------------- the response


async def test_the_response_is_one_of_the_httpx_that_aiobotocore_picked() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")

    assert type(Keeping.answers[-1]) is HttpxAWSResponse
    assert type(Keeping.answers[-1].raw) is httpx.Response


def what_it_tells(answer: HttpxAWSResponse) -> dict[str, Any]:
    """What can be read off an answer while its body is still to come."""
    raw = answer.raw
    of_httpx = {"accept", "accept-encoding", "connection"}
    return {
        "url": answer.url,
        "status": answer.status_code,
        "headers": answer.headers.items(),
        "raw status": (raw.http_version, raw.status_code, raw.reason_phrase, raw.is_success),
        "raw headers": raw.headers.raw,
        "raw url": str(raw.url),
        "request": (raw.request.method, str(raw.request.url), set(raw.request.headers) - of_httpx),
        "text": (raw.encoding, raw.charset_encoding),
        "redirects": (raw.history, raw.next_request),
        "stream": (raw.is_closed, raw.is_stream_consumed, raw.num_bytes_downloaded),
    }


@pytest.mark.parametrize("key", ["a.txt", "a b/../ü%20//c?d#e"], ids=["plain", "odd"])
async def test_the_response_tells_what_one_from_a_socket_tells(key: str) -> None:
    with loopback_server() as server:
        async with mock_aws(), connect(Keeping, endpoint_url=server.url) as s3:
            put_report(key)
            await s3.get_object(Bucket="reports", Key=key)
        answer_alike(server, Keeping.answers[-1])
        async with connect(Keeping, endpoint_url=server.url) as s3:
            got = await s3.get_object(Bucket="reports", Key=key)
            mocked, sent = map(what_it_tells, Keeping.answers)
            await got["Body"].read()

    assert len(server.received) == 1
    assert mocked == sent


def answer_alike(server: LoopbackServer, answer: HttpxAWSResponse) -> None:
    raw = answer.raw
    pairs = tuple((name.decode(), value.decode()) for name, value in raw.headers.raw)
    server.answer = Answer(raw.status_code, pairs, BODY)


async def test_a_body_comes_in_chunks_of_at_most_64_kib() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")
        chunks = [chunk async for chunk in Keeping.answers[-1].raw.aiter_raw()]

    assert [len(chunk) for chunk in chunks] == [65536, 65536, 65536, 65536, 45056]
    assert b"".join(chunks) == BODY


async def test_other_tasks_have_turns_between_the_chunks() -> None:
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with mock_aws(), connect(Keeping) as s3, anyio.create_task_group() as tasks:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")
        tasks.start_soon(take_turns)
        async for _ in Keeping.answers[-1].raw.aiter_raw():
            turns_before_the_last_chunk = turns
        tasks.cancel_scope.cancel()

    # One for each of the four gaps; the loop is free to choose who is first in the last of them.
    assert turns_before_the_last_chunk >= 3


async def read_on_after_close() -> str:
    """The kind of error of reading on from a response that was closed half way."""
    raw = Keeping.answers[-1].raw
    async with aclosing(raw.aiter_raw()) as stream:
        await stream.__anext__()
        await raw.aclose()
        try:
            async for _ in stream:
                pass  # what had come in already
        except Exception as error:
            return type(error).__name__
    return "none"


async def test_a_response_closed_half_way_cannot_be_read_on_as_over_a_socket() -> None:
    with loopback_server() as server:
        async with mock_aws(), connect(Keeping, endpoint_url=server.url) as s3:
            put_report()
            await s3.get_object(Bucket="reports", Key="a.txt")
            mocked = await read_on_after_close()
        answer_alike(server, Keeping.answers[-1])
        async with connect(Keeping, endpoint_url=server.url) as s3:
            await s3.get_object(Bucket="reports", Key="a.txt")
            sent = await read_on_after_close()

    assert (mocked, sent) == ("ReadError", "ReadError")


async def test_a_response_closed_half_way_leaves_the_client_working() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await s3.get_object(Bucket="reports", Key="a.txt")
        raw = Keeping.answers[-1].raw
        async with aclosing(raw.aiter_raw()) as stream:
            first = await stream.__anext__()
            await raw.aclose()

        assert (first, raw.is_closed) == (BODY[:65536], True)
        assert await (await s3.get_object(Bucket="reports", Key="a.txt"))["Body"].read() == BODY


async def test_a_response_that_was_read_knows_how_long_it_took() -> None:
    async with mock_aws(), connect(Keeping) as s3:
        put_report()
        await (await s3.get_object(Bucket="reports", Key="a.txt"))["Body"].read()

    assert Keeping.answers[-1].raw.elapsed.total_seconds() >= 0


# ---------------------------------------------------------------- clients


async def test_an_error_of_the_service_is_a_client_error(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        with pytest.raises(ClientError, match="does not exist"):
            await sqs.get_queue_url(QueueName="jobs")


async def test_pages_follow_one_another(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        for key in "abcde":
            await s3.put_object(Bucket="reports", Key=key)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket="reports", PaginationConfig={"PageSize": 2})
        found = [[each["Key"] for each in page["Contents"]] async for page in pages]

    assert found == [["a", "b"], ["c", "d"], ["e"]]


async def test_pages_can_be_taken_apart_by_result_key(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        for key in ("a", "b", "c", "d/1", "e/1"):
            await s3.put_object(Bucket="reports", Key=key)
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket="reports", Delimiter="/", PaginationConfig={"PageSize": 2}
        )
        contents, prefixes = pages.result_key_iters()
        found = [each["Key"] async for each in contents], [each["Prefix"] async for each in prefixes]

    assert found == (["a", "b", "c"], ["d/", "e/"])


async def test_a_waiter_looks_again_until_it_is_there(client: ClientFactory) -> None:
    looks = 0

    def arrive_late(**kwargs: Any) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="reports")

    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        s3.meta.events.register("before-call.s3.HeadBucket", arrive_late)
        await s3.get_waiter("bucket_exists").wait(Bucket="reports", WaiterConfig={"Delay": 0, "MaxAttempts": 5})

    assert looks == 3


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
async def test_a_failed_attempt_is_repeated_after_a_back_off(mode: str) -> None:
    attempts = 0

    def fail_once(**kwargs: Any) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise EndpointConnectionError(endpoint_url="https://reports.s3.amazonaws.com")

    async with mock_aws(), connect(HttpxSession, retries={"mode": mode}) as s3:
        await s3.create_bucket(Bucket="reports")
        s3.meta.events.register("before-send.s3.PutObject", fail_once)
        put = await s3.put_object(Bucket="reports", Key="a.txt", Body=b"first and second time")
        got = await s3.get_object(Bucket="reports", Key="a.txt")
        body = await got["Body"].read()

    assert put["ResponseMetadata"]["RetryAttempts"] == 1
    assert body == b"first and second time"


async def test_many_requests_at_once_are_all_answered(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:

        async def create(number: int) -> None:
            await s3.create_bucket(Bucket=f"bucket-{number:02}")

        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(create, number)

        assert bucket_names() == [f"bucket-{number:02}" for number in range(50)]


@mock_aws
async def test_a_decorated_test_is_mocked(client: ClientFactory) -> None:
    async with client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")

    assert bucket_names() == ["reports"]


async def test_with_mocks_what_async_with_mocks(client: ClientFactory) -> None:
    with mock_aws():
        async with client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="reports")

        assert bucket_names() == ["reports"]


# ---------------------------------------------------------------- wired by hand


async def test_a_wired_aio_session_needs_no_mock() -> None:
    async with AioSession(http_session_cls=aiomoto.MotoHttpxSession).create_client("sns") as sns:
        topic = await sns.create_topic(Name="alarms")
        await sns.delete_topic(TopicArn=topic["TopicArn"])

    assert topic["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:alarms"


async def test_a_wired_config_needs_no_mock() -> None:
    async with connect(aiomoto.MotoHttpxSession) as s3:
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="a.txt", Body=b"hello")
        got = await s3.get_object(Bucket="reports", Key="a.txt")
        body = await got["Body"].read()
        await s3.delete_object(Bucket="reports", Key="a.txt")
        await s3.delete_bucket(Bucket="reports")

    assert body == b"hello"
    assert isinstance(got["Body"].raw_stream if hasattr(got["Body"], "raw_stream") else got["Body"], httpx.Response)


async def test_a_wired_client_shares_the_data_of_a_mock() -> None:
    async with AioSession(http_session_cls=aiomoto.MotoHttpxSession).create_client("s3") as s3:
        with mock_aws():
            await s3.create_bucket(Bucket="reports")
            assert bucket_names() == ["reports"]
