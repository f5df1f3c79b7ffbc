"""Concurrent tasks take turns at Moto: every request lets the others run, and a cancelled task sends no more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from aiobotocore.session import get_session
from moto.sts.models import STSBackend

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

REGION = "us-east-1"


# trio shuffles the tasks of an iteration: what two neighbouring ones do may come between two beats.
MOST_BETWEEN_BEATS = {"asyncio": 1, "trio": 2}


class Heart:
    """A task that does nothing but run again and again, once in each iteration of the loop."""

    def __init__(self) -> None:
        self.beats = 0

    async def beat(self) -> None:
        while True:
            self.beats += 1
            await anyio.lowlevel.checkpoint()


@pytest.fixture
def in_handler(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something called whenever Moto's handler of STS GetCallerIdentity runs."""

    def call(observe: Callable[[], None]) -> None:
        original = STSBackend.get_caller_identity

        def get_caller_identity(self: Any, *args: Any, **kwargs: Any) -> Any:
            observe()
            return original(self, *args, **kwargs)

        monkeypatch.setattr(STSBackend, "get_caller_identity", get_caller_identity)

    return call


async def test_a_heart_beats_between_the_handlers_of_five_hundred_requests_at_once(
    client: ClientFactory, stack: Stack, in_handler: Callable[[Callable[[], None]], None]
) -> None:
    heart, handled_at = Heart(), Counter[int]()
    in_handler(lambda: handled_at.update([heart.beats]))

    async with mock_aws(), client("sts", region_name=REGION) as sts, anyio.create_task_group() as hearts:
        hearts.start_soon(heart.beat)
        async with anyio.create_task_group() as tasks:
            for _ in range(500):
                tasks.start_soon(sts.get_caller_identity)
        hearts.cancel_scope.cancel()

    assert sum(handled_at.values()) == 500
    assert max(handled_at.values()) <= MOST_BETWEEN_BEATS[stack.loop]


async def test_a_heart_beats_between_two_requests_of_one_task(client: ClientFactory, stack: Stack) -> None:
    heart, answered_at = Heart(), Counter[int]()

    async with mock_aws(), client("sts", region_name=REGION) as sts, anyio.create_task_group() as tasks:
        tasks.start_soon(heart.beat)
        for _ in range(20):
            await sts.get_caller_identity()
            answered_at[heart.beats] += 1
        tasks.cancel_scope.cancel()

    assert sum(answered_at.values()) == 20
    assert max(answered_at.values()) <= MOST_BETWEEN_BEATS[stack.loop]


async def test_requests_of_several_tasks_interleave(client: ClientFactory) -> None:
    order: list[str] = []

    async def work(name: str) -> None:
        for _ in range(20):
            await sts.get_caller_identity()
            order.append(name)

    async with mock_aws(), client("sts", region_name=REGION) as sts, anyio.create_task_group() as tasks:
        for name in ("a", "b", "c"):
            tasks.start_soon(work, name)

    # While all three are at it, none gets ahead of another by more than one request.
    ahead = Counter[str]()
    for name in order:
        ahead[name] += 1
        if max(ahead.values()) < 20:
            assert max(ahead.values()) - min(ahead[each] for each in "abc") <= 1


# ---------------------------------------------------------------- cancelled


async def keys_in(s3: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in (await s3.list_objects_v2(Bucket=bucket)).get("Contents", [])]


async def test_nothing_happens_after_a_task_was_cancelled(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        with anyio.CancelScope() as scope:
            await s3.put_object(Bucket="photos", Key="before", Body=b"")
            scope.cancel()
            await s3.put_object(Bucket="photos", Key="after", Body=b"")

        assert await keys_in(s3, "photos") == ["before"]


async def test_a_task_cancelled_by_asyncio_stops_at_its_next_request() -> None:
    async with mock_aws(), get_session().create_client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")

        async def upload() -> None:
            for number in range(100):
                await s3.put_object(Bucket="photos", Key=str(number), Body=b"")
                if number == 2:
                    task.cancel()

        task = asyncio.create_task(upload())
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await keys_in(s3, "photos") == ["0", "1", "2"]


async def test_cancelled_requests_give_their_turns_to_the_others(client: ClientFactory) -> None:
    done: list[int] = []

    async def put(number: int, cancelled: bool) -> None:
        with anyio.CancelScope() as scope:
            if cancelled:
                scopes.append(scope)
            await s3.put_object(Bucket="photos", Key=f"{number:02}", Body=b"")
            done.append(number)

    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        for turns in range(0, 20, 2):
            scopes: list[anyio.CancelScope] = []
            done.clear()
            with anyio.fail_after(60):
                async with anyio.create_task_group() as tasks:
                    for number in range(20):
                        tasks.start_soon(put, number, number % 2 == 0)
                    for _ in range(turns):
                        await anyio.lowlevel.checkpoint()
                    for scope in scopes:
                        scope.cancel()
            assert {1, 3, 5, 7, 9, 11, 13, 15, 17, 19} <= set(done)


def test_a_loop_that_ended_amid_requests_holds_up_no_other(client: ClientFactory, stack: Stack) -> None:
    async def leave_amid_requests() -> None:
        async with client("sts", region_name=REGION) as sts, anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(sts.get_caller_identity)
            for _ in range(5):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()

    async def go_on() -> None:
        async with client("sts", region_name=REGION) as sts:
            with anyio.fail_after(60):
                await sts.get_caller_identity()

    with mock_aws():
        anyio.run(leave_amid_requests, backend=stack.loop)
        anyio.run(go_on, backend=stack.loop)
