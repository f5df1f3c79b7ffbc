"""The table of calls in the report of a failing test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiomoto._aws.client_added import without_added
from aiomoto._calls.call import Call, arguments, printable, title
from aiomoto._calls.record import Slept
from aiomoto._calls.table import align, milliseconds
from aiomoto._errors import AiomotoError
from aiomoto._report.choice import choose, gaps
from aiomoto._report.lines import cut
from aiomoto._report.masking import masked, masked_url

Waits = Mapping[Call | None, Sequence[Slept]]


def calls_table(calls: Sequence[Call], waits: Waits, *, width: int, secrets: bool = False) -> list[str]:
    """Format calls as a table, with the waits of the clients between them.

    It has at most 40 rows: calls that failed, and the last ones. Columns that would be empty, or say the same in each
    row, are left out.

    Args:
        calls: the calls, the oldest first.
        waits: the waits that were skipped, by the newest call at that time.
        width: the greatest width of a line.
        secrets: whether to show secret parameters.
    """
    shown = choose([call.has_failed for call in calls])
    rows = [_cells(number, calls[number], secrets=secrets) for number in shown]
    used = [index for index, heading in enumerate(_HEADINGS) if _is_used(heading, [row[index] for row in rows])]
    table = [tuple(row[index] for index in used) for row in (_HEADINGS, *rows)]
    right = [used.index(index) for index in _RIGHT if index in used]
    heading, *lines = align(table, right=right)
    result = [heading]
    for number, gap, line in zip(shown, gaps(shown), lines, strict=True):
        result += [*gap, line, *map(_wait, waits.get(calls[number], ()))]
    return [cut(line, width) for line in [*map(_wait, waits.get(None, ())), *result]]


# The call comes last, since it is what is cut.
_HEADINGS = ("#", "try", "outcome", "ms", "region", "sent by", "rule", "call")
_RIGHT = (0, 1, 3)
_OPTIONAL = ("try", "region", "sent by")  # left out if all rows say the same
_MOST_IN_CELL = 28


def _is_used(heading: str, cells: list[str]) -> bool:
    if heading == "rule":
        return any(cells)
    return heading not in _OPTIONAL or len(set(cells)) > 1


def _cells(number: int, call: Call, *, secrets: bool) -> tuple[str, ...]:
    cells = (
        str(number),
        str(call.attempt),
        call.outcome.replace("AWS.SimpleQueueService.", ""),
        milliseconds(call.duration),
        call.region or "",
        call.backend,
        "fault" if call.fault else "answer" if call.rule else "",
    )
    name = call.operation or f"{call.method} {masked_url(call.url).partition('?')[0]}"
    shown = title(call.service, name, _parameters(call, secrets=secrets))
    return (*(cut(printable(cell), _MOST_IN_CELL) for cell in cells), shown)


def _parameters(call: Call, *, secrets: bool) -> str:
    try:
        params = without_added(call.params, call.model)
    except AiomotoError as error:
        return f"({error})"
    return arguments(params if secrets else masked(params, call.model))


def _wait(slept: Slept) -> str:
    return f"… skipped a wait of {slept.seconds:.3g} s ({slept.why})"
