"""One AWS for all: whichever client, thread or event loop writes, every other reads."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import anyio.to_thread
import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from aiomoto import RequestBlockedError, mock_aws
from tests.conftest import ClientFactory, Stack
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.programs import run_cold
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.thorough

Result = TypeVar("Result")

TABLE: dict[str, Any] = {
    "TableName": "users",
    "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "name", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


# ---------------------------------------------------------------- boto3 and aiobotocore


def _write_with_client() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key="a", Body=b"written")


def _write_with_resource() -> None:
    bucket = boto3.resource("s3", region_name="us-east-1").create_bucket(Bucket="reports")
    bucket.put_object(Key="a", Body=b"written")


def _read_with_client() -> bytes:
    body: bytes = boto3.client("s3", region_name="us-east-1").get_object(Bucket="reports", Key="a")["Body"].read()
    return body


def _read_with_resource() -> bytes:
    body: bytes = boto3.resource("s3", region_name="us-east-1").Object("reports", "a").get()["Body"].read()
    return body


async def _write(client: ClientFactory) -> None:
    async with client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="a", Body=b"written")


async def _read(client: ClientFactory) -> bytes:
    async with client("s3", region_name="us-east-1") as s3:
        got = await s3.get_object(Bucket="reports", Key="a")
        body: bytes = await got["Body"].read()
        return body


WRITERS = pytest.mark.parametrize("write", [_write_with_client, _write_with_resource], ids=["client", "resource"])
READERS = pytest.mark.parametrize("read", [_read_with_client, _read_with_resource], ids=["client", "resource"])


@pytest.mark.anyio
@WRITERS
async def test_aiobotocore_reads_what_boto3_wrote(client: ClientFactory, write: Callable[[], None]) -> None:
    async with mock_aws():
        write()

        assert await _read(client) == b"written"


@pytest.mark.anyio
@READERS
async def test_boto3_reads_what_aiobotocore_wrote(client: ClientFactory, read: Callable[[], bytes]) -> None:
    async with mock_aws():
        await _write(client)

        assert read() == b"written"


@pytest.mark.anyio
async def test_items_of_a_table_are_shared(client: ClientFactory) -> None:
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        table = boto3.resource("dynamodb", region_name="us-east-1").create_table(**TABLE)
        table.put_item(Item={"name": "ada", "born": 1815})
        await dynamodb.put_item(TableName="users", Item={"name": {"S": "bob"}})
        got = await dynamodb.get_item(TableName="users", Key={"name": {"S": "ada"}})

        assert got["Item"] == {"name": {"S": "ada"}, "born": {"N": "1815"}}
        assert table.get_item(Key={"name": "bob"})["Item"] == {"name": "bob"}


@pytest.mark.anyio
async def test_messages_of_a_queue_are_shared(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        queue = boto3.resource("sqs", region_name="us-east-1").create_queue(QueueName="jobs")
        await sqs.send_message(QueueUrl=queue.url, MessageBody="from aiobotocore")
        [message] = queue.receive_messages()
        message.delete()
        queue.send_message(MessageBody="from boto3")
        received = await sqs.receive_message(QueueUrl=queue.url)

    assert message.body == "from aiobotocore"
    assert [each["Body"] for each in received["Messages"]] == ["from boto3"]


@pytest.mark.anyio
async def test_regions_are_kept_apart_for_both(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="eu-west-1") as ireland:
        await ireland.create_queue(QueueName="jobs")

        assert len(boto3.client("sqs", region_name="eu-west-1").list_queues()["QueueUrls"]) == 1
        assert "QueueUrls" not in boto3.client("sqs", region_name="us-east-1").list_queues()


# ---------------------------------------------------------------- threads and event loops


def _in_thread(work: Callable[[], Result]) -> Result:
    """Run in a thread of its own, which inherits no context."""
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def _in_executor(work: Callable[[], Result]) -> Result:
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(work).result()


THREADS = pytest.mark.parametrize("run", [_in_thread, _in_executor], ids=["thread", "executor"])


@pytest.mark.anyio
@THREADS
async def test_boto3_in_another_thread_shares_the_data(client: ClientFactory, run: Callable[..., Any]) -> None:
    async with mock_aws():
        await anyio.to_thread.run_sync(run, _write_with_client)

        assert await _read(client) == b"written"
        assert await anyio.to_thread.run_sync(run, _read_with_client) == b"written"


@pytest.mark.anyio
@THREADS
async def test_aiobotocore_in_the_event_loop_of_another_thread_shares_the_data(
    client: ClientFactory, stack: Stack, run: Callable[..., Any]
) -> None:
    def in_a_loop(work: Callable[[ClientFactory], Awaitable[Any]]) -> Any:
        return run(lambda: anyio.run(work, client, backend=stack.loop))

    async with mock_aws():
        await anyio.to_thread.run_sync(in_a_loop, _write)

        assert await _read(client) == b"written"
        assert await anyio.to_thread.run_sync(in_a_loop, _read) == b"written"


def test_event_loops_one_after_another_share_the_data(client: ClientFactory, stack: Stack) -> None:
    with mock_aws():
        anyio.run(_write, client, backend=stack.loop)

        assert anyio.run(_read, client, backend=stack.loop) == b"written"


def test_an_event_loop_and_its_surroundings_share_the_data(client: ClientFactory, stack: Stack) -> None:
    with mock_aws():
        _write_with_client()
        body = anyio.run(_read, client, backend=stack.loop)

    assert body == b"written"


# ---------------------------------------------------------------- made before the mock

_BUCKETS = b"<ListAllMyBucketsResult><Buckets><Bucket><Name>real</Name></Bucket></Buckets></ListAllMyBucketsResult>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """What is real here: a server that has one bucket, and the credentials for it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "REALKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "REALSECRET")
    with loopback_server() as server:
        server.answer = Answer(200, (("content-type", "application/xml"),), _BUCKETS)
        yield server


