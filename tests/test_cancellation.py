"""Operations are cancelled at each of their await points in turn: they end there; nothing is stuck, lost or left."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial
from itertools import count
from threading import Event
from typing import Any

import anyio
import anyio.lowlevel
import boto3
import pytest
from anyio.to_thread import run_sync
from moto.s3.models import S3Backend

from aiomoto import mock_aws
from tests.cancelling import DEADLINE, Cancellation, nothing_reported, number_of_awaits, soon
from tests.conftest import STACKS, ClientFactory, Stack
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

REGION = "us-east-1"
PHOTO = b"cat" * 200_000  # more than is delivered at once


@pytest.fixture
def cancellation(stack: Stack) -> Cancellation:
    return Cancellation(stack)


async def in_a_thread(function: Callable[..., Any], **arguments: Any) -> Any:
    return await run_sync(partial(function, **arguments), abandon_on_cancel=True)


async def create_function(client: ClientFactory) -> None:
    """Have Moto's handlers that may invoke a function run in threads."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    function = {"FunctionName": "resize", "Runtime": "python3.11", "Handler": "main.handler"}
    async with client("iam", region_name=REGION) as iam, client("lambda", region_name=REGION) as functions:
        role = (await iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}"))["Role"]["Arn"]
        await functions.create_function(**function, Role=role, Code={"ZipFile": code.getvalue()})


# ---------------------------------------------------------------- requests


@pytest.mark.parametrize("is_slow", [False, True], ids=["on-the-loop", "in-a-thread"])
async def test_an_upload(is_slow: bool, client: ClientFactory, stack: Stack, cancellation: Cancellation) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3, nothing_reported(stack):
        boto3_s3 = boto3.client("s3", region_name=REGION)
        await s3.create_bucket(Bucket="photos")
        if is_slow:
            await create_function(client)

        async def upload() -> None:
            await s3.put_object(Bucket="photos", Key="cat.jpg", Body=PHOTO)

        async def answers() -> None:
            sizes = [photo["Size"] for photo in (await s3.list_objects_v2(Bucket="photos")).get("Contents", [])]
            assert sizes in ([], [len(PHOTO)])
            await s3.put_object(Bucket="photos", Key="cat.jpg", Body=PHOTO)
            await in_a_thread(boto3_s3.delete_object, Bucket="photos", Key="cat.jpg")

        assert await cancellation.everywhere(upload, answers) >= 1 + is_slow


async def test_a_download(client: ClientFactory, stack: Stack, cancellation: Cancellation) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3, nothing_reported(stack):
        boto3_s3 = boto3.client("s3", region_name=REGION)
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="cat.jpg", Body=PHOTO)

        async def download() -> None:
            async with (await s3.get_object(Bucket="photos", Key="cat.jpg"))["Body"] as body:
                assert await body.read() == PHOTO

        async def answers() -> None:
            await download()
            answer = await in_a_thread(boto3_s3.get_object, Bucket="photos", Key="cat.jpg")
            assert answer["Body"].read() == PHOTO

        assert await cancellation.everywhere(download, answers) >= 2


async def test_a_handler_that_holds_the_lock_in_a_thread(
    client: ClientFactory, stack: Stack, cancellation: Cancellation
) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs, nothing_reported(stack):
        boto3_sqs = boto3.client("sqs", region_name=REGION)
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await create_function(client)

        async def send() -> None:
            await sqs.send_message(QueueUrl=queue, MessageBody="hello")

        async def answers() -> None:
            await send()
            await in_a_thread(boto3_sqs.send_message, QueueUrl=queue, MessageBody="hello")

        assert await cancellation.everywhere(send, answers) >= 2


