"""How often clients try, in each retry mode and in the one that their botocore has by default."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

REGION = "us-east-1"
# From 1.44 on, botocore's default mode is "standard", in which DynamoDB has an attempt more than other services.
IS_1_44 = tuple(map(int, re.findall(r"\d+", version("botocore"))[:2])) >= (1, 44)
DEFAULT = "standard" if IS_1_44 else "legacy"
ATTEMPTS = {
    ("legacy", "sqs"): 5,
    ("legacy", "dynamodb"): 10,
    ("standard", "sqs"): 3,
    ("standard", "dynamodb"): 4 if IS_1_44 else 3,
    ("adaptive", "sqs"): 3,
    ("adaptive", "dynamodb"): 4 if IS_1_44 else 3,
}
LISTS = {"sqs": "list_queues", "dynamodb": "list_tables"}
CASES = [
    (mode, DEFAULT if mode is None else mode, service)
    for mode in (None, "legacy", "standard", "adaptive")
    for service in LISTS
]
each_mode = pytest.mark.parametrize(("mode", "acting", "service"), CASES)


def options(mode: str | None) -> dict[str, Any]:
    return {} if mode is None else {"retries": {"mode": mode}}


@each_mode
def test_boto3_tries_as_often_as_its_mode_says(mode: str | None, acting: str, service: str) -> None:
    with mock_aws(sleep="instant") as aws:
        client = boto3.client(service, region_name=REGION, config=Config(**options(mode)))  # type: ignore[call-overload]
        aws.faults.add(service, error="InternalError")
        with pytest.raises(ClientError, match="InternalError"):
            getattr(client, LISTS[service])()

    assert [call.attempt for call in aws.calls] == list(range(1, ATTEMPTS[acting, service] + 1))
    assert [wait.why for wait in aws.slept if wait.why != "adaptive rate limit"] == ["retry"] * (len(aws.calls) - 1)


@pytest.mark.anyio
@each_mode
async def test_aiobotocore_tries_as_often_as_its_mode_says(
    mode: str | None, acting: str, service: str, client: ClientFactory
) -> None:
    config = AioConfig(**options(mode))
    async with mock_aws(sleep="instant") as aws, client(service, region_name=REGION, config=config) as connected:
        aws.faults.add(service, error="InternalError")
        with pytest.raises(ClientError, match="InternalError"):
            await getattr(connected, LISTS[service])()

    assert [call.attempt for call in aws.calls] == list(range(1, ATTEMPTS[acting, service] + 1))
    assert [wait.why for wait in aws.slept if wait.why != "adaptive rate limit"] == ["retry"] * (len(aws.calls) - 1)


# ---------------------------------------------------------------- long polls that are not tried again


only_since_1_44 = pytest.mark.skipif(not IS_1_44, reason="this botocore does not sleep before a long poll fails")
MANY = {"retries": {"mode": "standard", "total_max_attempts": 50}}
KEYS = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}
POLL = {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/123456789012/jobs", "WaitTimeSeconds": 1}


@only_since_1_44
@pytest.mark.parametrize("before", [True, False], ids=["before", "inside"])
def test_boto3s_long_poll_without_quota_fails_in_no_time(before: bool) -> None:
    def create() -> Any:
        return boto3.client("sqs", region_name=REGION, config=Config(**MANY), **KEYS)

    old = create() if before else None
    with mock_aws(sleep="instant") as aws:
        sqs = create() if old is None else old
        aws.faults.add("sqs", error="InternalError")
        with pytest.raises(ClientError, match="InternalError"):
            sqs.receive_message(**POLL)

        # One wait before each attempt but the first, and one after the last.
        assert 1 < len(aws.calls) < 50
        assert [wait.why for wait in aws.slept] == ["retry"] * len(aws.calls)


@only_since_1_44
@pytest.mark.anyio
@pytest.mark.parametrize("before", [True, False], ids=["before", "inside"])
async def test_aiobotocores_long_poll_without_quota_fails_in_no_time(before: bool, client: ClientFactory) -> None:
    async with AsyncExitStack() as stack:
        create = client("sqs", region_name=REGION, config=AioConfig(**MANY), **KEYS)
        old = await stack.enter_async_context(create) if before else None
        aws = stack.enter_context(mock_aws(sleep="instant"))
        sqs = await stack.enter_async_context(create) if old is None else old
        aws.faults.add("sqs", error="InternalError")
        with pytest.raises(ClientError, match="InternalError"):
            await sqs.receive_message(**POLL)

        assert 1 < len(aws.calls) < 50
        assert [wait.why for wait in aws.slept] == ["retry"] * len(aws.calls)


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_the_environment_chooses_the_mode(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", mode)

    with mock_aws(sleep="instant") as aws:
        aws.faults.add(raises="connect_error")
        with pytest.raises(EndpointConnectionError):
            boto3.client("sqs", region_name=REGION).list_queues()

    assert len(aws.calls) == ATTEMPTS[mode, "sqs"]
