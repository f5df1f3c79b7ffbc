"""What a process that mocks for hours holds on to: memory, objects, threads, tasks and file descriptors stay flat."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's /proc"),
    pytest.mark.thorough,
]

REGION = "us-east-1"


class Scale(NamedTuple):
    """How often to do what, and what the process may hold more afterwards.

    Nothing is measured before the caches of botocore, which hold a hundred of something at most, and the log of calls,
    which holds ten thousand, are full. With few requests the log is emptied instead. The allocator gives its pages back
    in lumps: at a small scale resident memory says nothing.
    """

    mocks: int
    clients: int
    requests: int
    requests_first: int
    resident: int | None  # bytes, altogether


FEW = Scale(mocks=60, clients=40, requests=60, requests_first=20, resident=None)
MANY = Scale(mocks=10_000, clients=10_000, requests=100_000, requests_first=11_000, resident=4_000_000)
WARM_UP = 110
# A leak is one object in each round at the least.
MOST_OBJECTS_EACH = 0.5

when_soaked = pytest.mark.parametrize("scale", [pytest.param(MANY, id="many", marks=pytest.mark.slow)])
at_each_scale = pytest.mark.parametrize(
    "scale", [pytest.param(FEW, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.slow)]
)


class Reading(NamedTuple):
    """What the process holds now."""

    objects: int
    resident: int  # bytes
    threads: int
    descriptors: int
    tasks: int


def read() -> Reading:
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    descriptors = len(os.listdir("/proc/self/fd"))
    return Reading(len(gc.get_objects()), resident, threading.active_count(), descriptors, tasks_alive())


def tasks_alive() -> int:
    if (trio := sys.modules.get("trio")) and trio.lowlevel.in_trio_run():
        alive: int = trio.lowlevel.current_statistics().tasks_living
        return alive
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        return 0  # no loop runs


def assert_flat(rounds: int, scale: Scale, before: Reading, after: Reading) -> None:
    growth = Reading(*(now - then for now, then in zip(after, before, strict=True)))
    print(f"after {rounds} rounds: {growth}")  # shown by -rP, and where it fails
    # In few rounds, what a library keeps for ever may be more than the share of each.
    assert growth.objects < max(rounds * MOST_OBJECTS_EACH, 5)
    # Fewer is no leak: a thread that an earlier test left may end meanwhile.
    assert max(growth.threads, growth.descriptors, growth.tasks) <= 0
    if scale.resident is not None:
        assert growth.resident < scale.resident


def repeat(rounds: int, scale: Scale, action: Callable[[], object], warm_up: int = WARM_UP) -> None:
    for _ in range(warm_up):
        action()
    before = read()
    for _ in range(rounds):
        action()
    assert_flat(rounds, scale, before, read())


async def repeat_async(
    rounds: int, scale: Scale, action: Callable[[], Coroutine[Any, Any, object]], warm_up: int = WARM_UP
) -> None:
    for _ in range(warm_up):
        await action()
    before = read()
    for _ in range(rounds):
        await action()
    assert_flat(rounds, scale, before, read())


# ---------------------------------------------------------------- mocks


@at_each_scale
def test_mocks(scale: Scale) -> None:
    def use() -> None:
        with mock_aws(leaks="error"), mock_aws(leaks="error", config={"iot": {"use_valid_cert": True}}) as aws:
            aws.faults.add("s3", error="SlowDown")

    repeat(scale.mocks, scale, use)


@at_each_scale
def test_mocks_with_an_endpoint(scale: Scale) -> None:
    def use() -> None:
        with mock_aws(leaks="error", endpoint=True):
            pass

    repeat(scale.mocks // 10, scale, use, warm_up=20)


@at_each_scale
def test_isolated_mocks_with_data_in_them(scale: Scale) -> None:
    with mock_aws():
        s3 = boto3.client("s3", REGION)

        def use() -> None:
            with mock_aws(isolated=True):
                s3.create_bucket(Bucket="reports")
                s3.put_object(Bucket="reports", Key="may", Body=b"first")

        # The allocator takes its time to find room for what each round creates and lets go of.
        repeat(scale.mocks, scale, use, warm_up=WARM_UP if scale is FEW else 2000)


@when_soaked
def test_mocks_with_a_client_on_loops_of_their_own(scale: Scale, stack: Stack) -> None:
    session = get_session()
    config = AioConfig(http_session_cls=stack.session_class)

    async def use() -> None:
        async with mock_aws(leaks="error"), session.create_client("sts", region_name=REGION, config=config) as sts:
            await sts.get_caller_identity()

    def run() -> None:
        if stack.loop == "asyncio":
            asyncio.run(use())
        else:
            sys.modules["trio"].run(use)

    repeat(scale.mocks // 10, scale, run)


@when_soaked
def test_mocks_that_a_session_from_outside_is_used_in(scale: Scale) -> None:
    session = boto3.Session()

    def use() -> None:
        with mock_aws(leaks="error"):
            session.client("sqs").list_queues()

    repeat(scale.mocks // 10, scale, use)


# ---------------------------------------------------------------- clients, and the sessions that they are made from


@at_each_scale
def test_clients_of_boto3_in_one_mock(scale: Scale) -> None:
    session = boto3.Session()
    with mock_aws(leaks="error"):
        repeat(scale.clients, scale, lambda: session.client("sqs", region_name=REGION))


@when_soaked
def test_sessions_of_boto3_in_one_mock(scale: Scale) -> None:
    with mock_aws(leaks="error"):
        repeat(scale.clients // 10, scale, lambda: boto3.Session().client("sqs"))


@at_each_scale
@pytest.mark.anyio
async def test_clients_of_one_async_session_in_one_mock(scale: Scale) -> None:
    async with mock_aws(leaks="error"):
        session = get_session()

        async def use() -> None:
            async with session.create_client("sqs", region_name=REGION):
                pass

        await repeat_async(scale.clients, scale, use)


@when_soaked
@pytest.mark.anyio
async def test_async_sessions_in_one_mock(scale: Scale, client: ClientFactory) -> None:
    async with mock_aws(leaks="error"):

        async def use() -> None:
            async with client("sqs"):
                pass

        await repeat_async(scale.clients // 10, scale, use)


# ---------------------------------------------------------------- requests


@at_each_scale
def test_requests_of_boto3_in_one_mock(scale: Scale) -> None:
    with mock_aws(leaks="error") as aws:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="one", Body=b"x" * 100)

        def use() -> None:
            s3.get_object(Bucket="photos", Key="one")["Body"].read()
            if scale is FEW:
                aws.calls.clear()

        repeat(scale.requests, scale, use, scale.requests_first)


@at_each_scale
@pytest.mark.anyio
async def test_requests_of_an_async_client_in_one_mock(scale: Scale, client: ClientFactory) -> None:
    async with mock_aws(leaks="error") as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="one", Body=b"x" * 100)

        async def use() -> None:
            await (await s3.get_object(Bucket="photos", Key="one"))["Body"].read()
            if scale is FEW:
                aws.calls.clear()

        await repeat_async(scale.requests, scale, use, scale.requests_first)


@at_each_scale
@pytest.mark.anyio
async def test_requests_that_fail_or_are_cancelled(scale: Scale, client: ClientFactory) -> None:
    async with mock_aws(leaks="error", sleep="instant") as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        aws.faults.add("s3", "ListBuckets", raises="reset")
        aws.faults.add("s3", "HeadBucket", latency=60)

        async def use() -> None:
            with pytest.raises(BotoCoreError):
                await s3.list_buckets()
            with anyio.move_on_after(0):
                await s3.head_bucket(Bucket="photos")
            aws.slept.clear()
            aws.calls.clear()

        await repeat_async(scale.requests // 10, scale, use, scale.requests_first // 10)
