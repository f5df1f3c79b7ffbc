"""``aws.clock``: move the time of a mock."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime, timedelta

from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._run import Run
from aiomoto._time.clocks import clocks
from aiomoto._time.moments import check_reachable, duration_of, moment_of
from aiomoto._time.moved import MovedTime
from aiomoto._time.settling import Settling, finish
from aiomoto._time.timeline import Timeline, as_datetime

__all__ = ["Clock"]


class Clock:
    """The time of a mock: that of the process until a test moves it. It goes on from there. See docs/time.md.

    Mocks that share their data share its time. The test's own ``time.time()`` and ``datetime.now()`` are unaffected.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def now(self) -> datetime:
        """Return the mock's time, as an aware datetime in UTC.

        Raises:
            AiomotoError: the mock has ended.
        """
        self._check_active("now")
        return as_datetime(self._now())

    def advance(
        self, seconds: float | timedelta = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> Awaitable[None]:
        """Put the mock's time forward, and do what falls due in between, in its order.

        Long polls whose time is over return. From a thread, what was woken gets ahead before this returns; on an event
        loop, write ``await aws.clock.advance(...)`` for that.

        Args:
            seconds: how far, in seconds or as a timedelta.
            minutes: more of it.
            hours: more of it.
            days: more of it.

        Raises:
            ArgumentError: something is negative or not a number, or a timedelta has units beside it.
            AiomotoError: the mock has ended.
        """
        self._check_active("advance")
        duration = duration_of(seconds, minutes=minutes, hours=hours, days=days)
        check_reachable(self._now() + duration)
        return Settling(self._moved_time(), duration, adds_up=True)

    def move_to(self, moment: datetime) -> Awaitable[None]:
        """Put the mock's time forward to a moment; otherwise like :meth:`advance`.

        Args:
            moment: an aware datetime.

        Raises:
            ArgumentError: it is not an aware datetime, or it is in the mock's past.
            AiomotoError: the mock has ended.
        """
        self._check_active("move_to")
        seconds = moment_of(moment) - self._now()
        if seconds < 0:
            now = as_datetime(self._now()).isoformat(timespec="seconds")
            raise ArgumentError(
                f"aws.clock.move_to() cannot go back to {moment.isoformat()}: the mock's time is {now}. "
                "A mock can begin in the past: mock_aws(time=...)"
            )
        return Settling(self._moved_time(), seconds)

    def __repr__(self) -> str:
        if not self._run.exchange.is_active:
            return "<Clock: its mock has ended>"
        return f"<Clock: {as_datetime(self._now()).isoformat(timespec='seconds')}>"

    def _now(self) -> float:
        finish(self._run.exchange)
        return (self._run.exchange.timeline or _OF_THE_PROCESS).now()

    def _moved_time(self) -> MovedTime:
        return clocks.of(self._run.exchange)

    def _check_active(self, name: str) -> None:
        if not self._run.exchange.is_active:
            raise AiomotoError(f"aws.clock.{name}() needs an active mock, and this one has ended")


_OF_THE_PROCESS = Timeline()
