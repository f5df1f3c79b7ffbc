"""The report of a failing test as text: its calls, what exists, and what is near to the names in its error."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from aiomoto._calls.call import Call
from aiomoto._functions.record import Invocation
from aiomoto._moto.state import State
from aiomoto._report.calls_table import Waits, calls_table
from aiomoto._report.invocations import invocations_table
from aiomoto._report.lines import cut
from aiomoto._report.near import near_lines
from aiomoto._report.state_lines import state_lines


def report_text(
    calls: Sequence[Call],
    waits: Waits,
    invocations: Sequence[Invocation],
    state: State | None,
    error: BaseException,
    *,
    parts: Collection[str],
    width: int,
) -> str:
    """Write the report.

    Args:
        calls: the calls, the oldest first.
        waits: the waits that were skipped, by the newest call at that time.
        invocations: the runs of Lambda functions, the oldest first.
        state: what existed when the test failed; ``None`` if that is unknown.
        error: the error that the test failed with.
        parts: what the report has: ``"calls"``, which runs of functions are among, ``"state"``, and ``"secrets"`` if
            nothing is masked.
        width: the greatest width of a line.
    """
    blocks = []
    if "calls" in parts:
        secrets = "secrets" in parts
        table = calls_table(calls, waits, width=width, secrets=secrets)
        blocks.append(table if calls else ["No calls were made."])
        if invocations:
            blocks.append(["Functions that ran:", *invocations_table(invocations, width=width, secrets=secrets)])
    if "state" in parts:
        blocks.append(_state(state, width))
        if state is not None and (near := near_lines(error, calls, state)):
            blocks.append(["What is near:", *(cut(line, width) for line in near)])
    return "\n\n".join("\n".join(block) for block in blocks)


def _state(state: State | None, width: int) -> list[str]:
    if state is None:
        return ["What existed is unknown: the mock had ended before the test failed."]
    if not state.existing:
        return ["Nothing exists."]
    return ["What exists:", *state_lines(state.existing, width=width)]
