"""Mocks that start, end or are reset on an event loop while another thread is in a handler: the loop goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import boto3
import pytest
from moto.sts.models import STSBackend

from aiomoto import AiomotoError, MockAWS, mock_aws
from tests.conftest import ClientFactory
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
WATCHDOG = 30.0  # seconds


class Handler:
    """A handler of Moto's that another thread is in until it is let go."""

    def __init__(self) -> None:
        self.is_entered = Event()
        self.may_go = Event()
        self.was_let_go = False

    def run(self) -> None:
        """Wait; for ever if whoever lets it go waits for it."""
        self.is_entered.set()
        self.was_let_go = self.may_go.wait(WATCHDOG)


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Handler]:
    """Have Moto's handler of STS GetCallerIdentity wait."""
    handler, original = Handler(), STSBackend.get_caller_identity

    def get_caller_identity(self: Any, *args: Any, **kwargs: Any) -> Any:
        handler.run()
        return original(self, *args, **kwargs)

    monkeypatch.setattr(STSBackend, "get_caller_identity", get_caller_identity)
    yield handler
    handler.may_go.set()


@asynccontextmanager
async def a_thread_in(handler: Handler) -> AsyncIterator[Any]:
    """A task group, in which a thread is in the handler."""
    sts = boto3.client("sts", region_name=REGION)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(anyio.to_thread.run_sync, sts.get_caller_identity)
        await anyio.to_thread.run_sync(handler.is_entered.wait)
        yield tasks


async def let_go_after_some_turns(handler: Handler) -> None:
    for _ in range(5):
        await anyio.lowlevel.checkpoint()
    handler.may_go.set()


async def start() -> None:
    async with mock_aws():
        pass


@mock_aws
async def decorated() -> None:
    await anyio.lowlevel.checkpoint()


async def decorated_generator() -> None:
    @mock_aws
    async def generate() -> AsyncIterator[int]:
        yield 1

    assert [number async for number in generate()] == [1]


@pytest.mark.parametrize("begin", [start, decorated, decorated_generator])
async def test_other_tasks_go_on_while_a_mock_waits_for_its_start(
    begin: Callable[[], Awaitable[None]], handler: Handler, stack: Any
) -> None:
    with mock_aws():
        async with a_thread_in(handler) as tasks:
            tasks.start_soon(let_go_after_some_turns, handler)
            await begin()

    assert handler.was_let_go


def is_active(mock: MockAWS) -> bool:
    try:
        return bool(mock.endpoint)
    except AiomotoError:
        return False


async def test_other_tasks_go_on_while_a_mock_waits_for_its_end(handler: Handler, stack: Any) -> None:
    with mock_aws():
        mock = mock_aws()
        mock.start()
        async with a_thread_in(handler) as tasks:
            tasks.start_soon(let_go_after_some_turns, handler)
            await mock.__aexit__(None, None, None)
            assert not is_active(mock)

    assert handler.was_let_go


async def test_a_start_that_is_cancelled_while_it_waits_has_not_been(handler: Handler, stack: Any) -> None:
    with mock_aws():
        mock = mock_aws()
        async with a_thread_in(handler):
            with anyio.move_on_after(0.01) as scope:
                await mock.__aenter__()
            handler.may_go.set()

        assert scope.cancelled_caught
        assert not is_active(mock)


async def test_an_end_that_is_cancelled_while_it_waits_comes_all_the_same(handler: Handler, stack: Any) -> None:
    with mock_aws():
        mock = mock_aws()
        mock.start()
        async with a_thread_in(handler) as tasks:
            with anyio.CancelScope() as scope:
                tasks.start_soon(let_go_after_some_turns, handler)
                scope.cancel()
                await mock.__aexit__(None, None, None)
                await anyio.lowlevel.checkpoint()
            assert scope.cancelled_caught
            assert not is_active(mock)

    assert handler.was_let_go


# ---------------------------------------------------------------- reset


async def test_reset_does_not_wait_and_no_later_call_finds_data(
    handler: Handler, client: ClientFactory, stack: Any
) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        async with a_thread_in(handler):
            aws.reset()
            handler.may_go.set()
            assert (await s3.list_buckets())["Buckets"] == []

    assert handler.was_let_go


async def test_data_that_comes_after_a_reset_stays(handler: Handler, client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        async with a_thread_in(handler):
            aws.reset()
            handler.may_go.set()
            await s3.create_bucket(Bucket="photos")
        await s3.create_bucket(Bucket="films")
        names = {bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]}

    assert names == {"films", "photos"}


async def test_a_reset_of_one_mock_does_not_come_in_the_next(
    handler: Handler, client: ClientFactory, no_data_left: None
) -> None:
    async with mock_aws() as aws, a_thread_in(handler):
        aws.reset()
        handler.may_go.set()
    async with mock_aws(reset=False), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        assert len((await s3.list_buckets())["Buckets"]) == 1
    assert handler.was_let_go


async def test_reset_is_done_when_it_returns_where_nobody_else_is_at_work(client: ClientFactory) -> None:
    from moto.s3.models import s3_backends

    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        aws.reset()
        assert dict(s3_backends["123456789012"]["aws"].buckets) == {}
