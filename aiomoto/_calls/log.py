"""``aws.calls``: what was called while a mock was live, as a sequence with assertions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, overload

from aiomoto._aws.names import check_names
from aiomoto._aws.values import check_values
from aiomoto._calls.call import Call, arguments, on_a_line, title
from aiomoto._calls.record import Record
from aiomoto._lock import state_lock

_MOST_CALLS = 10_000
_MOST_BYTES = 16 * 1024 * 1024
_MOST_LINES = 20  # of a failure message


class CallLog(Sequence[Call]):
    """The calls that clients made, each of their attempts, the oldest first.

    It holds the last 10,000, and 16 MiB of those bodies that hold parameters, the newest. ``print(aws.calls)`` shows
    them as a table.
    """

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        self._calls: deque[Call] = deque(calls)
        self._with_body: deque[Record] = deque()
        self._bytes = 0

    def add(self, record: Record) -> None:
        """Begin to log a call; it goes on being written."""
        with state_lock:
            self._calls.append(Call(record))
            if record.request.body and not record.keeps_bodies:
                self._with_body.append(record)
                self._bytes += record.size
            while len(self._calls) > _MOST_CALLS:
                self._calls.popleft()
            while self._with_body and (self._bytes > _MOST_BYTES or len(self._with_body) > _MOST_CALLS):
                oldest = self._with_body.popleft()
                oldest.forget_body()
                self._bytes -= oldest.size

    def clear(self) -> None:
        """Forget all calls."""
        with state_lock:
            self._calls.clear()
            self._with_body.clear()
            self._bytes = 0

    @property
    def last(self) -> Call:
        """The newest call.

        Raises:
            IndexError: there is none.
        """
        return self[-1]

    def filter(self, service: str | None = None, operation: str | None = None, /, **params: Any) -> CallLog:
        """Those calls that are to a service, to an operation of it, and with these parameters among others.

        Raises:
            ArgumentError: botocore knows no such service, operation or parameter, or a value is not of its kind.
            AiomotoError: it depends on a parameter that was in a body that was not kept.
        """
        check_names(service, operation, params)
        check_values(service, operation, params)
        return CallLog(call for call in self if call.is_to(service, operation) and call.has(params))

    def assert_called(self, service: str, operation: str | None = None, /, **params: Any) -> Call:
        """Make sure that there was such a call; the last of them is returned.

        Raises:
            AssertionError: there was none. The message lists what was called instead.
            ArgumentError: botocore knows no such service, operation or parameter, or a value is not of its kind.
            AiomotoError: it depends on a parameter that was in a body that was not kept.
        """
        found = self.filter(service, operation, **params)
        if not found:
            wanted = title(service, operation, arguments(params))
            raise AssertionError(f"{wanted} was not called. {_nearest(self, wanted)}")
        return found.last

    def assert_called_once(self, service: str, operation: str | None = None, /, **params: Any) -> Call:
        """Make sure that there was one such call; its last attempt is returned. A call and its retries count as one.

        Raises:
            AssertionError: there was none, or more than one. The message lists what was called.
            ArgumentError: botocore knows no such service, operation or parameter, or a value is not of its kind.
            AiomotoError: it depends on a parameter that was in a body that was not kept.
        """
        found = self.filter(service, operation, **params)
        times = len({call.invocation_id or id(call) for call in found})
        if times != 1:
            wanted = title(service, operation, arguments(params))
            log, text = (found, f"{times} times") if times else (self, "not at all")
            raise AssertionError(f"{wanted} was called {text}, not once. {_nearest(log, wanted)}")
        return found.last

    def assert_not_called(self, service: str, operation: str | None = None, /, **params: Any) -> None:
        """Make sure that there was no such call.

        Raises:
            AssertionError: there was one. The message lists them.
            ArgumentError: botocore knows no such service, operation or parameter, or a value is not of its kind.
            AiomotoError: it depends on a parameter that was in a body that was not kept.
        """
        found = self.filter(service, operation, **params)
        if found:
            wanted = title(service, operation, arguments(params))
            raise AssertionError(f"{wanted} was called. {_nearest(found, wanted)}")

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._snapshot())

    @overload
    def __getitem__(self, index: int) -> Call: ...

    @overload
    def __getitem__(self, index: slice) -> CallLog: ...

    def __getitem__(self, index: int | slice) -> Call | CallLog:
        if isinstance(index, slice):
            return CallLog(self._snapshot()[index])
        calls = self._snapshot()
        if not -len(calls) <= index < len(calls):
            raise IndexError(f"there is no call {index}: {len(calls)} calls have been made")
        return calls[index]

    def __repr__(self) -> str:
        return f"<CallLog of {len(self)} calls>"

    def __str__(self) -> str:
        return _table(self._snapshot())

    def _snapshot(self) -> list[Call]:
        with state_lock:
            return list(self._calls)


def _nearest(calls: Iterable[Call], wanted: str) -> str:
    """The calls that there were, those first that are to the same operation, and then those that look most like it."""
    name = wanted.partition("(")[0]
    lines = sorted(map(str, calls), key=lambda line: (line.partition("(")[0] != name, -_likeness(line, wanted)))
    if not lines:
        return "Nothing was called"
    more = [f"and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
    return "\n  ".join(["What was called, the nearest first:", *lines[:_MOST_LINES], *more])


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


_HEADINGS = ("#", "service", "operation", "region", "try", "outcome", "ms", "backend", "fault", "parameters")


def _table(calls: list[Call]) -> str:
    rows = [_HEADINGS, *(_row(number, call) for number, call in enumerate(calls))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS) - 1)]
    lines = (
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _row(number: int, call: Call) -> tuple[str, ...]:
    row = (
        str(number),
        call.service or "?",
        call.operation or f"{call.method} ?",
        call.region or "",
        str(call.attempt),
        call.outcome,
        "" if call.duration is None else f"{call.duration * 1000:.1f}",
        call.backend,
        str(call.fault.effect) if call.fault else "",
        call.shown_params,
    )
    return tuple(map(on_a_line, row))
