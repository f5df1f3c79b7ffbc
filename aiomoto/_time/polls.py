"""Long polls of SQS, to which the time passes that is skipped."""

from __future__ import annotations

from collections.abc import Iterator

from aiomoto._moto.loaded import loaded_backends
from aiomoto._moto.long_polls import Poll, waiting
from aiomoto._time.due import Due
from aiomoto._time.timeline import Timeline


def due_polls(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the polls that end, or find a message, up to a moment."""
    for poll in _polls():
        if (seconds := poll.due_in()) is not None and (at := timeline.now() + seconds) <= until:
            yield Due(at, poll.wake, leads_on=True)


def skip(seconds: float) -> None:
    """Let time pass for all polls."""
    for poll in _polls():
        poll.skip(seconds)


def have_looked() -> bool:
    """Tell whether all polls that have been woken have looked into their queue again, or ended."""
    return not any(poll.is_awake for poll in _polls())


def _polls() -> list[Poll]:
    # Those of the current mock's queues.
    queues = [queue for backend in loaded_backends("sqs", "sqs_backends") for queue in list(backend.queues.values())]
    return [poll for queue in queues for poll in waiting.at(queue)]
