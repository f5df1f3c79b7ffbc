"""``aws.calls``: the calls that clients made while a mock was active, as a sequence with assertions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from aiomoto._aws.names import check_names
from aiomoto._aws.values import check_values
from aiomoto._calls.call import Call, arguments, number_of_calls, printable, title
from aiomoto._calls.record import Slept
from aiomoto._calls.table import align, milliseconds
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._lock import state_lock

if TYPE_CHECKING:
    from aiomoto._calls.summary import Summary

MAX_CALLS = 10_000
_MAX_LINES = 20  # of a failure message


class Wait(NamedTuple):
    """A wait that was skipped, and the newest call at that time."""

    slept: Slept
    after: Call | None


class CallLog(Sequence[Call]):
    """The calls that clients made, the oldest first; each attempt is one entry.

    The log keeps the last 10,000 calls, and the last 16 MiB of bodies that contain parameters. ``print(aws.calls)``
    shows the calls as a table.
    """

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        self._calls: deque[Call] = deque(calls)
        self.has_started = False
        self._dropped = 0
        self.waits: list[Wait] = []

    def clear(self) -> None:
        """Remove all calls."""
        with state_lock:
            self._calls.clear()
            self._dropped = 0
            self.waits.clear()

    @property
    def last(self) -> Call:
        """The newest call.

        Raises:
            IndexError: the log is empty.
        """
        return self[-1]

    def filter(self, service: str | None = None, operation: str | None = None, /, **params: object) -> CallLog:
        """Return the calls to a service and an operation that have these parameters.

        Args:
            service: botocore's name of the service; ``None`` matches any.
            operation: botocore's name of the operation; ``None`` matches any.
            params: values of parameters. A call may have others as well.

        Raises:
            ArgumentError: botocore has no such service, operation or parameter, or a value has the wrong type.
            AiomotoError: the result depends on a body that was not recorded.
        """
        check_names(service, operation, params)
        check_values(service, operation, params)
        found = CallLog(call for call in self if call.is_to(service, operation) and call.has(params))
        found.has_started, found._dropped = self.has_started, self._dropped
        return found

    def assert_called(self, service: str, operation: str | None = None, /, **params: object) -> Call:
        """Assert that at least one call matches; return the last one.

        Args:
            service: as for :meth:`filter`, but not ``None``.
            operation: as for :meth:`filter`.
            params: as for :meth:`filter`.

        Raises:
            AssertionError: no call matches. The message lists the calls that were made.
            ArgumentError: botocore has no such service, operation or parameter, or a value has the wrong type.
            AiomotoError: the result depends on a body that was not recorded.
        """
        found = self.filter(service, operation, **params)
        if not found:
            wanted = title(service, operation, arguments(params))
            raise AssertionError(f"{wanted} was not called. {list_calls(self, wanted)}")
        return found.last

    def assert_called_once(self, service: str, operation: str | None = None, /, **params: object) -> Call:
        """Assert that exactly one call matches, however often it was retried; return its last attempt.

        Args:
            service: as for :meth:`filter`, but not ``None``.
            operation: as for :meth:`filter`.
            params: as for :meth:`filter`.

        Raises:
            AssertionError: no call matches, or several do. The message lists the calls that were made.
            ArgumentError: botocore has no such service, operation or parameter, or a value has the wrong type.
            AiomotoError: the log no longer has all calls.
            AiomotoError: the result depends on a body that was not recorded.
        """
        found = self.filter(service, operation, **params)
        times = number_of_calls(found)
        if times != 1:
            wanted = title(service, operation, arguments(params))
            log, mistake = (found, f"was called {times} times") if times else (self, "was not called")
            raise AssertionError(f"{wanted} {mistake}; expected one call. {list_calls(log, wanted)}")
        self._check_that_it_has_all()
        return found.last

    def assert_not_called(self, service: str, operation: str | None = None, /, **params: object) -> None:
        """Assert that no call matches.

        Args:
            service: as for :meth:`filter`, but not ``None``.
            operation: as for :meth:`filter`.
            params: as for :meth:`filter`.

        Raises:
            AssertionError: a call matches. The message lists the matching calls.
            AiomotoError: the mock was never started, or the log no longer has all of its calls.
            ArgumentError: botocore has no such service, operation or parameter, or a value has the wrong type.
            AiomotoError: the result depends on a body that was not recorded.
        """
        found = self.filter(service, operation, **params)
        if found:
            wanted = title(service, operation, arguments(params))
            raise AssertionError(f"{wanted} was called; expected no call. {list_calls(found, wanted)}")
        self._check_that_it_has_all()

    def assert_at_most(
        self, most: int, service: str | None = None, operation: str | None = None, /, **params: object
    ) -> None:
        """Assert that no more than this number of calls match, however often each was retried.

        Args:
            most: the greatest number of calls that is all right.
            service: as for :meth:`filter`.
            operation: as for :meth:`filter`.
            params: as for :meth:`filter`.

        Raises:
            AssertionError: more calls match. The message lists them.
            AiomotoError: the mock was never started, or the log no longer has all of its calls.
            ArgumentError: ``most`` is not a number of calls; or botocore has no such service, operation or parameter,
                or a value has the wrong type.
            AiomotoError: the result depends on a body that was not recorded.
        """
        if not isinstance(most, int) or isinstance(most, bool) or most < 0:
            raise ArgumentError(
                f"the greatest number of calls must be 0 or a greater int, not {most!r}. Write it first: "
                'assert_at_most(3, "dynamodb", "Query")'
            )
        found = self.filter(service, operation, **params)
        if (times := number_of_calls(found)) > most:
            wanted = title(service, operation, arguments(params)) if service else "AWS"
            often = f"{times} time{'s' if times > 1 else ''}"
            raise AssertionError(f"{wanted} was called {often}; expected at most {most}. {list_calls(found, wanted)}")
        self._check_that_it_has_all()

    def summary(self) -> Summary:
        """Count the calls, attempts and errors of each operation, and add up how long they took.

        ``print(aws.calls.summary())`` shows a table.
        """
        from aiomoto._calls.summary import summarize  # tests without it do without its module

        return summarize(self)

    def _check_that_it_has_all(self) -> None:
        if not self.has_started:
            raise AiomotoError(
                "this log has recorded nothing, since its mock was never started: as a decorator, a mock starts a new "
                "one for each call. Write `with mock_aws() as aws:`, or use the fixture `aiomoto`"
            )
        if self._dropped:
            raise AiomotoError(
                f"cannot tell how often it was called: the log keeps the last {MAX_CALLS:,} calls; {self._dropped:,} "
                "earlier ones were dropped. Call aws.calls.clear() before what is to be counted"
            )

    def policy(self) -> dict[str, Any]:
        """Write the least IAM policy that allows these calls, as ``json.dump`` takes it. See docs/permissions.md.

        Calls whose permissions are unknown are listed under the key ``"Comment"``, which IAM does not accept: complete
        the statements, then remove it.
        """
        from aiomoto._calls.policy import Grants  # tests without it do without its table

        grants = Grants()
        grants.add_calls(self)
        return grants.policy()

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
            part = CallLog(self._snapshot()[index])
            part.has_started = self.has_started
            return part
        calls = self._snapshot()
        if not -len(calls) <= index < len(calls):
            raise IndexError(f"call index {index} is out of range: the log has {len(calls)} calls")
        return calls[index]

    def __repr__(self) -> str:
        return f"<CallLog of {len(self)} calls>"

    def __str__(self) -> str:
        rows = (_row(number, call) for number, call in enumerate(self._snapshot()))
        return "\n".join(align([_HEADINGS, *rows]))

    def _snapshot(self) -> list[Call]:
        with state_lock:
            return list(self._calls)


def list_calls(calls: Iterable[Call], wanted: str) -> str:
    """List the calls that were made: first those to the wanted operation, then by similarity."""
    name = wanted.partition("(")[0]
    lines = sorted(map(str, calls), key=lambda line: (line.partition("(")[0] != name, -_similarity(line, wanted)))
    if not lines:
        return "No calls were made"
    more = [f"and {len(lines) - _MAX_LINES} more"] if len(lines) > _MAX_LINES else []
    return "\n  ".join(["Calls that were made, the most similar first:", *lines[:_MAX_LINES], *more])


def _similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


_HEADINGS = ("#", "service", "operation", "region", "try", "outcome", "ms", "backend", "rule", "parameters")


def _row(number: int, call: Call) -> tuple[str, ...]:
    row = (
        str(number),
        call.service or "?",
        call.operation or f"{call.method} ?",
        call.region or "",
        str(call.attempt),
        call.outcome,
        milliseconds(call.duration),
        call.backend,
        str(call.rule.words) if call.rule else "",
        call.shown_params,
    )
    return tuple(map(printable, row))
