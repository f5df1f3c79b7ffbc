"""The time of one mock's data: how far it is ahead of the process's, and whose time counts in the running code."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Result = TypeVar("Result")

# Whose time counts while one of Moto's handlers runs, or something that falls due.
acting: ContextVar[Timeline | None] = ContextVar("aiomoto_timeline", default=None)


class Timeline:
    """The time of one mock's data, which goes on at its own pace from where a test has moved it.

    Mocks that share their data share it. It is the time of the process, which freezegun or time-machine may have
    stopped, plus an offset.

    Attributes:
        offset: how many seconds it is ahead of the process's.
        since: since when the sweepers have known a resource that has no date of its own, or when it was last used.
        tokens: since when they have known each token.
        first_seen: since when they know what they find for the first time.
    """

    def __init__(self) -> None:
        self.offset = 0.0
        self.first_seen = 0.0
        self.tokens: dict[str, float] = {}
        self.since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

    def now(self) -> float:
        """Seconds since 1970, in this time."""
        return time.time() + self.offset

    def put(self, moment: float) -> None:
        """Put the time forward to a moment; it never goes back."""
        self.shift(moment - time.time())

    def shift(self, offset: float) -> None:
        """Put the time forward until it is so far ahead of the process's."""
        self.offset = max(self.offset, offset)

    def begin_at(self, moment: float) -> None:
        """Put the time to a moment, which may be in the past."""
        self.offset = moment - time.time()

    def run(self, step: Callable[[], Result]) -> Result:
        """Run something in this time."""
        token = acting.set(self)
        try:
            return step()
        finally:
            acting.reset(token)


def as_datetime(moment: float) -> datetime:
    """A moment as an aware datetime, in UTC."""
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=moment)
