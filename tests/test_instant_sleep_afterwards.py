"""A client that waited in no time inside a mock does not make up for it later, in a mock whose sleeps are real."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from typing import Any

import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import MockAWS, mock_aws
from tests.clocks import in_real_time
from tests.conftest import ClientFactory

REGION = "us-east-1"
ADAPTIVE: dict[str, Any] = {"retries": {"mode": "adaptive", "total_max_attempts": 1}}
ROUNDS = 15
# The adaptive mode lets a call go every two seconds at least.
A_LITTLE_LATER = 3.0
WATCHDOG = 10.0


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the clock of the process go forward by so much that the next call may go."""
    now = time.time
    return lambda: monkeypatch.setattr(time, "time", lambda: now() + A_LITTLE_LATER)


def throttle(aws: MockAWS) -> None:
    aws.faults.add("sqs", error="Throttling", times=ROUNDS)


def has_skipped_much(aws: MockAWS) -> bool:
    return sum(wait.seconds for wait in aws.slept if wait.why == "adaptive rate limit") > 2 * WATCHDOG


def call_often(sqs: Any) -> None:
    for _ in range(ROUNDS):
        with pytest.raises(ClientError, match="Throttling"):
            sqs.list_queues()


async def call_often_async(sqs: Any) -> None:
    for _ in range(ROUNDS):
        with pytest.raises(ClientError, match="Throttling"):
            await sqs.list_queues()


def test_boto3s_client_waits_no_longer_in_the_next_mock(later: Any) -> None:
    with mock_aws(sleep="instant") as aws:
        sqs = boto3.client("sqs", region_name=REGION, config=Config(**ADAPTIVE))
        throttle(aws)
        call_often(sqs)
    assert has_skipped_much(aws)

    with mock_aws():
        later()
        assert "QueueUrls" not in in_real_time(sqs.list_queues, WATCHDOG)


def test_boto3s_client_waits_no_longer_in_the_mock_around_it(later: Any) -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION, config=Config(**ADAPTIVE))
        with mock_aws(sleep="instant") as aws:
            throttle(aws)
            call_often(sqs)
        assert has_skipped_much(aws)

        later()
        assert "QueueUrls" not in in_real_time(sqs.list_queues, WATCHDOG)


def test_another_client_that_skipped_nothing_itself_waits_no_longer_either(later: Any) -> None:
    with mock_aws(sleep="instant") as aws:
        busy, idle = (boto3.client("sqs", region_name=REGION, config=Config(**ADAPTIVE)) for _ in range(2))
        aws.faults.add("sqs", error="Throttling", times=1)
        with pytest.raises(ClientError, match="Throttling"):
            idle.list_queues()
        throttle(aws)
        call_often(busy)
        idle.list_queues()
    assert has_skipped_much(aws)

    with mock_aws():
        later()
        assert "QueueUrls" not in in_real_time(idle.list_queues, WATCHDOG)


@pytest.mark.anyio
@pytest.mark.parametrize("is_nested", [True, False], ids=["around it", "after it"])
async def test_client_waits_no_longer(client: ClientFactory, later: Any, is_nested: bool) -> None:
    async with AsyncExitStack() as stack:
        if is_nested:
            stack.enter_context(mock_aws())
        async with mock_aws(sleep="instant") as aws:
            sqs = await stack.enter_async_context(client("sqs", region_name=REGION, config=AioConfig(**ADAPTIVE)))
            throttle(aws)
            await call_often_async(sqs)
        assert has_skipped_much(aws)

        if not is_nested:
            stack.enter_context(mock_aws())
        later()
        with anyio.fail_after(WATCHDOG):
            assert "QueueUrls" not in await sqs.list_queues()


def test_client_goes_on_as_slowly_as_it_should() -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION, config=Config(**ADAPTIVE))
        with mock_aws(sleep="instant") as aws:
            throttle(aws)
            call_often(sqs)
        with mock_aws(sleep="instant") as again:
            sqs.list_queues()

    assert has_skipped_much(aws)
    assert [wait.seconds <= 2 for wait in again.slept] == [True]
