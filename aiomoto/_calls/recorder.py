"""The log of a mock while calls are added to it. Users see a ``CallLog``, which only a mock adds to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from aiomoto._calls.call import Call
from aiomoto._calls.log import MAX_CALLS, CallLog, Wait
from aiomoto._calls.record import Record, Slept
from aiomoto._lock import state_lock

_MAX_BYTES = 16 * 1024 * 1024


class Recorder(CallLog):
    """A log that calls are added to.

    Args:
        before_clearing: what is told that the calls are about to be removed.
    """

    def __init__(self, before_clearing: Callable[[CallLog], object]) -> None:
        super().__init__()
        self._before_clearing = before_clearing
        self._with_body: deque[Record] = deque()
        self._bytes = 0

    def add(self, record: Record) -> None:
        """Add a call. Its record is completed later, when the response or the failure is known."""
        too_many: list[Record] = []
        with state_lock:
            self._calls.append(Call(record))
            if record.request.body and not record.keeps_bodies:
                self._with_body.append(record)
                self._bytes += record.size
            while len(self._calls) > MAX_CALLS:
                self._calls.popleft()
                self._dropped += 1
            while self._with_body and (self._bytes > _MAX_BYTES or len(self._with_body) > MAX_CALLS):
                oldest = self._with_body.popleft()
                self._bytes -= oldest.size
                too_many.append(oldest)
        for oldest in too_many:
            oldest.forget_body()  # outside of the lock, since it may load a service's model

    def add_wait(self, slept: Slept) -> None:
        """Add a wait that was skipped."""
        with state_lock:
            self.waits.append(Wait(slept, self._calls[-1] if self._calls else None))

    def clear(self) -> None:
        """Remove all calls."""
        self._before_clearing(self)
        with state_lock:
            super().clear()
            self._with_body.clear()
            self._bytes = 0

    def start(self) -> None:
        """Note that calls are recorded from now on."""
        self.clear()
        self.has_started = True
