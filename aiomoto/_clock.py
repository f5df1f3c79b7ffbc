"""Every clock that aiomoto reads and every wait of its own, in real time, whatever a test does to the clocks around it.

freezegun replaces the clocks of the standard library in every module, and event loops time their waits by these
clocks. Tests also replace ``time.sleep``. So this module reads a private copy of the ``time`` module, and a thread of
its own rings the alarms.
"""

from __future__ import annotations

import os
from _thread import start_new_thread
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from importlib.util import find_spec, module_from_spec
from queue import Empty, SimpleQueue
from typing import Any


def _own_copy(name: str) -> Any:
    """Load a second copy of a module that is built into Python."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_time = _own_copy("time")

# Seconds since some moment. The first is finer on Windows; event loops go by the second.
now: Callable[[], float] = _time.perf_counter
loop_time: Callable[[], float] = _time.monotonic
# Block this thread for a number of seconds.
pause: Callable[[float], None] = _time.sleep
# Seconds since 1970.
wall: Callable[[], float] = _time.time


class Alarm:
    """Call a function after some time, unless the alarm is cancelled.

    Args:
        seconds: how long from now.
        ring: the function. It is called in a thread that all alarms share, so it must be quick and raise nothing.
    """

    __slots__ = ("_ring", "due")

    def __init__(self, seconds: float, ring: Callable[[], object]) -> None:
        self.due = now() + seconds
        self._ring: Callable[[], object] | None = ring
        _add(self)

    @property
    def is_over(self) -> bool:
        """Whether it has rung or was cancelled."""
        return self._ring is None

    def cancel(self) -> None:
        """Keep it from ringing."""
        self._ring = None

    def ring(self) -> None:
        """Call the function, once."""
        ring, self._ring = self._ring, None
        if ring is not None:
            ring()

    def __lt__(self, other: Alarm) -> bool:
        return self.due < other.due


class _Ringer:
    """Rings the alarms that arrive in a queue, in a thread that ends when none is left.

    It holds no lock. At any allocation, Python may collect a generator that was abandoned inside a mock; that ends the
    mock, whose polls then add and cancel alarms in the middle of this code. ``SimpleQueue.put()`` is safe to call then.
    """

    _LINGERS = 0.1  # seconds that the thread waits for another alarm
    _LONGEST = 1.0  # seconds between looks for cancelled alarms
    _FEW = 4

    def __init__(self, added: SimpleQueue[Alarm]) -> None:
        self._added = added
        self._alarms: list[Alarm] = []
        self._most = self._FEW
        self.has_ended = False

    def run(self) -> None:
        """Ring all alarms."""
        try:
            while not self.has_ended:
                self._wait()
                while self._alarms and self._alarms[0].due <= now():
                    heappop(self._alarms).ring()
        finally:
            self.has_ended = True

    def _wait(self) -> None:
        left = self._alarms[0].due - now() if self._alarms else self._LINGERS
        try:
            heappush(self._alarms, self._added.get(timeout=min(max(left, 0), self._LONGEST)))
        except Empty:
            if left > self._LONGEST:
                self._forget_those_that_are_over()
            if not self._alarms:
                # In this order, since ``_add`` puts an alarm in first and then checks whether this thread has ended.
                self.has_ended = True
                self.has_ended = self._added.empty()
        else:
            if len(self._alarms) > self._most:
                self._forget_those_that_are_over()

    def _forget_those_that_are_over(self) -> None:
        self._alarms = [alarm for alarm in self._alarms if not alarm.is_over]
        heapify(self._alarms)
        self._most = max(self._FEW, 2 * len(self._alarms))


_added: SimpleQueue[Alarm] = SimpleQueue()
_ringer: _Ringer | None = None


def _add(alarm: Alarm) -> None:
    global _ringer
    _added.put(alarm)
    if _ringer is None or _ringer.has_ended:
        # If two threads get here at once, or Ctrl-C interrupts, a second ringer does no harm.
        ringer = _Ringer(_added)
        # Not threading.Thread, whose start() blocks a loop until the thread runs.
        start_new_thread(ringer.run, ())
        _ringer = ringer


def _forget_ringer() -> None:
    global _added, _ringer
    _added, _ringer = SimpleQueue(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_ringer)  # the child has none of the parent's threads
