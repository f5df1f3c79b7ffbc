"""The arguments of ``aws.clock`` and ``mock_aws(time=...)``: moments and durations, checked."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from math import inf
from numbers import Real
from typing import Any

from aiomoto._errors import ArgumentError

_EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc)
_HOW = "write datetime(2026, 1, 1, tzinfo=timezone.utc)"


def start_of(given: object) -> float:
    """The moment that a mock begins with, in seconds since 1970.

    Raises:
        ArgumentError: it is neither an aware datetime nor a string with an offset.
    """
    if isinstance(given, str):
        try:
            # Up to Python 3.10, "Z" is no offset.
            moment = datetime.fromisoformat(given[:-1] + "+00:00" if given.endswith(("Z", "z")) else given)
        except ValueError:
            raise ArgumentError(
                f"time must be an aware datetime or a string like '2026-01-01T00:00:00Z', not {given!r}"
            ) from None
        if moment.tzinfo is None:
            written = moment.isoformat()
            raise ArgumentError(f"time={given!r} has no offset from UTC: write '{written}Z' or '{written}+02:00'")
        return _seconds("time", moment)
    if not isinstance(given, datetime):
        raise ArgumentError(f"time must be an aware datetime or a string like '2026-01-01T00:00:00Z', not {given!r}")
    return _seconds("time", given)


def moment_of(given: object) -> float:
    """What ``move_to`` takes, in seconds since 1970.

    Raises:
        ArgumentError: it is not an aware datetime.
    """
    if not isinstance(given, datetime):
        raise ArgumentError(f"aws.clock.move_to() takes an aware datetime, not {given!r}: {_HOW}")
    return _seconds("the moment", given)


def _seconds(name: str, moment: datetime) -> float:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ArgumentError(f"{name} must be an aware datetime, not {moment!r}, which has no tzinfo: {_HOW}")
    if not _EARLIEST <= moment <= _LATEST:
        raise ArgumentError(f"{name} must be between the years 1970 and 9999, not {moment!r}")
    return (moment - _EARLIEST).total_seconds()


def duration_of(seconds: object, **units: object) -> float:
    """What ``advance`` takes, in seconds.

    Raises:
        ArgumentError: it is negative, not a finite number, or a timedelta beside other units.
    """
    if isinstance(seconds, timedelta):
        if given := [name for name, value in units.items() if value]:
            raise ArgumentError(f"aws.clock.advance() takes a timedelta alone, not with {given[0]}={units[given[0]]!r}")
        return _not_negative("advance() by", seconds.total_seconds(), seconds)
    numbers = {"seconds": seconds, **units}
    return sum(_number(name, value) * _SECONDS[name] for name, value in numbers.items())


_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def _number(name: str, value: object) -> float:
    number: Any = value
    if isinstance(value, bool) or not isinstance(value, Real) or number != number or abs(number) == inf:
        wanted = "a number or a timedelta" if name == "seconds" else "a number"
        raise ArgumentError(f"{name} must be {wanted}, not {value!r}")
    return float(min(_not_negative(name, number, value), 2 * LATEST))  # an int may be too large for a float


def _not_negative(name: str, seconds: float, given: object) -> float:
    if seconds < 0:
        raise ArgumentError(f"{name} must not be negative, but is {given!r}: a mock's time only goes forward")
    return seconds


LATEST = (_LATEST - _EARLIEST).total_seconds()


def check_reachable(moment: float) -> None:
    """Check that a moment is one that the clock may be moved to.

    Raises:
        ArgumentError: it is after the year 9999.
    """
    if moment > LATEST:
        raise ArgumentError("aws.clock cannot be moved past the year 9999")
