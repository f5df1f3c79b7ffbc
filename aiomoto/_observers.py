"""Who is told when mocks start and end: a run of tests that reports what they did."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aiomoto._calls.left_open import Leak
    from aiomoto._calls.log import CallLog
    from aiomoto._functions.record import Invocation


class ObservedMock(Protocol):
    """What an observer sees of a mock."""

    calls: CallLog

    @property
    def leaks(self) -> list[Leak]:
        """What it has left open."""


class ObservedFunctions(Protocol):
    """What is seen of a mock's Lambda functions.

    Attributes:
        invocations: every run of a handler, in order.
        errors: what went wrong where nobody waited.
    """

    invocations: list[Invocation]
    errors: list[Exception]

    @property
    def unhandled(self) -> list[Invocation]:
        """The invocations that have failed, and that nobody has seen."""


def functions_of(mock: object) -> ObservedFunctions | None:
    """The Lambda functions of a mock; ``None`` if its test has used none, which does without their modules."""
    functions = vars(mock).get("_functions")
    # A copy of a mock has those of the original.
    return functions if functions is not None and functions.owner is mock else None


def invocations_of(mock: object) -> list[Invocation]:
    """The runs of a mock's Lambda functions, in order."""
    functions = functions_of(mock)
    return [] if functions is None else list(functions.invocations)


class Observer(Protocol):
    """Is told of each mock. What it raises is the error of the test that starts or ends the mock.

    Attributes:
        wants_details: whether the logs of mocks that start now note who makes the calls.
    """

    wants_details: bool

    def started(self, mock: ObservedMock) -> None:
        """A mock has started."""

    def ending(self, mock: ObservedMock) -> None:
        """A mock is about to end: its data still exists, unless it has another owner."""

    def clearing(self, log: CallLog) -> None:
        """The calls of a mock are about to be removed from its log."""


def tell_of_clearing(log: CallLog) -> None:
    """Tell all observers that the calls of a mock are about to be removed."""
    for each in observers:
        each.clearing(log)


# The pytest plugin has a list already if it was imported first. It does not import this module, for runs without mocks.
observers: list[Observer] = getattr(sys.modules.get("aiomoto.pytest_plugin"), "observers", [])
