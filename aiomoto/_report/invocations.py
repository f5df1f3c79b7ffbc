"""The runs of Lambda functions in the reports of a test."""

from __future__ import annotations

from collections.abc import Sequence

from aiomoto._calls.call import abbreviated, printable
from aiomoto._calls.table import align, milliseconds
from aiomoto._functions.record import Invocation
from aiomoto._report.choice import choose, gaps
from aiomoto._report.lines import cut
from aiomoto._report.masking import MASK, masked

_MOST_IN_CELL = 28


def invocations_table(invocations: Sequence[Invocation], *, width: int, secrets: bool = False) -> list[str]:
    """Format runs as a table, of many those that failed and the last ones.

    Args:
        invocations: the runs, the oldest first.
        width: the greatest width of a line.
        secrets: whether to show secrets.
    """
    shown = choose([each.failure is not None for each in invocations])
    rows = [_short(cells(invocations[number], secrets=secrets)) for number in shown]
    heading, *lines = align([("function", "invoked by", "ms", "result"), *rows], right=(2,))
    table = [heading]
    for gap, line in zip(gaps(shown), lines, strict=True):
        table += [*gap, line]
    return [cut(line, width) for line in table]


def cells(invocation: Invocation, *, secrets: bool) -> tuple[str, str, str, str]:
    """Describe a run: its function, what invoked it, how long it took, and its result or error."""
    outcome = _outcome(invocation, secrets=secrets)
    described = (invocation.name, invocation.trigger, milliseconds(invocation.duration), outcome)
    name, trigger, duration, outcome = map(printable, described)
    return name, trigger, duration, outcome


def _outcome(invocation: Invocation, *, secrets: bool) -> str:
    if invocation.duration is None:
        return "running"
    if invocation.failure is not None:
        return invocation.failure if invocation.error is None else f"{invocation.failure}: {invocation.error}"
    if secrets:
        return abbreviated(invocation.result)
    if invocation.trigger == "Invoke":  # AWS's model calls Invoke's payload sensitive
        return MASK
    return abbreviated(masked({"result": invocation.result}, None)["result"])


def _short(row: tuple[str, str, str, str]) -> tuple[str, ...]:
    """Leave a row the end of an ARN, which tells more than its beginning."""
    name, trigger, duration, outcome = row
    if trigger.startswith("arn:"):
        _, _, service, _, _, resource = trigger.split(":", 5)
        trigger = f"{service}:{resource}"
    return (cut(name, _MOST_IN_CELL), cut(trigger, _MOST_IN_CELL), duration, outcome)
