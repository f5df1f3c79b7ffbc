"""What a report tells of a call beside its request and its response: who made it, and inside of which other call."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from contextvars import ContextVar
from inspect import currentframe
from threading import current_thread
from typing import Any, NamedTuple

from aiomoto import _loops
from aiomoto._calls.place import Place, places_of

# The record of the call that is being answered here, so that what its answer calls is known to be inside of it.
_answered_here: ContextVar[Any] = ContextVar("aiomoto_answered_here", default=None)


class Details:
    """Who has made a call. To note them takes a while, so this is done only for mocks that a report is made of.

    Args:
        record: the record of the call.

    Attributes:
        parent: the record of the call whose answer has made this one; ``None`` if the test made it.
        maker: the thread and the task that made it.
        places: the lines of the test, or of the code under test, that made it, the innermost first.
        headers: the headers of the response.
    """

    __slots__ = ("_token", "headers", "maker", "parent", "places")

    def __init__(self, record: object) -> None:
        self.parent: Any = _answered_here.get()
        self.maker = maker()
        self.places: tuple[Place, ...] = places_of(currentframe())
        self.headers: tuple[tuple[str, str], ...] = ()
        self._token = _answered_here.set(record)

    def end(self) -> None:
        """Note that the call is over."""
        with suppress(ValueError):  # somebody else's context: a coroutine that was closed by the garbage collector
            _answered_here.reset(self._token)


class Maker(NamedTuple):
    """Who makes a call: the name of the thread, and of the task of asyncio or trio; ``None`` outside of one."""

    thread: str
    task: str | None


def maker() -> Maker:
    """Name the running thread and task."""
    return Maker(current_thread().name, _task_name())


def _task_name() -> str | None:
    if _loops.on_trio():
        return str(sys.modules["trio"].lowlevel.current_task().name)
    task = asyncio.current_task() if _loops.running_asyncio_loop() is not None else None
    if task is None:
        return None
    name, coroutine = task.get_name(), getattr(task.get_coro(), "__name__", "")
    return f"{name} ({coroutine})" if coroutine and name.startswith("Task-") else name
