"""What waits for its time: messages that are not visible yet, windows, retries."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import Context, copy_context
from threading import Thread
from typing import Any

from aiomoto import _clock, _loops
from aiomoto._functions.places import LoopPlace, Place, ThreadPlace, Work, in_thread, spawn
from aiomoto._lock import state_lock

# Begins a chain, and returns what carries it out at a place.
Begin = Callable[[Place], Work[Any]]


class Entry:
    """Something that waits.

    Attributes:
        title: what it is, for messages.
    """

    def __init__(self, title: str, seconds: float, begin: Begin, forget: Callable[[], bool]) -> None:
        self.title = title
        self._begin = begin
        self._forget = forget
        self._context = copy_context()
        self._launch = launcher()
        self._due = _clock.now() + seconds
        self._alarm = _clock.Alarm(seconds, self.start)

    def due_in(self) -> float:
        """Seconds until its time; 0 if that has come."""
        return max(self._due - _clock.now(), 0)

    def skip(self, seconds: float) -> None:
        """Shorten its wait, for a clock that has been moved."""
        self._alarm.cancel()
        self._due -= seconds
        self._alarm = _clock.Alarm(self.due_in(), self.start)

    def start(self) -> None:
        """Carry it out, in a task or thread of its own, unless that was done."""
        self._alarm.cancel()
        place, launch = self._launch()
        with state_lock:  # so that it always either waits or is under way
            work = self._begin(place) if self._forget() else None
        if work is not None:
            launch(self._context, work)

    def cancel(self) -> None:
        """Never carry it out."""
        self._alarm.cancel()
        self._forget()


class Pending:
    """All that waits in one mock, by what it is about: one thing waits only once."""

    def __init__(self) -> None:
        self._entries: dict[object, Entry] = {}

    def add(self, key: object, title: str, seconds: float, begin: Begin) -> None:
        """Do something later, on the running loop if there is one. If the same waits already, the sooner one counts."""
        with state_lock:
            known = self._entries.get(key)
            if known is not None and known.due_in() <= seconds:
                return
            entry = Entry(title, seconds, begin, lambda: self._forget(key, entry))
            self._entries[key] = entry
        if known is not None:
            known.cancel()

    def discard(self, key: object) -> None:
        """Forget one of them, if it waits."""
        with state_lock:
            known = self._entries.get(key)
        if known is not None:
            known.cancel()

    def entries(self) -> list[Entry]:
        """All that waits, the next first."""
        with state_lock:
            return sorted(self._entries.values(), key=Entry.due_in)

    def clear(self) -> None:
        """Forget it all."""
        for each in self.entries():
            each.cancel()

    def _forget(self, key: object, entry: Entry) -> bool:
        with state_lock:
            if self._entries.get(key) is not entry:
                return False
            del self._entries[key]
            return True


# Carries something out, in a context.
Launch = Callable[[Context, Work[Any]], object]


def launcher() -> Callable[[], tuple[Place, Launch]]:
    """Where to carry it out: on the loop that runs now, if it still runs then, or else in a thread."""
    if _loops.on_trio():
        return _TrioRun().launcher
    loop = _loops.running_asyncio_loop()
    if loop is None:
        return lambda: (ThreadPlace(), _run_in_thread)

    def on_loop(context: Context, work: Work[Any]) -> None:
        loop.call_soon_threadsafe(lambda: context.run(spawn, work))

    return lambda: (ThreadPlace(), _run_in_thread) if loop.is_closed() else (LoopPlace(), on_loop)


class _TrioRun:
    def __init__(self) -> None:
        self._trio: Any = sys.modules["trio"]
        self._token = self._trio.lowlevel.current_trio_token()

    def launcher(self) -> tuple[Place, Launch]:
        try:
            self._token.run_sync_soon(lambda: None)
        except self._trio.RunFinishedError:
            return ThreadPlace(), _run_in_thread
        return LoopPlace(), self._on_loop

    def _on_loop(self, context: Context, work: Work[Any]) -> None:
        self._token.run_sync_soon(lambda: context.run(spawn, work))


def _run_in_thread(context: Context, work: Work[Any]) -> None:
    Thread(target=context.run, args=(lambda: in_thread(work()),), name="aiomoto function", daemon=True).start()
