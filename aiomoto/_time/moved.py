"""The time of a mock that a test has moved: what falls due is done in its order, and requests see that time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import Any

from aiomoto import _live
from aiomoto._moto import backends
from aiomoto._moto.router import Handler
from aiomoto._time import functions, polls, waits
from aiomoto._time.due import Due, Wait
from aiomoto._time.refusals import refusal
from aiomoto._time.swap import Swap
from aiomoto._time.sweepers import sweepers
from aiomoto._time.timeline import Result, Timeline
from aiomoto._wire.message import WireRequest

_BETWEEN_LOOKS = 0.5  # seconds, in which requests do not look for what is due


class MovedTime(Timeline):
    """The time of one mock's data, once a test has moved it."""

    def __init__(self, swap: Swap) -> None:
        super().__init__()
        self._swap = swap
        self._moves = 0  # that have begun and not ended
        self._target = 0.0  # the offset that they lead to
        self._looked = 0.0
        self._waits: list[Wait] = []
        self._is_at_work = False  # on what falls due, which may itself call AWS
        self.pending: list[Iterator[Wait]] = []

    def run_inside(self, step: Callable[[], Result]) -> Result:
        """Run something in this time and with this data, whichever mock the running code is in."""
        exchange = next((each for each in _live.active() if each.timeline is self), None)
        with nullcontext() if exchange is None else _live.inside(exchange):
            return self.run(step)

    def begin_at(self, moment: float) -> None:
        """Put the time to a moment, which may be in the past."""
        self._swap.put()
        super().begin_at(moment)
        self._looked = moment

    def shift(self, offset: float) -> None:
        """Put the time forward, also for those who wait."""
        before = self.offset
        super().shift(offset)
        if self.offset > before:
            self.run_inside(partial(polls.skip, self.offset - before))
            waits.skip(self, self.offset - before)
            functions.skip(self, self.offset - before)

    def move(self, seconds: float, *, adds_up: bool) -> Iterator[Wait]:
        """Put the time forward step by step, and do what falls due in between. The lock is held in each step.

        Args:
            seconds: how far.
            adds_up: whether it begins where the moves lead to that are under way, if there are any.

        Yields:
            What to wait for, with the lock released, before the next step.
        """
        self._swap.put()
        if not self._has_settled():
            yield self._has_settled
        self.first_seen = self.now()
        # Time goes on meanwhile.
        target = (self._target if self._moves and adds_up else self.offset) + seconds
        self._target = max(target, self._target) if self._moves else target
        self._moves += 1
        try:
            while (wait := self._do_some(time.time() + target)) is not None or self.offset < target:
                if wait is not None:
                    yield wait
                else:
                    self.shift(target)  # and look once more: real time has gone on
            self._looked = self.now()
        finally:
            self._moves -= 1
        yield self._has_settled

    def _do_some(self, until: float) -> Wait | None:
        """Do what falls due, up to the first that something else may depend on; ``None`` if nothing is due."""
        self._is_at_work = True
        try:
            return self.run_inside(partial(self._do_up_to_the_first_that_leads_on, until))
        finally:
            self._is_at_work = False
            self.first_seen = self.now()

    def _do_up_to_the_first_that_leads_on(self, until: float) -> Wait | None:
        found = sorted(self._due(until), key=lambda due: due.at)
        for due in found:
            self.put(due.at)
            wait = functions.do(self, due)
            if callable(wait):
                self._waits.append(wait)
            if due.leads_on:
                break
        return self._has_settled if found else None

    def _due(self, until: float) -> Iterator[Due]:
        for sweeper in sweepers():
            yield from (each for each in sweeper(self, until) if each.at <= until)

    def _has_settled(self) -> bool:
        self._waits = [wait for wait in self._waits if not wait()]
        return not self._waits and self.run_inside(polls.have_looked) and waits.have_settled(self)

    def finish(self) -> None:
        """Do the rest of the moves that nobody has awaited. The lock is held."""
        while self.pending and not self._is_at_work:
            for _ in self.pending.pop(0):
                pass

    def catch_up(self) -> None:
        """Do what has fallen due since the last look, while time went on by itself. The lock is held."""
        self.finish()
        now = self.first_seen = self.now()
        if now - self._looked >= _BETWEEN_LOOKS and not self._is_at_work:
            self._looked = now
            while self._do_some(now) is not None:
                pass

    def handler(self, service: str, handler: Handler, request: WireRequest) -> Handler:
        """Wrap one of Moto's handlers: it runs in this time."""

        def in_this_time(*args: Any) -> Any:
            self._swap.put()
            with backends.lock.for_thread():
                self.catch_up()
                refused = self.run_inside(partial(refusal, request, service, self.now()))
            if refused is not None:
                return refused.status, refused.headers, refused.body
            return self.run(partial(handler, *args))

        return in_this_time
