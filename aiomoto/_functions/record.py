"""What is known of one invocation of a function."""

from __future__ import annotations

import traceback
from typing import Any

from aiomoto import _clock
from aiomoto._functions.payload import FunctionError


class Invocation:
    """One run of a handler, as ``aws.functions.invocations`` lists it."""

    name: str
    """The name of the function."""
    version: str
    """The version that was invoked, ``"$LATEST"`` or a number."""
    event: Any
    """What the handler was given, before it changed it."""
    trigger: str
    """What set it off: ``"Invoke"``; an ARN, such as a queue's; a URL; or a service: ``"events"`` for schedules,
    ``"logs"``, ``"secretsmanager"``, or ``"lambda"`` for the destination of another function.
    """
    began: float
    """When it began, by a clock of seconds that nobody can set."""
    request_id: str
    """The id of the invocation, which the handler's context and its log have as well."""
    result: Any
    """What the handler has returned."""
    error: BaseException | None
    """What the handler has raised; ``None`` if it has raised nothing, or AWS stopped it."""
    failure: str | None
    """The error's type, or AWS's name of what stopped it (``"Sandbox.Timedout"``); ``None`` if there is neither."""
    duration: float | None
    """How many seconds it took; ``None`` while it is running."""
    log: str
    """What it has printed and logged, with AWS's lines around it."""
    may_fail: bool
    """Whether its function was added with ``may_fail=True``."""
    delivery: tuple[str, ...] | None
    """The ids of what it was to deliver; ``None`` if a caller waited for its result."""

    def __init__(
        self,
        name: str,
        version: str,
        event: Any,
        trigger: str,
        request_id: str,
        *,
        delivery: tuple[str, ...] | None,
        may_fail: bool,
    ) -> None:
        self.name = name
        self.version = version
        self.event = event
        self.trigger = trigger
        self.request_id = request_id
        self.result = None
        self.error = None
        self.failure = None
        self.duration = None
        self.log = ""
        self.delivery = delivery
        self.may_fail = may_fail
        self.began = _clock.now()

    @property
    def traceback(self) -> str | None:
        """The traceback of its error, as Python prints it; ``None`` without one."""
        return "".join(traceback.format_exception(self.error)) if self.error is not None else None

    def ended(self, result: Any, error: BaseException | None, failure: FunctionError | None) -> None:
        """Note how it has ended."""
        self.duration = _clock.now() - self.began
        self.result, self.error = result, error
        self.failure = failure.kind if failure is not None else None

    def __repr__(self) -> str:
        outcome = "running" if self.duration is None else self.failure or "succeeded"
        return f"<Invocation of {self.name} by {self.trigger}: {outcome}>"
