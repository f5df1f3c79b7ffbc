"""An SQS poll is one request, checked, counted and recorded once, and it does not outlive its queue or its mock."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count
from moto.moto_api import recorder
from moto.sqs.models import Queue, SQSBackend

from aiomoto import MockAWS, RequestBlockedError, mock_aws
from tests.conftest import ClientFactory, Stack
from tests.stack_of_each_loop import stack as stack  # a fixture

REGION = "us-east-1"
DEADLINE = 19  # seconds, for polls of 20


def bodies(answer: Any) -> list[str]:
    return [message["Body"] for message in answer.get("Messages", [])]


async def error_of_poll(sqs: Any, queue: str, **options: Any) -> str:
    """The error code that a poll ends with."""
    with anyio.fail_after(DEADLINE), pytest.raises(ClientError) as caught:
        await sqs.receive_message(QueueUrl=queue, **{"WaitTimeSeconds": 20, **options})
    code: str = caught.value.response["Error"]["Code"]
    return code


# ---------------------------------------------------------------- Moto's checks


@pytest.mark.anyio
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"WaitTimeSeconds": 21}, id="too-long"),
        pytest.param({"WaitTimeSeconds": -1}, id="negative"),
        pytest.param({"MaxNumberOfMessages": 0}, id="for-none"),
        pytest.param({"MaxNumberOfMessages": 11}, id="for-too-many"),
    ],
)
async def test_a_poll_out_of_range_is_refused_at_once(options: dict[str, int], client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]

        assert await error_of_poll(sqs, queue, **options) == "InvalidParameterValue"


@pytest.mark.anyio
async def test_a_poll_of_no_queue_is_refused_at_once(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        code = await error_of_poll(sqs, f"https://sqs.{REGION}.amazonaws.com/123456789012/jobs")

    assert code == "AWS.SimpleQueueService.NonExistentQueue"


def run_with_iam(unchecked: int, stack: Stack, main: Callable[..., Any], *arguments: Any) -> None:
    """Run with Moto's checks of signature and permission on, for all but the first requests."""
    set_initial_no_auth_action_count(unchecked)(partial(anyio.run, main, *arguments, backend=stack.loop))()


def test_a_poll_with_keys_of_nobody_is_refused_at_once(client: ClientFactory, stack: Stack) -> None:
    async def poll(queue: str) -> None:
        async with client("sqs", region_name=REGION) as sqs:
            with anyio.fail_after(DEADLINE), pytest.raises(ClientError, match="InvalidClientTokenId"):
                await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)

    with mock_aws():
        queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="jobs")["QueueUrl"]
        run_with_iam(0, stack, poll, queue)


def test_a_poll_with_permission_waits_for_its_message(client: ClientFactory, stack: Stack) -> None:
    found: list[str] = []

    async def poll(sqs: Any, queue: str) -> None:
        with anyio.fail_after(DEADLINE):
            found.extend(bodies(await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)))

    async def poll_and_send(queue: str, keys: dict[str, str]) -> None:
        async with client("sqs", region_name=REGION, **keys) as sqs, anyio.create_task_group() as tasks:
            tasks.start_soon(poll, sqs, queue)
            await anyio.wait_all_tasks_blocked()
            await sqs.send_message(QueueUrl=queue, MessageBody="hello")

    with mock_aws():
        queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="jobs")["QueueUrl"]
        run_with_iam(0, stack, poll_and_send, queue, keys_of_a_worker())

    assert found == ["hello"]


def keys_of_a_worker() -> dict[str, str]:
    """The keys of a user who may receive and send messages."""
    iam = boto3.client("iam", region_name=REGION)
    iam.create_user(UserName="worker")
    may = {"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:SendMessage"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName="worker", PolicyName="worker", PolicyDocument=policy)
    key = iam.create_access_key(UserName="worker")["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


# ---------------------------------------------------------------- counted and recorded once


@pytest.mark.thorough
def test_motos_count_of_requests_takes_a_poll_for_one(client: ClientFactory, stack: Stack) -> None:
    async def requests() -> None:
        async with client("sqs", region_name=REGION) as sqs:
            queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            assert bodies(await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)) == []
            await sqs.list_queues()
            with pytest.raises(ClientError, match="InvalidClientTokenId"):
                await sqs.list_queues()

    with mock_aws():
        run_with_iam(3, stack, requests)


