"""Loops with a clock of their own that jumps when nothing is left to do: the waits of a mock take no time there."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from aiomoto import MockAWS, mock_aws
from tests.clocks import LOOPS, Loop, in_real_time
from tests.test_frozen_clocks import case_for

HOUR = 3600.0


class _JumpingSelector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits for nothing, but puts the clock of its loop forward."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


class _JumpingLoop(asyncio.SelectorEventLoop):
    """As those of looptime and async-solipsism."""

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def _on_a_jumping_loop(program: Callable[[], Awaitable[Any]]) -> Any:
    loop = _JumpingLoop()
    try:
        return loop.run_until_complete(program())
    finally:
        loop.close()


def _on_a_jumping_trio(program: Callable[[], Awaitable[Any]]) -> Any:
    """As pytest-trio's fixture ``autojump_clock``."""
    import trio.testing

    return trio.run(program, clock=trio.testing.MockClock(autojump_threshold=0))


@pytest.fixture(params=["asyncio", "trio"])
def loop(request: pytest.FixtureRequest) -> Loop:
    """A loop with a clock that jumps."""
    name: str = request.param
    found = next((loop for loop in LOOPS if loop.name == name), None)
    if found is None:
        pytest.skip("needs an aiobotocore that runs on trio, 3.9 or later, and httpx2 or httpx")
    return found._replace(run=_on_a_jumping_loop if name == "asyncio" else _on_a_jumping_trio)


def run(loop: Loop, program: Callable[[MockAWS, Any], Awaitable[None]], service: str = "sqs") -> None:
    async def inside() -> None:
        async with mock_aws() as aws, case_for(aws, loop).client(service, read_timeout=3 * HOUR) as client:
            await program(aws, client)

    in_real_time(lambda: loop.run(inside))


def test_latency_passes_by_the_clock_of_the_loop(loop: Loop) -> None:
    async def program(aws: MockAWS, sqs: Any) -> None:
        began = anyio.current_time()
        aws.faults.add("sqs", latency=HOUR)
        with anyio.fail_after(2 * HOUR):
            await sqs.list_queues()
        assert HOUR <= anyio.current_time() - began < 2 * HOUR

    run(loop, program)


def test_latency_obeys_timeouts_of_the_loop(loop: Loop) -> None:
    async def program(aws: MockAWS, sqs: Any) -> None:
        aws.faults.add("sqs", latency=2 * HOUR)
        with anyio.move_on_after(HOUR) as scope:
            await sqs.list_queues()
        assert scope.cancelled_caught

    run(loop, program)


def test_a_poll_passes_by_the_clock_of_the_loop(loop: Loop) -> None:
    async def program(aws: MockAWS, sqs: Any) -> None:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        began = anyio.current_time()
        assert "Messages" not in await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)
        assert 19 < anyio.current_time() - began < 21

    run(loop, program)


@pytest.mark.thorough
def test_read_timeouts_of_handlers_that_take_real_time_are_real(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.1)))

    async def program(aws: MockAWS, swf: Any) -> None:
        await swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
        task = await swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})  # sleeps
        assert "taskToken" not in task

    run(loop, program, "swf")


def test_a_stopped_clock_of_trio_may_be_moved_to_the_end_of_a_wait() -> None:
    trio = pytest.importorskip("trio")
    clocks = pytest.importorskip("trio.testing")
    loop = next((loop for loop in LOOPS if loop.name == "trio with a stopped clock"), None)
    if loop is None:
        pytest.skip("needs an aiobotocore that runs on trio, 3.9 or later, and httpx2 or httpx")

    async def program(aws: MockAWS, sqs: Any) -> None:
        aws.faults.add("sqs", latency=HOUR)
        async with trio.open_nursery() as tasks:
            tasks.start_soon(sqs.list_queues)
            await clocks.wait_all_tasks_blocked()
            trio.lowlevel.current_clock().jump(HOUR)

    run(loop, program)