async def test_a_request_that_waits_for_another_thread(
    client: ClientFactory, stack: Stack, cancellation: Cancellation, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_buckets = S3Backend.list_buckets
    has_begun, may_end = Event(), Event()

    def wait_in_handler(self: S3Backend, *args: Any, **kwargs: Any) -> Any:
        has_begun.set()
        assert may_end.wait(DEADLINE)
        return list_buckets(self, *args, **kwargs)

    monkeypatch.setattr(S3Backend, "list_buckets", wait_in_handler)
    async with mock_aws(), client("sts", region_name=REGION) as sts, nothing_reported(stack):
        boto3_s3 = boto3.client("s3", region_name=REGION)
        for number in range(1, 6):
            for moment in cancellation.moments:
                has_begun.clear()
                may_end.clear()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(in_a_thread, boto3_s3.list_buckets)
                    await in_a_thread(has_begun.wait)
                    assert await cancellation.at(number, moment, sts.get_caller_identity)
                    may_end.set()
                    with anyio.fail_after(DEADLINE):
                        await sts.get_caller_identity()


async def test_one_of_several_requests_that_wait_for_their_turns(
    client: ClientFactory, stack: Stack, cancellation: Cancellation
) -> None:
    async with mock_aws(), client("sts", region_name=REGION) as sts, nothing_reported(stack):
        for number in count(1):
            for moment in cancellation.moments:
                with anyio.fail_after(DEADLINE):
                    async with anyio.create_task_group() as tasks:
                        for _ in range(3):
                            tasks.start_soon(sts.get_caller_identity)
                        await anyio.lowlevel.checkpoint()
                        was_cancelled = await cancellation.at(number, moment, sts.get_caller_identity)
                    await sts.get_caller_identity()
            if not was_cancelled:
                break

    assert number > 1


# ---------------------------------------------------------------- polls


async def test_a_poll_whose_message_is_sent_at_any_of_its_await_points(
    client: ClientFactory, stack: Stack, cancellation: Cancellation
) -> None:
    outcomes = set()

    async with mock_aws(), client("sqs", region_name=REGION) as sqs, nothing_reported(stack):
        boto3_sqs = boto3.client("sqs", region_name=REGION)
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        found: list[str] = []

        async def receive(seconds: int = 20) -> None:
            answer = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=seconds)
            for message in answer.get("Messages", []):
                found.append(message["Body"])
                # Not an await point of the poll's any more.
                boto3_sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

        send = partial(boto3_sqs.send_message, QueueUrl=queue, MessageBody="hello")

        # One more than where it does not wait.
        wait = 1 + await number_of_awaits(partial(receive, 0))
        for sent_at in range(1, wait + 1):
            sent = (sent_at, lambda _: soon(stack, send))
            for number in count(sent_at):
                for moment in cancellation.moments:
                    was_cancelled = await cancellation.at(number, moment, receive, sent)
                    assert found == ([] if was_cancelled else ["hello"])
                    outcomes.add(was_cancelled)
                    if was_cancelled:
                        # The poll has not taken the message along.
                        with anyio.fail_after(DEADLINE):
                            await receive()
                    assert found == ["hello"]
                    found.clear()
                    await in_a_thread(boto3_sqs.list_queues)
                if not was_cancelled:
                    break

    assert outcomes == {True, False}


# ---------------------------------------------------------------- the mock itself


async def test_a_mock_with_a_client_in_it(
    client: ClientFactory, stack: Stack, cancellation: Cancellation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")  # something to put back

    async def upload() -> None:
        async with mock_aws(), client("s3", region_name=REGION) as s3:
            await s3.create_bucket(Bucket="photos")
            await s3.put_object(Bucket="photos", Key="cat.jpg", Body=PHOTO)
            await (await s3.get_object(Bucket="photos", Key="cat.jpg"))["Body"].read()

    async def works_again() -> None:
        await upload()
        await in_a_thread(list_buckets)

    def list_buckets() -> None:
        with mock_aws():
            assert boto3.client("s3", region_name=REGION).list_buckets()["Buckets"] == []

    await upload()  # so that everything is imported
    with nothing_left_behind():
        async with nothing_reported(stack):
            assert await cancellation.everywhere(upload, works_again) >= 4


@pytest.mark.parametrize("stack", STACKS[:1], ids=["aiohttp"])
async def test_a_mock_that_closes_a_file_system_of_s3fs(stack: Stack, cancellation: Cancellation) -> None:
    s3fs = pytest.importorskip("s3fs", reason="needs s3fs")

    async def look() -> None:
        async with mock_aws():
            fs = s3fs.S3FileSystem(asynchronous=True, skip_instance_cache=True)
            assert (await (await fs.set_session()).list_buckets())["Buckets"] == []

    await look()  # so that everything is imported
    with nothing_left_behind():
        async with nothing_reported(stack):
            assert await cancellation.everywhere(look, look) >= 1