@pytest.mark.anyio
async def test_motos_recorder_records_a_poll_once(
    client: ClientFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))

    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        recorder.start_recording()
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(partial(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=20))
                await anyio.wait_all_tasks_blocked()
                await sqs.send_message(QueueUrl=queue, MessageBody="hello")
        finally:
            recorder.stop_recording()

    recorded = [json.loads(line)["headers"] for line in recorder.download_recording().splitlines()]
    targets = [{name.lower(): value for name, value in headers.items()}["x-amz-target"] for headers in recorded]
    assert targets == ["AmazonSQS.ReceiveMessage", "AmazonSQS.SendMessage"]


# ---------------------------------------------------------------- the end of queue and mock


async def delete_queue(aws: MockAWS, sqs: Any, queue: str) -> None:
    await sqs.delete_queue(QueueUrl=queue)


async def reset(aws: MockAWS, sqs: Any, queue: str) -> None:
    aws.reset()


@pytest.mark.anyio
@pytest.mark.parametrize("make_an_end", [delete_queue, reset])
async def test_polls_of_a_queue_that_goes_away_end_with_an_error(make_an_end: Any, client: ClientFactory) -> None:
    errors: list[str] = []

    async def poll(sqs: Any, queue: str) -> None:
        errors.append(await error_of_poll(sqs, queue))

    async with mock_aws() as aws, client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(poll, sqs, queue)
            await anyio.wait_all_tasks_blocked()
            await make_an_end(aws, sqs, queue)

    assert errors == ["AWS.SimpleQueueService.NonExistentQueue"] * 3


@pytest.mark.anyio
async def test_polls_that_still_wait_when_the_mock_ends_are_blocked(client: ClientFactory) -> None:
    async def poll(sqs: Any, queue: str) -> None:
        with anyio.fail_after(DEADLINE), pytest.raises(RequestBlockedError, match="ended while it was waiting"):
            await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)

    async with anyio.create_task_group() as tasks, mock_aws(), client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        for _ in range(3):
            tasks.start_soon(poll, sqs, queue)
        await anyio.wait_all_tasks_blocked()


@pytest.mark.anyio
async def test_a_poll_whose_mock_ends_goes_on_with_another_one(client: ClientFactory) -> None:
    first, second = mock_aws(), mock_aws()
    outcomes: dict[MockAWS, Any] = {}

    async def poll(mock: MockAWS) -> None:
        mock.start()
        async with client("sqs", region_name=REGION) as sqs:
            queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            with anyio.fail_after(DEADLINE):
                outcomes[mock] = bodies(await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20))

    async with anyio.create_task_group() as tasks:
        for mock in (first, second):
            tasks.start_soon(poll, mock)
            await anyio.wait_all_tasks_blocked()
        first.stop()
        await anyio.wait_all_tasks_blocked()
        assert outcomes == {}
        sqs = boto3.client("sqs", region_name=REGION)
        for _ in range(2):
            sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="jobs")["QueueUrl"], MessageBody="hello")
    second.stop()

    assert outcomes == {first: ["hello"], second: ["hello"]}


def test_polls_of_boto3s_in_threads_are_blocked_when_the_mock_ends() -> None:
    with ThreadPoolExecutor(2) as threads:
        with mock_aws():
            sqs = boto3.client("sqs", region_name=REGION)
            queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            polls = [threads.submit(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=20) for _ in range(2)]
        for poll in polls:
            with pytest.raises(RequestBlockedError):
                poll.result(timeout=DEADLINE)


def test_motos_own_queues_wait_as_before_once_the_mock_has_ended() -> None:
    before = [dict(vars(owner)) for owner in (Queue, SQSBackend)]
    with mock_aws():
        pass

    assert [dict(vars(owner)) for owner in (Queue, SQSBackend)] == before


# ---------------------------------------------------------------- clients with settings of their own


@pytest.mark.thorough
def test_a_poll_ends_though_the_test_has_stopped_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION)
        queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        monkeypatch.setattr("time.monotonic", lambda: 1000.0)

        assert bodies(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)) == []


@pytest.mark.anyio
async def test_polls_wait_whatever_endpoint_the_client_has(client: ClientFactory) -> None:
    found: list[str] = []

    async def poll(sqs: Any, queue: str) -> None:
        with anyio.fail_after(DEADLINE):
            found.extend(bodies(await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)))

    where = {"region_name": REGION, "endpoint_url": "http://localhost:4566"}
    async with mock_aws(), client("sqs", **where) as sqs, anyio.create_task_group() as tasks:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        tasks.start_soon(poll, sqs, queue)
        await anyio.wait_all_tasks_blocked()
        await sqs.send_message(QueueUrl=queue, MessageBody="hello")

    assert found == ["hello"]
