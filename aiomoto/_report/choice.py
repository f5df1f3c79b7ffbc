"""Which rows of a long table are shown."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_ROWS = 40
_MOST_FAILED = 30


def choose(has_failed: Sequence[bool]) -> list[int]:
    """Choose which rows to show: those that failed first, of many the first and the last ones; then the last ones."""
    numbers = range(len(has_failed))
    failed = [number for number in numbers if has_failed[number]]
    if len(failed) > _MOST_FAILED:
        failed = failed[: _MOST_FAILED // 2] + failed[-_MOST_FAILED // 2 :]
    others = [number for number in reversed(numbers) if number not in set(failed)]
    return sorted(failed + others[: _MOST_ROWS - len(failed)])


def gaps(shown: Sequence[int]) -> list[list[str]]:
    """The line before each row that is shown, if rows are left out there: how many."""
    before = [0, *(number + 1 for number in shown)]
    return [
        [f"… {number - start:,} not shown"] if number > start else []
        for start, number in zip(before, shown, strict=False)
    ]
