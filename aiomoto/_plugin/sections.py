"""The section "AWS calls" in the report of a failing test, and the mocks of the running test that it is about."""

from __future__ import annotations

import shutil
import sys
from collections import deque
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import _clock
from aiomoto._moto import worlds
from aiomoto._observers import invocations_of

if TYPE_CHECKING:
    from aiomoto._calls.call import Call
    from aiomoto._calls.log import CallLog, Wait
    from aiomoto._functions.record import Invocation
    from aiomoto._moto.state import State
    from aiomoto._observers import ObservedMock

NAME = "AWS calls"
_MOST_LOGS = 8  # of mocks that have ended in the running test
_numbers = count()


class _Noted:
    """The log of a mock, and what was in it before the running test, or before the last section."""

    def __init__(self, mock: ObservedMock) -> None:
        self.number = next(_numbers)
        self.mock: ObservedMock | None = mock
        self._world = worlds.current()  # it is told of as soon as it starts, which is inside it
        self._log: CallLog = mock.calls
        self._last: Call | None = None
        self._waits = 0
        self._since = _clock.now()
        self._invocations: list[Invocation] = []  # of a mock that has ended

    def skip_earlier(self) -> None:
        self._since = _clock.now()
        self._last = self._log.last if self._log else None
        self._waits = len(self._log.waits)

    def state(self) -> State:
        """What exists now, in the mock's own AWS if it is isolated."""
        with worlds.inside(self._world):
            return _state_now()

    def calls(self) -> list[Call]:
        calls = list(self._log)
        # The last one may have been dropped since.
        return calls[calls.index(self._last) + 1 :] if self._last in calls else calls

    def invocations(self) -> list[Invocation]:
        found = self._invocations if self.mock is None else invocations_of(self.mock)
        return [each for each in found if each.began >= self._since]

    def end(self) -> None:
        self._invocations, self.mock = self.invocations(), None

    def waits(self) -> list[Wait]:
        return self._log.waits[self._waits :]


class Sections:
    """Writes the sections of one run of tests. It is told of each mock.

    Args:
        config: pytest's configuration.
        parts: what the sections have, see :func:`aiomoto._report.text.report_text`.
    """

    def __init__(self, config: pytest.Config, parts: frozenset[str]) -> None:
        self._config = config
        self._parts = parts
        self._active: list[_Noted] = []
        self._ended: deque[_Noted] = deque(maxlen=_MOST_LOGS)
        self._state: State | None = None

    def begin(self) -> None:
        """Begin with another test, or with the next phase of one."""
        self._ended.clear()
        self._state = None
        for each in self._active:
            each.skip_earlier()

    def started(self, mock: ObservedMock) -> None:
        """Note a mock that has started."""
        self._active.append(_Noted(mock))

    def ending(self, mock: ObservedMock) -> None:
        """Note that a mock ends; if an error ends it, also what exists, since that may be deleted."""
        for each in [each for each in self._active if each.mock is mock]:
            each.end()
            self._active.remove(each)
            self._ended.append(each)
        if isinstance(sys.exc_info()[1], Exception):
            with suppress(Exception):
                self._state = _state_now()

    def add_to(self, report: pytest.TestReport, error: BaseException) -> None:
        """Add the section to the report of a test that has failed, if a mock was active in it."""
        if not self._active and not self._ended:
            return
        try:
            text = self._text(error)
        except Exception as mistake:  # pytest would end the run
            text = f"This section could not be written: {type(mistake).__name__}: {mistake}"
        longrepr: Any = report.longrepr
        if hasattr(longrepr, "addsection"):
            # Part of the failure's text, so that it is in JUnit XML and HTML reports too.
            longrepr.addsection(NAME, text)
        else:
            report.sections.append((NAME, text))
        self.begin()

    def _text(self, error: BaseException) -> str:
        from aiomoto._report.text import report_text  # a run without failures does without it

        noted = sorted([*self._active, *self._ended], key=lambda each: each.number)
        # The log of a mock has what is in the logs of those inside it too.
        calls = list(dict.fromkeys(call for each in noted for call in each.calls()))
        waits: dict[Call | None, list[Any]] = {}
        for wait in {id(wait): wait for each in noted for wait in each.waits()}.values():
            waits.setdefault(wait.after, []).append(wait.slept)
        invocations = sorted((each for one in noted for each in one.invocations()), key=lambda each: each.began)
        state = self._active[-1].state() if self._active else self._state
        return report_text(calls, waits, invocations, state, error, parts=self._parts, width=_width(self._config))


def _state_now() -> State:
    from aiomoto._moto.state import state

    return state()


def _width(config: pytest.Config) -> int:
    # Without a terminal of its own, as in xdist's workers, COLUMNS tells, or there are 80.
    if config.pluginmanager.has_plugin("terminalreporter"):
        return config.get_terminal_writer().fullwidth
    return shutil.get_terminal_size().columns
