"""What is known of one invocation of a function."""

from __future__ import annotations

import traceback
from typing import Any

from aiomoto import _clock
from aiomoto._functions.payload import FunctionError


class Invocation:
    """One run of a handler, as ``aws.functions.invocations`` lists it.

    Attributes:
        name: the name of the function.
        version: the version that was invoked, ``"$LATEST"`` or a number.
        event: what the handler was given, before it changed it.
        trigger: what set it off: ``"Invoke"``; an ARN, such as a queue's; a URL; or a service: ``"events"`` for
            schedules, ``"logs"``, ``"secretsmanager"``, or ``"lambda"`` for the destination of another function.
        began: when it began, by a clock of seconds that nobody can set.
        request_id: the id of the invocation, which the handler's context and its log have as well.
        result: what the handler has returned.
        error: what the handler has raised; ``None`` if it has raised nothing, or AWS stopped it.
        failure: the type of the error, or AWS's name of what stopped it (``"Sandbox.Timedout"``); ``None`` if it has
            succeeded, or is running.
        duration: how many seconds it took; ``None`` while it is running.
        log: what it has printed and logged, with AWS's lines around it.
        may_fail: whether its function was added with ``may_fail=True``.
        delivery: the ids of what it was to deliver; ``None`` if a caller waited for its result.
    """

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
        self.result: Any = None
        self.error: BaseException | None = None
        self.failure: str | None = None
        self.duration: float | None = None
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
