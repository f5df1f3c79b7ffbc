"""What ``repr(aws)`` says, in at most three lines."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import fields
from reprlib import Repr
from typing import Protocol

from aiomoto._calls.log import CallLog
from aiomoto._options import Options
from aiomoto._run import Run
from aiomoto.answers import Answers
from aiomoto.faults import Faults


class Described(Protocol):
    """What is told of a mock."""

    calls: CallLog
    faults: Faults
    answers: Answers


def describe_mock(mock: Described, options: Options, run: Run | None) -> str:
    """Say whether a mock is active, and what it has.

    Args:
        mock: the mock.
        options: its options. Those that have their default values are left out.
        run: its run, if it is active.
    """
    state = "active" if run is not None else "ended" if mock.calls.has_started else "not started"
    given = [
        f"{field.name}={_SHORT.repr(value)}"
        for field in fields(options)
        if (value := getattr(options, field.name)) != field.default
    ]
    counts = [_count(mock.calls, "call") or "no calls", _count(mock.faults.rules, "fault")]
    counts.append(_count(mock.answers.rules, "answer"))
    if run is not None and run.exchange.functions:
        counts.append(_count(run.exchange.functions, "function"))
    lines = [f"{type(mock).__name__}: {', '.join([state, *given])}", ", ".join(filter(None, counts))]
    if run is not None and run.open_url is not None:
        lines.append(f"endpoint: {run.open_url}")
    return "<" + "\n ".join(lines) + ">"


def _count(things: Sized, name: str) -> str:
    number = len(things)
    return f"{number:,} {name}{'' if number == 1 else 's'}" if number else ""


_SHORT = Repr()
_SHORT.maxother = _SHORT.maxstring = 60
