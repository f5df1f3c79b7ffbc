"""Mocks that overlap, in one context or many: they share their data, and the last one to end restores everything."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import itertools
import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel
import boto3
import moto
import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws
from tests.buckets import SESSION, bucket_names, create_bucket
from tests.conftest import ClientFactory
from tests.snapshot import nothing_left_behind
from tests.stack_of_each_loop import stack as stack  # a fixture

CERTIFICATES: dict[str, Any] = {"iot": {"use_valid_cert": True}}
OWN_KEYS: dict[str, Any] = {"core": {"mock_credentials": False}}
ORDERS = list(itertools.permutations(range(3)))
OWN_SESSION: dict[str, Any] = {"core": {"reset_boto3_session": False}}


pytestmark = [pytest.mark.usefixtures("own_keys"), pytest.mark.thorough]


# ---------------------------------------------------------------- in one context


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize(
    "configs",
    [[{}, {}, {}], [OWN_KEYS, {}, CERTIFICATES], [OWN_SESSION, CERTIFICATES, OWN_KEYS]],
    ids=["alike", "own-keys", "own-session"],
)
def test_mocks_may_leave_in_any_order(order: tuple[int, ...], configs: list[dict[str, Any]]) -> None:
    with nothing_left_behind():
        mocks = [mock_aws(config=config) for config in configs]
        for mock in mocks:
            mock.start()
        create_bucket("photos")
        for left, index in enumerate(order):
            assert bucket_names() == ["photos"], f"after {left} have left"
            mocks[index].stop()


def test_the_last_one_out_removes_the_data() -> None:
    first, second = mock_aws(), mock_aws()
    first.start()
    create_bucket("photos")
    second.start()
    first.stop()
    second.stop()

    with mock_aws(reset=False):
        assert bucket_names() == []


# ---------------------------------------------------------------- contexts, tasks, threads


@mock_aws
def fixture() -> Iterator[list[str]]:
    yield create_bucket("photos")
    assert bucket_names() == ["photos"]


def test_a_fixture_may_enter_in_one_context_and_leave_in_another() -> None:
    with nothing_left_behind():
        generator = fixture()
        assert contextvars.copy_context().run(next, generator) == ["photos"]
        assert bucket_names() == ["photos"]
        with pytest.raises(StopIteration):
            contextvars.Context().run(next, generator)


def test_a_mock_that_ended_in_another_context_is_over_in_its_own() -> None:
    context = contextvars.copy_context()
    aws = mock_aws()
    with nothing_left_behind():
        context.run(aws.start)
        aws.stop()
        with mock_aws():
            assert context.run(create_bucket, "photos") == ["photos"]


def test_a_generator_that_is_thrown_away_ends_its_mock() -> None:
    with nothing_left_behind():
        generator = fixture()
        next(generator)
        del generator
        gc.collect()


@pytest.mark.anyio
@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_tasks_may_end_their_mocks_in_any_order(order: tuple[int, ...], client: ClientFactory) -> None:
    go, gone = [[anyio.Event() for _ in order] for _ in range(2)]
    seen: list[int] = []

    async def visit(index: int, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        async with mock_aws(), client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket=f"bucket-{index}")
            task_status.started()
            await go[index].wait()
            seen.append(len((await s3.list_buckets())["Buckets"]))
        gone[index].set()

    with nothing_left_behind():
        async with anyio.create_task_group() as tasks:
            for index in range(3):
                await tasks.start(visit, index)
            for index in order:
                go[index].set()
                await gone[index].wait()

    assert seen == [3, 3, 3]


@pytest.mark.anyio
async def test_a_task_may_outlive_the_mock_that_it_was_started_in(client: ClientFactory) -> None:
    go = anyio.Event()
    seen: list[str] = []

    async def visit() -> None:
        await go.wait()
        async with mock_aws(), client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="photos")
            seen.extend(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"])

    with nothing_left_behind():
        async with anyio.create_task_group() as tasks:
            async with mock_aws():
                tasks.start_soon(visit)
                await anyio.lowlevel.checkpoint()
            go.set()

    assert seen == ["photos"]


def in_threads(work: Callable[[int], Any], count: int = 4) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_threads_share_their_data_and_leave_nothing() -> None:
    together = threading.Barrier(4, timeout=60)

    def work(index: int) -> list[str]:
        with mock_aws():
            together.wait()
            SESSION.client("s3").create_bucket(Bucket=f"bucket-{index}")
            together.wait()
            names = bucket_names()
            together.wait()
            return names

    with nothing_left_behind():
        assert in_threads(work) == [["bucket-0", "bucket-1", "bucket-2", "bucket-3"]] * 4


@pytest.fixture
def _many_switches() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_many_switches")
@pytest.mark.parametrize("rounds", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_threads_may_come_and_go_at_any_time(rounds: int) -> None:
    def work(index: int) -> None:
        for _ in range(rounds):
            with mock_aws(config=[{}, CERTIFICATES, {}, OWN_SESSION][index]):
                bucket_names()

    with nothing_left_behind():
        in_threads(work)


def first_use(session: Any, together: threading.Barrier, _: int) -> None:
    together.wait()
    session.get_credentials()


@pytest.mark.usefixtures("_many_switches")
@pytest.mark.parametrize("rounds", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_a_session_that_threads_share_in_a_mock_is_as_before_after_it(rounds: int) -> None:
    for _ in range(rounds):
        session = boto3.Session(region_name="us-east-1")
        together = threading.Barrier(4, timeout=60)
        with mock_aws():
            in_threads(partial(first_use, session, together))
        assert session.get_credentials().access_key == "AKIAMINE"


def test_loops_in_several_threads_share_their_data_and_leave_nothing() -> None:
    together = threading.Barrier(3, timeout=60)

    async def visit(index: int) -> int:
        async with mock_aws(), get_session().create_client("s3", region_name="us-east-1") as s3:
            await asyncio.to_thread(together.wait)
            await s3.create_bucket(Bucket=f"bucket-{index}")
            await asyncio.to_thread(together.wait)
            found = len((await s3.list_buckets())["Buckets"])
            await asyncio.to_thread(together.wait)
            return found

    with nothing_left_behind():
        assert in_threads(lambda index: asyncio.run(visit(index)), 3) == [3, 3, 3]


# ---------------------------------------------------------------- any program


def some_and_more(some: int, all_: int) -> list[Any]:
    """Seeds for each run of the tests, and those for `make soak`."""
    return [*range(some), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(some, all_))]


@pytest.mark.parametrize("seed", some_and_more(8, 40))
def test_any_order_of_starts_and_stops(seed: int) -> None:
    dice = random.Random(seed)
    configs = [{}, {}, OWN_KEYS, OWN_SESSION, CERTIFICATES]
    mocks = [mock_aws(config=config) for config in configs]
    starts = [0] * len(mocks)

    with nothing_left_behind():
        for step in range(40):
            index = dice.randrange(len(mocks))
            if dice.random() < 0.5:
                mocks[index].start()
                starts[index] += 1
            elif starts[index]:
                mocks[index].stop()
                starts[index] -= 1
            else:
                with pytest.raises(RuntimeError, match="before start"):
                    mocks[index].stop()
            if sum(starts) == 1:
                create_bucket("photos")
            if sum(starts):
                assert bucket_names() == ["photos"], f"step {step}"
        for mock, count in zip(mocks, starts, strict=True):
            for _ in range(count):
                mock.stop()


@pytest.mark.parametrize("seed", some_and_more(8, 40))
def test_any_nesting_with_motos_own_mock(seed: int) -> None:
    dice = random.Random(seed)
    ways: list[Callable[[], Any]] = [
        mock_aws,
        lambda: mock_aws(config=CERTIFICATES),
        lambda: mock_aws(config=OWN_KEYS),
        moto.mock_aws,
        lambda: moto.mock_aws(config=CERTIFICATES),
    ]

    with nothing_left_behind():
        for _ in range(6):
            with contextlib.suppress(KeyError), contextlib.ExitStack() as stack:
                stack.enter_context(dice.choice(ways)())
                create_bucket("photos")
                for _ in range(dice.randrange(4)):
                    stack.enter_context(dice.choice(ways)())
                    assert bucket_names() == ["photos"]
                if dice.random() < 0.3:
                    raise KeyError
