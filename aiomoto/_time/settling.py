"""Move a mock's time: from threads, which wait, and on event loops, which never do."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

from aiomoto import _clock, _loops
from aiomoto._exchange import Exchange
from aiomoto._moto import backends
from aiomoto._time.clocks import clocks
from aiomoto._time.due import Wait
from aiomoto._time.moments import LATEST
from aiomoto._time.moved import MovedTime
from aiomoto._time.timeline import acting

# Real seconds that what was woken gets before time goes on all the same.
_LONGEST = 5.0


class Settling:
    """A move of the clock, which may be awaited, so that what was woken gets ahead.

    In a thread the move is over when this exists. On an event loop it may have to wait, and awaiting it does; the next
    request or look at the clock does without waiting what nobody has awaited.

    Args:
        time: the time to move.
        seconds: how far.
        adds_up: whether it begins where the moves lead to that are under way, if there are any.
    """

    def __init__(self, time: MovedTime, seconds: float, *, adds_up: bool = False) -> None:
        self._time = time
        # What a move may be waiting for neither waits for that move, nor leads further than it says.
        self._is_patient = not _is_waited_for()
        self._steps = time.move(seconds, adds_up=adds_up and self._is_patient)
        self._wait: Wait | None = None
        self._has_ended = False
        if not _loops.on_any_loop():
            self._in_thread()
            return
        time.pending.append(self._steps)
        if backends.lock.try_acquire():
            try:
                self._go_on_at_once()
            finally:
                backends.lock.release()
        else:
            backends.lock.due.append(time.finish)

    def __await__(self) -> Generator[Any, None, None]:
        return self._on_loop().__await__()

    def _in_thread(self) -> None:
        while True:
            with backends.lock.for_thread():
                wait = next(self._steps, None)
            if wait is None:
                return
            over = _over_after(wait)
            while self._is_patient and not over():
                _clock.pause(0.0005)

    def _go_on_at_once(self) -> None:
        # As far as nobody has to be waited for.
        for wait in self._steps:
            self._wait = wait
            if self._is_patient and not wait():
                return
        self._wait = None
        self._has_ended = True
        self._leave_pending()

    async def _on_loop(self) -> None:
        # From now on, requests of what was woken leave the rest of it to this task.
        is_pending = self._leave_pending()
        try:
            await _loops.yield_to_others()
            while is_pending and not self._has_ended:
                if self._wait is not None:
                    await _loops.poll(_over_after(self._wait))
                    self._wait = None
                await backends.lock.acquire_on_loop()
                try:
                    self._go_on_at_once()
                finally:
                    backends.lock.release()
        finally:
            if is_pending and not self._has_ended:
                self._time.pending.append(self._steps)

    def _leave_pending(self) -> bool:
        is_pending = any(each is self._steps for each in self._time.pending)
        self._time.pending[:] = [each for each in self._time.pending if each is not self._steps]
        return is_pending


def _is_waited_for() -> bool:
    """Tell whether a move may be waiting for the running code: a function, or what else has fallen due."""
    chains = sys.modules.get("aiomoto._functions.chain")  # tests without functions do without it
    return acting.get() is not None or (chains is not None and chains.next_hop() > 1)


def finish(exchange: Exchange) -> None:
    """Do the rest of the moves that nobody has awaited, unless another thread runs a handler."""
    time = exchange.timeline
    if isinstance(time, MovedTime) and time.pending and backends.lock.try_acquire():
        try:
            time.finish()
        finally:
            backends.lock.release()


def skip(exchange: Exchange, seconds: float) -> None:
    """Move the time of a mock by a wait that one of its clients has skipped, as far as there is time."""
    time = clocks.of(exchange)
    # Without an upper limit, the fiftieth back-off of a client takes millions of years.
    Settling(time, max(min(seconds, LATEST - time.now()), 0))


def _over_after(wait: Wait) -> Wait:
    until = _clock.now() + _LONGEST
    return lambda: wait() or _clock.now() >= until
