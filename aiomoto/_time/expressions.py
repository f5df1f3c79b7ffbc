"""Schedule expressions of AWS: ``rate(5 minutes)``, ``cron(0 12 * * ? *)`` and ``at(2026-01-01T12:00:00)``.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

_RATE = re.compile(r"rate\((\d+) +(minute|hour|day)s?\)")
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_CRON = re.compile(r"cron\((.+)\)")
_AT = re.compile(r"at\((.+)\)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_LAST_YEAR = 2199


def next_after(expression: str, moment: float, zone: str = "UTC") -> float | None:
    """The first time after a moment that an expression names; ``None`` if there is none, or the expression is wrong.

    Args:
        expression: the expression.
        moment: the moment, in seconds since 1970: for a rate, when it was due the last time.
        zone: the name of the time zone of ``cron`` and ``at``.
    """
    if rate := _RATE.fullmatch(expression):
        return moment + int(rate[1]) * _UNITS[rate[2]] if int(rate[1]) else None
    try:
        if at := _AT.fullmatch(expression):
            due = datetime.fromisoformat(at[1]).replace(tzinfo=_zone(zone)).timestamp()
            return due if due > moment else None
        cron = _cron(expression)
        return None if cron is None else cron.next_after(moment, _zone(zone))
    except (ValueError, IndexError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return None


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo  # slow to import

    return ZoneInfo(name)


class _Cron(NamedTuple):
    minutes: list[int]
    hours: list[int]
    days: str
    months: set[int]
    weekdays: str
    years: set[int] | None

    def next_after(self, moment: float, zone: tzinfo) -> float | None:
        start = datetime.fromtimestamp(moment, zone)
        day = start.date()
        while day.year <= _LAST_YEAR:
            if self.years is not None and day.year > max(self.years):
                return None
            if day.month not in self.months or (self.years is not None and day.year not in self.years):
                day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
                continue
            if self._is_on(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()
                        if due > moment:
                            return due
            day += timedelta(days=1)
        return None

    def _is_on(self, day: date) -> bool:
        by_day = self.days in ("*", "?") or any(_is_day(each, day) for each in self.days.split(","))
        by_weekday = self.weekdays in ("*", "?") or any(_is_weekday(each, day) for each in self.weekdays.split(","))
        return by_day and by_weekday


def _is_day(field: str, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == last
    if field.endswith("W"):
        wanted = date(day.year, day.month, last if field == "LW" else min(int(field[:-1]), last))
        return day == _nearest_workday(wanted, last)
    return day.day in _values(field, 1, 31, ())


def _nearest_workday(day: date, last: int) -> date:
    # Within the month.
    if day.weekday() == 5:
        return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
    if day.weekday() == 6:
        return day + timedelta(days=1) if day.day < last else day - timedelta(days=2)
    return day


def _is_weekday(field: str, day: date) -> bool:
    number = day.isoweekday() % 7 + 1  # Sunday is 1
    if "#" in field:
        weekday, nth = field.split("#")
        return number in _values(weekday, 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == int(nth)
    if field == "L":
        return number == 7
    if field.endswith("L"):
        is_last = day.day + 7 > monthrange(day.year, day.month)[1]
        return is_last and number in _values(field[:-1], 1, 7, _DAYS)
    return number in _values(field, 1, 7, _DAYS)


@lru_cache(maxsize=64)
def _cron(expression: str) -> _Cron | None:
    found = _CRON.fullmatch(expression)
    fields = found[1].upper().split() if found else []
    if len(fields) != 6:
        return None
    minutes, hours, days, months, weekdays, years = fields
    return _Cron(
        sorted(_values(minutes, 0, 59, ())),
        sorted(_values(hours, 0, 23, ())),
        days,
        set(_values(months, 1, 12, _MONTHS)),
        weekdays,
        None if years == "*" else set(_values(years, 1970, _LAST_YEAR, ())),
    )


@lru_cache(maxsize=256)
def _parse(field: str, first: int, last: int, names: tuple[str, ...]) -> frozenset[int]:
    values: set[int] = set()
    for part in field.split(","):
        bounds, _, step = part.partition("/")
        begin, _, end = bounds.partition("-")
        if begin in ("*", "?"):
            low, high = first, last
        else:
            low = _number(begin, names)
            high = _number(end, names) if end else last if step else low
        if low > high:  # SAT-MON
            values.update(range(low, last + 1, int(step or 1)), range(first, high + 1, int(step or 1)))
        else:
            values.update(range(low, high + 1, int(step or 1)))
    return frozenset(values)


def _values(field: str, first: int, last: int, names: tuple[str, ...] | list[str]) -> frozenset[int]:
    return _parse(field, first, last, tuple(names))


def _number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text) + 1 if text in names else int(text)
