"""Every clock that we read and every wait of our own, in real time, whatever a test does to the clocks around it.

freezegun replaces the clocks of the standard library wherever a module has them, and the timers of event loops go by
these. Tests replace ``time.sleep`` too. So the clock here is that of a copy of the ``time`` module, which nobody else
has, and what is to happen later is rung in by a thread of our own.
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
    """Make a module that is built into Python once more."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_time = _own_copy("time")

# Seconds since some moment. The first is the finer one on Windows, the second the one that event loops go by.
now: Callable[[], float] = _time.perf_counter
loop_time: Callable[[], float] = _time.monotonic
# Lets this thread wait, for so many seconds.
pause: Callable[[float], None] = _time.sleep


class Alarm:
    """A call in so many seconds from now, unless it is cancelled.

    Args:
        seconds: how long from now.
        ring: what is called, in a thread that all alarms share. It only passes the news on, and raises nothing.
    """

    __slots__ = ("_ring", "due")

    def __init__(self, seconds: float, ring: Callable[[], object]) -> None:
        self.due = now() + seconds
        self._ring: Callable[[], object] | None = ring
        _add(self)

    @property
    def is_over(self) -> bool:
        """Whether it has rung or been cancelled."""
        return self._ring is None

    def cancel(self) -> None:
        """Let it not ring any more."""
        self._ring = None

    def ring(self) -> None:
        """Call what is to be called."""
        ring, self._ring = self._ring, None
        if ring is not None:
            ring()

    def __lt__(self, other: Alarm) -> bool:
        return self.due < other.due


class _Ringer:
    """Rings the alarms that come in by a queue, in a thread that ends when there is none.

    It has no lock: at any allocation a generator that was abandoned in a mock may be collected, which ends that mock,
    and its polls then add and cancel alarms in the midst of what goes on here. ``SimpleQueue.put()`` may be called so.
    """

    _LINGERS = 0.1  # seconds for which the thread waits for a next alarm
    _LONGEST = 1.0  # seconds until it looks which of them have been cancelled
    _FEW = 4

    def __init__(self, added: SimpleQueue[Alarm]) -> None:
        self._added = added
        self._alarms: list[Alarm] = []
        self._most = self._FEW
        self.has_ended = False

    def run(self) -> None:
        """Ring them all."""
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
                # Said first, and then looked: whoever adds one puts it in first, and then looks whether we are here.
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
        # Two threads may come here at once, or Ctrl-C in between: a second ringer does no harm.
        ringer = _Ringer(_added)
        # Not by threading.Thread, whose start() would hold up a loop until the thread runs.
        start_new_thread(ringer.run, ())
        _ringer = ringer


def _forget_ringer() -> None:
    global _added, _ringer
    _added, _ringer = SimpleQueue(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_ringer)  # the child has none of the parent's threads
