"""Cancelling an operation at a given await point. No clock decides where: its coroutine is driven step by step."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import Any

import anyio
import anyio.lowlevel

from tests.conftest import Stack

DEADLINE = 60  # seconds, for what would otherwise never end

Operation = Callable[[], Coroutine[Any, Any, object]]
# Called with what the operation is about to wait for: a future or nothing on asyncio, a trap of trio's on trio.
Happening = Callable[[Any], None]


class Steps(Awaitable[Any]):
    """A coroutine that is awaited step by step, and what happens just before some of its steps end.

    Args:
        work: the coroutine.
        *happenings: the number of an await point, from 1, and what happens there.
    """

    def __init__(self, work: Coroutine[Any, Any, Any], *happenings: tuple[int, Happening]) -> None:
        self._work = work
        self._happenings = happenings
        self.awaits = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        go_on: Callable[[], Any] = partial(self._work.send, None)
        while True:
            try:
                awaited = go_on()
            except StopIteration as end:
                return end.value
            self.awaits += 1
            for number, happen in self._happenings:
                if number == self.awaits:
                    happen(awaited)
            try:
                go_on = partial(self._work.send, (yield awaited))
            except BaseException as error:
                go_on = partial(self._work.throw, error)


async def number_of_awaits(operation: Operation) -> int:
    steps = Steps(operation())
    await steps
    return steps.awaits


class Cancellation:
    """The ways to cancel a task at an await point.

    Attributes:
        moments: when the task is told. On asyncio it can also be too late for what it waits for, which is there
            already; trio lets a task go on then.
    """

    def __init__(self, stack: Stack) -> None:
        self._on_trio = stack.loop == "trio"
        self.moments = ("waiting",) if self._on_trio else ("waiting", "about to go on")

    async def at(self, number: int, moment: str, operation: Operation, *others: tuple[int, Happening]) -> bool:
        """Run an operation and cancel it at an await point; tell whether there was one of that number.

        A cancelled operation that ends in any other way than by its cancellation is a failure.
        """
        with anyio.fail_after(DEADLINE):
            if self._on_trio:
                return await _with_scope(number, operation, others)
            return await _with_task(number, moment, operation, others)

    async def everywhere(self, operation: Operation, check: Operation) -> int:
        """Cancel an operation at its first await point, its second and so on, and check things after each.

        Returns:
            How many await points there were.
        """
        for number in count(1):
            for moment in self.moments:
                was_cancelled = await self.at(number, moment, operation)
                with anyio.fail_after(DEADLINE):
                    await check()
            if not was_cancelled:
                break
        return number - 1


async def _with_scope(number: int, operation: Operation, others: tuple[tuple[int, Happening], ...]) -> bool:
    with anyio.CancelScope() as scope:
        await Steps(operation(), *others, (number, lambda _: scope.cancel()))
    assert scope.cancelled_caught == scope.cancel_called
    return scope.cancel_called


async def _with_task(number: int, moment: str, operation: Operation, others: tuple[tuple[int, Happening], ...]) -> bool:
    def cancel(awaited: Any) -> None:
        if moment == "about to go on" and awaited is not None:
            # Called before the task is, which will ask to be called only after us.
            awaited.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()

    steps = Steps(operation(), *others, (number, cancel))

    async def run() -> object:
        return await steps

    task = asyncio.create_task(run())
    try:
        await asyncio.wait([task])
    finally:
        task.cancel()
    if not task.cancelled():
        task.result()
    assert task.cancelled() == (steps.awaits >= number)
    return task.cancelled()


@asynccontextmanager
async def nothing_reported(stack: Stack) -> AsyncIterator[None]:
    """Fail if asyncio reports anything that nobody waits for, such as an exception that was never retrieved."""
    if stack.loop == "trio":  # which raises everything where somebody waits for it
        yield
        return
    loop, reported = asyncio.get_running_loop(), list[Any]()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: reported.append(context))
    try:
        yield
        await anyio.lowlevel.checkpoint()
        gc.collect()
    finally:
        loop.set_exception_handler(before)
    assert reported == []


def soon(stack: Stack, function: Callable[[], object]) -> None:
    """Call a function when the task that is running waits: trio lets nobody wake one that is only about to."""
    if stack.loop == "trio":
        import trio

        trio.lowlevel.current_trio_token().run_sync_soon(function)
    else:
        asyncio.get_running_loop().call_soon(function)
