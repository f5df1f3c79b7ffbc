"""``aws.calls.summary()``: how often each operation was called, and how long its calls took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, overload

from aiomoto._calls.call import Call, number_of_calls, printable
from aiomoto._calls.table import align, milliseconds


class OperationSummary(NamedTuple):
    """The calls of one operation."""

    service: str | None
    """botocore's name of the service; ``None`` if the requests do not tell."""
    operation: str | None
    """botocore's name of the operation; ``None`` if the requests do not call one."""
    calls: int
    """The number of calls; all attempts of a call that was retried count as one."""
    attempts: int
    """The number of attempts."""
    errors: int
    """The number of attempts that had an error as their response, or no response."""
    total: float
    """The seconds that all attempts took together."""
    longest: float
    """The seconds that the longest attempt took."""


class Summary(Sequence[OperationSummary]):
    """How often each operation was called, in the order of their first calls. ``print`` shows it as a table."""

    def __init__(self, rows: Iterable[OperationSummary]) -> None:
        self._rows = tuple(rows)

    @overload
    def __getitem__(self, index: int) -> OperationSummary: ...

    @overload
    def __getitem__(self, index: slice) -> Summary: ...

    def __getitem__(self, index: int | slice) -> OperationSummary | Summary:
        return Summary(self._rows[index]) if isinstance(index, slice) else self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<Summary of {len(self)} operations>"

    def __str__(self) -> str:
        return "\n".join(align([_HEADINGS, *map(_cells, self)], right=(1, 2, 3, 4, 5)))


def summarize(calls: Iterable[Call]) -> Summary:
    """Count calls by service and operation."""
    groups: dict[tuple[str | None, str | None], list[Call]] = {}
    for call in calls:
        groups.setdefault((call.service, call.operation), []).append(call)
    return Summary(_row(service, operation, found) for (service, operation), found in groups.items())


def _row(service: str | None, operation: str | None, attempts: list[Call]) -> OperationSummary:
    durations = [call.duration or 0.0 for call in attempts]
    errors = sum(call.has_failed for call in attempts)
    calls = number_of_calls(attempts)
    return OperationSummary(service, operation, calls, len(attempts), errors, sum(durations), max(durations))


_HEADINGS = ("operation", "calls", "attempts", "errors", "total ms", "longest ms")


def _cells(row: OperationSummary) -> tuple[str, ...]:
    name = printable(f"{row.service or '?'}.{row.operation or '?'}")
    counts = map(str, (row.calls, row.attempts, row.errors))
    return (name, *counts, milliseconds(row.total), milliseconds(row.longest))
