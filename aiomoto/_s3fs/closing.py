"""Close clients on their own event loops, from any thread."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event
from typing import Any

from aiomoto import _clock, _loops

# Strong references: event loops hold their tasks only weakly.
_tasks: set[asyncio.Task[None]] = set()


class Closing:
    """The clients that are being closed, and ways to wait for them."""

    # Seconds to wait for the loops of other threads. Such a thread may itself be waiting for this one.
    _TIMEOUT = 0.5

    def __init__(self) -> None:
        self._here: list[asyncio.Task[None]] = []
        self._elsewhere: list[Event] = []

    def begin(self, client: Any, loop: asyncio.AbstractEventLoop) -> None:
        """Start to close a client on its loop: now, or as soon as the loop runs. Skip it if the loop is closed."""
        if _loops.running_asyncio_loop() is loop:
            self._here.append(_close(client, loop))
            return
        closed = Event()
        is_running = loop.is_running()
        with suppress(RuntimeError):  # the loop is closed, and so are its clients' connections
            # Create the coroutine on the loop: if the loop never runs again, none is left that was never awaited.
            loop.call_soon_threadsafe(lambda: _close(client, loop).add_done_callback(lambda _: closed.set()))
            if is_running:
                self._elsewhere.append(closed)

    def wait(self) -> None:
        """Wait for the loops of other threads."""
        deadline = _clock.now() + self._TIMEOUT
        for closed in self._elsewhere:
            closed.wait(max(0, deadline - _clock.now()))

    async def wait_on_loop(self) -> None:
        """Wait for this thread's loop and those of other threads, without blocking this one."""
        if self._here:
            await asyncio.wait(self._here)
        deadline = _clock.now() + self._TIMEOUT
        await _loops.poll(lambda: all(closed.is_set() for closed in self._elsewhere) or _clock.now() > deadline)


def _close(client: Any, loop: asyncio.AbstractEventLoop) -> asyncio.Task[None]:
    task = loop.create_task(client.__aexit__(None, None, None))
    _tasks.add(task)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    # Nobody reads the task's result. Asyncio would report its error too, but only when the task is collected.
    _tasks.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": "a client was not closed properly", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)
