"""Closing clients where they live: each on its own event loop, whichever thread asks for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event
from typing import Any

from aiomoto import _clock, _loops

# The loops themselves hold their tasks only weakly.
_tasks: set[asyncio.Task[None]] = set()


class Closing:
    """The clients that are being closed, for those who want to wait until they are."""

    # In seconds. The other loop's thread may be waiting for this one, and can go on only when this one does.
    _PATIENCE = 0.5

    def __init__(self) -> None:
        self._here: list[asyncio.Task[None]] = []
        self._elsewhere: list[Event] = []

    def begin(self, client: Any, loop: asyncio.AbstractEventLoop) -> None:
        """Have a client closed by its loop: at once, or when the loop goes on, or never if that is closed."""
        if _loops.running_asyncio_loop() is loop:
            self._here.append(_close(client, loop))
            return
        closed = Event()
        is_running = loop.is_running()
        with suppress(RuntimeError):  # the loop is closed, and its clients' connections with it
            # The coroutine is made on the loop: one that never goes on leaves none behind that was not awaited.
            loop.call_soon_threadsafe(lambda: _close(client, loop).add_done_callback(lambda _: closed.set()))
            if is_running:
                self._elsewhere.append(closed)

    def wait(self) -> None:
        """Wait for the loops of other threads."""
        deadline = _clock.now() + self._PATIENCE
        for closed in self._elsewhere:
            closed.wait(max(0, deadline - _clock.now()))

    async def wait_on_loop(self) -> None:
        """Wait for the loop that runs in this thread, and for those of others, this one going on meanwhile."""
        if self._here:
            await asyncio.wait(self._here)
        deadline = _clock.now() + self._PATIENCE
        await _loops.poll(lambda: all(closed.is_set() for closed in self._elsewhere) or _clock.now() > deadline)


def _close(client: Any, loop: asyncio.AbstractEventLoop) -> asyncio.Task[None]:
    task = loop.create_task(client.__aexit__(None, None, None))
    _tasks.add(task)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    # Nobody awaits the task for its outcome. Asyncio would report it too, but not before it is collected.
    _tasks.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": "a client was not closed properly", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)
