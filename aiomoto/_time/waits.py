"""The waits of Moto's Step Functions, to which the time passes that is skipped.

Its threads wait for events, for each other, and for time. While a mock is active, they are of the classes here, which
know when a thread has nothing left to do until something else happens.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Any

from aiomoto import _clock, _live, _loops
from aiomoto._exchange import Exchange
from aiomoto._lock import state_lock
from aiomoto._time.due import Due
from aiomoto._time.stand_ins import ModuleStandIn
from aiomoto._time.timeline import Timeline

PACKAGE = "moto.stepfunctions.parser."
# The end of a wait is a moment after its time: Moto counts whole seconds, and would wait for another one.
_A_MOMENT = 0.001
# So the ends of several waits in a row add up to a little more than their times, which is not held against them.
_LEEWAY = 0.05


class _Waiting:
    """One thread that waits for something, at most until a time."""

    def __init__(self, thing: object, seconds: float | None) -> None:
        self.thing = thing
        self.exchange = _live.current()
        self.thread = threading.current_thread()
        self.end = None if seconds is None else _clock.now() + seconds
        self.has_happened = False
        self.gate = _loops.ThreadSignal()

    def wake(self) -> None:
        """Let it look again. From now on its thread counts as running."""
        _threads.running(self.thread, self.exchange)
        self.gate.set()

    def wait(self) -> bool:
        """Wait, and tell whether it has happened."""
        while not self.has_happened:
            left = None if self.end is None else self.end - _clock.now()
            if left is not None and left <= 0:
                return False
            self.gate.wait(left)
            self.gate = _loops.ThreadSignal()
        return True


class _Threads:
    """The threads that run, and those that wait, of all mocks."""

    def __init__(self) -> None:
        self._running: dict[threading.Thread, Exchange | None] = {}
        self._waiting: list[_Waiting] = []

    def running(self, thread: threading.Thread, exchange: Exchange | None) -> None:
        """Note that a thread runs, if it is one of Moto's."""
        if isinstance(thread, ClockThread):
            with state_lock:
                self._running[thread] = exchange

    def has_ended(self, thread: ClockThread) -> None:
        """Note that a thread has ended."""
        with state_lock:
            thread.is_over = True
            self.happened(thread)
            self._running.pop(thread, None)

    def wait_for(self, thing: object, seconds: float | None, has_happened: Callable[[], bool]) -> bool:
        """Wait for something, and tell whether it has happened."""
        with state_lock:
            if has_happened():
                return True
            waiting = _Waiting(thing, seconds)
            self._waiting.append(waiting)
            self._running.pop(waiting.thread, None)
        try:
            return waiting.wait()
        finally:
            with state_lock:
                self._waiting.remove(waiting)
                self.running(waiting.thread, waiting.exchange)

    def happened(self, thing: object) -> None:
        """Wake those that wait for something that has happened."""
        with state_lock:
            for each in self._waiting:
                if each.thing is thing:
                    each.has_happened = True
                    each.wake()

    def waiting(self, timeline: Timeline) -> list[_Waiting]:
        """Those that wait for a time in a mock's time."""
        with state_lock:
            return [each for each in self._waiting if each.end is not None and _is_in(each.exchange, timeline)]

    def is_running(self, timeline: Timeline) -> bool:
        """Tell whether any thread runs in a mock's time."""
        with state_lock:
            return any(_is_in(exchange, timeline) and thread.is_alive() for thread, exchange in self._running.items())


def _is_in(exchange: Exchange | None, timeline: object) -> bool:
    return exchange is not None and exchange.timeline is timeline


_threads = _Threads()


class ClockEvent(threading.Event):
    """An event whose waits end by the mock's time."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, or until the time is over."""
        return _threads.wait_for(self, timeout, self.is_set)

    def set(self) -> None:
        """Wake those that wait."""
        super().set()
        _threads.happened(self)


class ClockThread(threading.Thread):
    """A thread that may be waited for by the mock's time.

    Attributes:
        is_over: whether it has nothing left to do. It may still be alive for a moment.
    """

    is_over = False

    def start(self) -> None:
        """Start it. It counts as running from now on."""
        _threads.running(self, _live.current())
        super().start()

    def run(self) -> None:
        """Run it."""
        try:
            super().run()
        finally:
            _threads.has_ended(self)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or until the time is over."""
        if not self.is_alive() or _threads.wait_for(self, timeout, lambda: self.is_over):
            super().join()


def sleep(seconds: float) -> None:
    """Wait for a time."""
    ClockEvent().wait(seconds)


# ---------------------------------------------------------------- the clock is moved


def due_waits(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the waits that end up to a moment."""
    for each in _threads.waiting(timeline):
        if each.end is not None and not each.gate.is_set:
            left = max(each.end - _clock.now(), 0)
            at = timeline.now() + left  # read in this order, it is never too early
            if at <= until + _LEEWAY:
                yield Due(min(at, until), _End(timeline, each, at), leads_on=True)


class _End:
    """Ends a wait."""

    def __init__(self, timeline: Timeline, waiting: _Waiting, at: float) -> None:
        self._timeline, self._waiting, self._at = timeline, waiting, at

    def __call__(self) -> None:
        self._timeline.put(self._at + _A_MOMENT)
        self._waiting.end = 0
        self._waiting.wake()


def skip(timeline: Timeline, seconds: float) -> None:
    """Let time pass for all waits."""
    for each in _threads.waiting(timeline):
        if each.end is not None:
            each.end -= seconds


def have_settled(timeline: Timeline) -> bool:
    """Tell whether all threads wait, or have ended."""
    return not _threads.is_running(timeline)


# By the ids of what they stand for.
_STAND_INS: dict[int, Any] = {
    id(threading.Thread): ClockThread,
    id(threading.Event): ClockEvent,
    id(threading): ModuleStandIn(threading, {"Thread": ClockThread, "Event": ClockEvent}),
}


def targets(models: ModuleType) -> tuple[tuple[Any, str, Callable[[Any], Any]], ...]:
    """What is replaced in Moto's Step Functions while a mock is active."""
    return tuple(
        (module, name, _returning(stand_in))
        for module, name in _uses_of_threads(models, len(sys.modules))
        if (stand_in := _STAND_INS.get(id(vars(module).get(name)))) is not None
    )


def _returning(value: Any) -> Callable[[Any], Any]:
    return lambda original: value


@lru_cache(maxsize=1)
def _uses_of_threads(models: ModuleType, loaded: int) -> list[tuple[ModuleType, str]]:
    """Find the names of threads in 300 modules, once for as long as the loaded modules are the same."""
    wanted = {*_STAND_INS, *map(id, _STAND_INS.values())}
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(PACKAGE)]
    return [(module, name) for module in modules for name, value in list(vars(module).items()) if id(value) in wanted]
