"""Move a mock's time: from threads, which wait, and on event loops, which never do."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from aiomoto import _clock, _loops
from aiomoto._exchange import Exchange
from aiomoto._moto import backends
from aiomoto._time.clocks import clocks
from aiomoto._time.due import Wait
from aiomoto._time.moments import LATEST
from aiomoto._time.moved import MovedTime

# Real seconds that what was woken gets before time goes on all the same.
_LONGEST = 5.0


class Settling:
    """A move of the clock, which may be awaited, so that what was woken gets ahead.

    In a thread the move is over when this exists. On an event loop it may have to wait, and awaiting it does; the next
    request or look at the clock does without waiting what nobody has awaited.
    """

    def __init__(self, time: MovedTime, seconds: float) -> None:
        self._time = time
        self._steps = time.move(seconds)
        self._wait: Wait | None = None
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
            while not over():
                _clock.pause(0.0005)

    def _go_on_at_once(self) -> None:
        # As far as nobody has to be waited for.
        for wait in self._steps:
            self._wait = wait
            if not wait():
                return
        self._is_over()

    async def _on_loop(self) -> None:
        await _loops.yield_to_others()
        while any(each is self._steps for each in self._time.pending) or self._wait is not None:
            if self._wait is not None:
                await _loops.poll(_over_after(self._wait))
                self._wait = None
            await backends.lock.acquire_on_loop()
            try:
                self._go_on_at_once()
            finally:
                backends.lock.release()

    def _is_over(self) -> None:
        self._wait = None
        self._time.pending[:] = [each for each in self._time.pending if each is not self._steps]


def skip(exchange: Exchange, seconds: float) -> None:
    """Move the time of a mock by a wait that one of its clients has skipped, as far as there is time."""
    time = clocks.of(exchange)
    # Without an upper limit, the fiftieth back-off of a client takes millions of years.
    Settling(time, max(min(seconds, LATEST - time.now()), 0))


def _over_after(wait: Wait) -> Wait:
    until = _clock.now() + _LONGEST
    return lambda: wait() or _clock.now() >= until
