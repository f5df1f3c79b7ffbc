"""Run a test's asynchronous code for a client that is not: on an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterable, Callable, Coroutine, Generator
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Thread, current_thread
from typing import Any

from aiomoto._wire.failures import WireFailure

_OVER = object()
_ENDS_WITHIN = 5.0  # seconds that a closed iteration is waited for: its cleanup may wait for whoever closes it


def run(function: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run a coroutine to its end, also where this thread runs an event loop already. Errors are its own."""
    outcome: SimpleQueue[Callable[[], Any]] = SimpleQueue()
    _start(_report, function, outcome)
    return outcome.get()()


def iterate(items: AsyncIterable[Any], timeout: float | None) -> Generator[Any]:
    """Yield the items, each when it is asked for. Closing this closes an asynchronous generator.

    Args:
        items: they are iterated in one task, on one loop.
        timeout: how many seconds to wait for an item; ``None`` for no limit.

    Raises:
        WireFailure: an item takes longer.
        Exception: what the items raise.
    """
    return _Iteration(items).items(timeout)


class _Iteration:
    def __init__(self, items: AsyncIterable[Any]) -> None:
        self._items = items
        self._outcomes: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_wanted = asyncio.Event()
        self._is_closed = False

    def items(self, timeout: float | None) -> Generator[Any]:
        thread = _start(_report, self._run, self._outcomes)
        try:
            while (item := self._next(timeout)) is not _OVER:
                yield item
                self._call(self._is_wanted.set)
        finally:
            self._is_closed = True
            self._call(self._cancel)
            # At the end of the process the thread does not run any more, and the garbage collector may be in it.
            if not sys.is_finalizing() and current_thread() is not thread:
                thread.join(_ENDS_WITHIN)

    def _next(self, timeout: float | None) -> Any:
        try:
            return self._outcomes.get(timeout=timeout)()
        except Empty:
            raise WireFailure("read_timeout") from None

    async def _run(self) -> object:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._is_closed:
            return _OVER
        iterator = aiter(self._items)
        try:
            async for item in iterator:
                self._outcomes.put(lambda item=item: item)  # type: ignore[misc]
                await self._is_wanted.wait()
                self._is_wanted.clear()
        finally:
            if hasattr(iterator, "aclose"):
                await iterator.aclose()
        return _OVER

    def _call(self, function: Callable[[], Any]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(function)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()


def _start(function: Callable[..., None], *args: Any) -> Thread:
    thread = Thread(target=copy_context().run, args=(function, *args), name="aiomoto answer", daemon=True)
    thread.start()
    return thread


def _report(function: Callable[[], Coroutine[Any, Any, Any]], outcome: SimpleQueue[Callable[[], Any]]) -> None:
    try:
        value = asyncio.run(function())
    except BaseException as error:
        outcome.put(_raising(error))
    else:
        outcome.put(lambda: value)


def _raising(error: BaseException) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail
