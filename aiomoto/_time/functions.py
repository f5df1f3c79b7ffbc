"""What functions wait for: delayed messages, batching windows, retries. The time passes for it that is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from aiomoto import _live
from aiomoto._time.due import Due, Wait
from aiomoto._time.timeline import Timeline


def due_functions(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find what functions are to be told of up to a moment."""
    now = timeline.now()
    for functions in _of(timeline):
        for entry in functions.pending.entries():
            if (at := now + entry.due_in()) <= until:
                yield Due(at, partial(_start, timeline, entry), leads_on=True)


def do(timeline: Any, due: Due) -> object | Wait:
    """Do what is due, and have the functions run that it invokes. Returns what to wait for, if there is something."""
    exchanges = [each for each in _live.active() if each.timeline is timeline and each.functions]
    if not exchanges:
        return due.do()
    from aiomoto._functions.acting import act_later
    from aiomoto._functions.jobs import jobs_of
    from aiomoto._functions.runtime import Runtime

    owner = exchanges[-1]
    handlers: list[Any] = [each.functions for each in reversed(exchanges)]
    wait, has_invoked = act_later(Runtime(handlers, owner, jobs_of), due.do)
    if not has_invoked:
        return wait
    return lambda: (not callable(wait) or wait()) and not any(functions.under_way for functions in _of(timeline))


def skip(timeline: Timeline, seconds: float) -> None:
    """Let time pass for all that waits."""
    for functions in _of(timeline):
        for entry in functions.pending.entries():
            entry.skip(seconds)


def _start(timeline: Timeline, entry: Any) -> Wait:
    entry.start()
    return lambda: not any(functions.under_way for functions in _of(timeline))


def _of(timeline: Any) -> list[Any]:
    return [each.functions for each in _live.active() if each.timeline is timeline and each.functions]
