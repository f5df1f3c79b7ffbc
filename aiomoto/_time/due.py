"""What falls due, and who finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from aiomoto._time.timeline import Timeline

# Waited for, with the lock released, before time goes on.
Wait = Callable[[], bool]


class Due(NamedTuple):
    """Something that happens at a moment.

    Attributes:
        at: the moment, in seconds since 1970; in the past if it is overdue.
        do: does it, under the lock, with the clock at that moment. It may return what to wait for.
        leads_on: whether something else may fall due because of it, or something may be waiting for it.
    """

    at: float
    do: Callable[[], object | Wait]
    leads_on: bool = False


# Finds what falls due in a timeline up to a moment. What has been done is not found again.
Sweeper = Callable[[Timeline, float], Iterable[Due]]