def _names(listing: Any) -> list[str]:
    return [bucket["Name"] for bucket in listing.get("Buckets", [])]


@pytest.mark.anyio
async def test_a_client_from_before_the_mock_is_mocked_by_it_and_real_after(
    client: ClientFactory, server: LoopbackServer
) -> None:
    config = AioConfig(connect_timeout=60, retries={"max_attempts": 0}, s3={"addressing_style": "path"})
    async with client("s3", region_name="us-east-1", endpoint_url=server.url, config=config) as s3:
        before = await s3.list_buckets()
        async with mock_aws():
            await s3.create_bucket(Bucket="mocked")
            inside = await s3.list_buckets()
            shared = boto3.client("s3", region_name="us-east-1").list_buckets()
        after = await s3.list_buckets()

    assert (_names(before), _names(inside), _names(shared), _names(after)) == (
        ["real"],
        ["mocked"],
        ["mocked"],
        ["real"],
    )
    assert [received.method for received in server.received] == ["GET", "GET"]


def test_a_client_of_boto3_from_before_the_mock_is_mocked_by_it_and_real_after(server: LoopbackServer) -> None:
    config = Config(connect_timeout=60, retries={"max_attempts": 0})
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=server.url, config=config)
    before = s3.list_buckets()
    with mock_aws():
        inside = s3.list_buckets()
    after = s3.list_buckets()
    s3.close()

    assert (_names(before), _names(inside), _names(after)) == (["real"], [], ["real"])


@pytest.mark.anyio
async def test_a_session_from_before_the_mock_is_mocked_by_it_and_has_its_own_keys_after(
    stack: Stack, server: LoopbackServer
) -> None:
    session = get_session()
    config = AioConfig(http_session_cls=stack.session_class)
    arguments: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": server.url, "config": config}
    async with mock_aws(), session.create_client("s3", **arguments) as s3:
        inside = await s3.list_buckets()
    async with session.create_client("s3", **arguments) as s3:
        after = await s3.list_buckets()

    assert (_names(inside), _names(after)) == ([], ["real"])
    assert "Credential=REALKEY/" in server.received[0].headers["authorization"]


@pytest.mark.anyio
async def test_an_error_is_as_real_as_the_network_once_the_mock_is_over(client: ClientFactory) -> None:
    with loopback_server() as gone:
        pass
    config = AioConfig(retries={"max_attempts": 0})
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    async with client("s3", region_name="us-east-1", endpoint_url=gone.url, config=config, **keys) as s3:
        async with mock_aws():
            assert _names(await s3.list_buckets()) == []
        with pytest.raises(EndpointConnectionError, match="Could not connect to the endpoint URL"):
            await s3.list_buckets()


@pytest.mark.anyio
async def test_a_client_from_inside_the_mock_stays_inside(client: ClientFactory, server: LoopbackServer) -> None:
    arguments = {"region_name": "us-east-1", "endpoint_url": server.url}
    async with AsyncExitStack() as clients:
        async with mock_aws():
            s3 = await clients.enter_async_context(client("s3", **arguments))
            boto = boto3.client("s3", **arguments)
        with pytest.raises(RequestBlockedError, match="created inside mock_aws"):
            await s3.list_buckets()
        with pytest.raises(RequestBlockedError, match="created inside mock_aws"):
            boto.list_buckets()

    assert server.received == []


_BEFORE_MOTO = """
import asyncio, sys
import boto3
from aiobotocore.session import get_session

async def main():
    keys = {"region_name": "us-east-1", "aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    boto = boto3.client("s3", **keys)
    async with get_session().create_client("s3", **keys) as s3:
        assert not any(name.split(".")[0] in ("moto", "aiomoto") for name in sys.modules)
        from aiomoto import mock_aws

        async with mock_aws():
            boto.create_bucket(Bucket="reports")
            await s3.put_object(Bucket="reports", Key="a", Body=b"written")
            assert boto.get_object(Bucket="reports", Key="a")["Body"].read() == b"written"

asyncio.run(main())
"""


def test_clients_from_before_moto_was_imported_are_mocked(tmp_path: Path) -> None:
    program = tmp_path / "before_moto.py"
    program.write_text(_BEFORE_MOTO)

    run_cold(program)
