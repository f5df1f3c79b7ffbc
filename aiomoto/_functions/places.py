"""Where functions run: beside a thread that waits, or on an event loop.

All that happens around a function is written once, as coroutines that wait by one of the two places. Those that wait by
:class:`ThreadPlace` never suspend, so that :func:`in_thread` runs them without an event loop.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import Any, Protocol, TypeVar

from aiomoto import _loops
from aiomoto._moto import backends
from aiomoto._scripting import Moto
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireResponse

Result = TypeVar("Result")
Work = Callable[[], Coroutine[Any, Any, Result]]


class Running:
    """Code that runs in a thread or task of its own.

    Attributes:
        value: what it has returned.
        error: what it has raised.
        is_over: whether it has done either.
    """

    def __init__(self, done: _loops.Signal | _loops.ThreadSignal) -> None:
        self.done: Any = done
        self.value: Any = None
        self.error: BaseException | None = None
        self.is_over = False
        self.cancel: Callable[[], object] = lambda: None

    def end(self, value: Any = None, error: BaseException | None = None) -> None:
        """Note how it has ended, and wake who waits for it."""
        self.value, self.error, self.is_over = value, error, True
        self.done.set()

    @property
    def result(self) -> Any:
        """What it has returned, or else raise what it has raised."""
        if self.error is not None:
            raise self.error
        return self.value


class Place(Protocol):
    """A way to wait."""

    async def ask(self, moto: Moto) -> WireResponse:
        """Have Moto answer."""

    async def locked(self, work: Callable[[], Result]) -> Result:
        """Do something with Moto's data."""

    async def call(self, function: Callable[[], Any], *, is_async: bool, seconds: float | None) -> Running:
        """Call a test's function. If it takes longer, it is cancelled, as far as it can be, and ``is_over`` is false.

        Args:
            function: the function. A plain one runs in a thread of its own.
            is_async: whether it returns a coroutine.
            seconds: how long to wait; ``None`` for no limit.
        """

    async def to_the_end(self, work: Work[Result], seconds: float | None) -> Result:
        """Do something that goes on if the caller is cancelled.

        Args:
            work: what to do.
            seconds: how long the caller waits for it; ``None`` for no limit.

        Raises:
            WireFailure: it takes longer.
        """


def in_thread(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that waits by a :class:`ThreadPlace` only."""
    try:
        work.send(None)
    except StopIteration as over:
        result: Result = over.value
        return result
    raise RuntimeError("a coroutine that waits in its thread has suspended")


class ThreadPlace:
    """Beside this thread, which waits."""

    async def ask(self, moto: Moto) -> WireResponse:
        return moto.ask()

    async def locked(self, work: Callable[[], Result]) -> Result:
        with backends.lock.for_thread():
            backends.lock.run_due()
            return work()

    async def call(self, function: Callable[[], Any], *, is_async: bool, seconds: float | None) -> Running:
        running = _start(function, is_async, _loops.ThreadSignal())
        if not running.done.wait(seconds):
            running.cancel()
        return running

    async def to_the_end(self, work: Work[Result], seconds: float | None) -> Result:
        if seconds is None:
            return await work()
        running = _start(lambda: in_thread(work()), False, _loops.ThreadSignal())
        if not running.done.wait(seconds):
            raise WireFailure("read_timeout")
        result: Result = running.result
        return result


class LoopPlace:
    """On the running event loop."""

    async def ask(self, moto: Moto) -> WireResponse:
        return await moto.ask_async()

    async def locked(self, work: Callable[[], Result]) -> Result:
        await backends.lock.acquire_on_loop()
        try:
            backends.lock.run_due()
            return work()
        finally:
            backends.lock.release()

    async def call(self, function: Callable[[], Any], *, is_async: bool, seconds: float | None) -> Running:
        running = spawn(function) if is_async else _start(function, False, _loops.signal())
        if not await running.done.wait(seconds):
            running.cancel()
        return running

    async def to_the_end(self, work: Work[Result], seconds: float | None) -> Result:
        running = spawn(work)
        if not await running.done.wait(seconds):
            raise WireFailure("read_timeout")
        result: Result = running.result
        return result


# ---------------------------------------------------------------- threads


def _start(function: Callable[[], Any], is_async: bool, done: _loops.Signal | _loops.ThreadSignal) -> Running:
    """Run a function in a new thread, with a loop of its own if it needs one."""
    running = Running(done)

    def work() -> None:
        try:
            value = None if is_async else function()
            # A function may be asynchronous without telling, inside of a decorator for instance.
            if is_async or inspect.isawaitable(value):
                value = asyncio.run(_on_loop_of_its_own(function if is_async else lambda: value, running))
        except BaseException as error:
            running.end(error=error)
        else:
            running.end(value)

    # Not the loop's executor, whose few threads are for the test's own code. Each function has a whole stack, too.
    Thread(target=copy_context().run, args=(work,), name="aiomoto function", daemon=True).start()
    return running


async def _on_loop_of_its_own(function: Callable[[], Any], running: Running) -> Any:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def cancel() -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(task.cancel)

    running.cancel = cancel
    return await function()


# ---------------------------------------------------------------- tasks

_tasks: set[asyncio.Task[None]] = set()  # asyncio itself refers to tasks only weakly


def spawn(function: Work[Any]) -> Running:
    """Run a coroutine function in a task of its own on the running loop, which nobody but its loop cancels."""
    running = Running(_loops.signal())
    if _loops.on_trio():
        trio: Any = sys.modules["trio"]
        scope = trio.CancelScope()
        running.cancel = scope.cancel
        trio.lowlevel.spawn_system_task(_in_scope, scope, function, running, context=copy_context())
        return running
    task = asyncio.get_running_loop().create_task(_to_its_end(function, running))
    running.cancel = task.cancel
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return running


async def _in_scope(scope: Any, function: Work[Any], running: Running) -> None:
    with scope:
        await _to_its_end(function, running)


async def _to_its_end(function: Work[Any], running: Running) -> None:
    try:
        value = await function()
    except BaseException as error:
        running.end(error=error)
        if _is_cancellation(error):
            raise
    else:
        running.end(value)


def _is_cancellation(error: BaseException) -> bool:
    trio: Any = sys.modules.get("trio")
    return isinstance(error, asyncio.CancelledError) or (trio is not None and isinstance(error, trio.Cancelled))
