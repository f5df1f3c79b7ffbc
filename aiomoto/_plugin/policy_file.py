"""``--aiomoto-policy``: the IAM policy for all calls of a run of pytest, in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aiomoto import _live
from aiomoto._calls.log import CallLog
from aiomoto._calls.policy import COMMENT, Grants
from aiomoto._observers import ObservedMock, observers

OPTION = "aiomoto_policy"


def checked_path(config: pytest.Config) -> Path | None:
    """Return the file to write; ``None`` for none.

    Raises:
        UsageError: it cannot be written.
    """
    if not (name := config.getoption(OPTION)):
        return None
    path = Path(config.invocation_params.dir, name)
    try:
        existed = path.exists()
        path.open("a").close()
        if not existed:
            path.unlink()
    except OSError as error:
        raise pytest.UsageError(
            f"--aiomoto-policy must name a file that can be written, not {name!r}: {error.strerror}"
        ) from error
    return path


class PolicyFile:
    """A plugin that collects what the calls of all mocks need, and writes the policy when the run ends.

    Args:
        path: the file; in a worker of pytest-xdist, which does not write it, ``None``.
    """

    wants_details = False

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._grants = Grants()
        observers.append(self)

    # ------------------------------------------------------------ mocks

    def started(self, mock: ObservedMock) -> None:
        """No-op: a mock that starts has made no calls."""

    def ending(self, mock: ObservedMock) -> None:
        """Add the calls of a mock."""
        self._grants.add_calls(mock.calls)

    def clearing(self, log: CallLog) -> None:
        """Add the calls of a mock that are removed before it ends."""
        self._grants.add_calls(log)

    # ------------------------------------------------------------ pytest

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker of pytest-xdist has collected."""
        if policy := getattr(node, "workeroutput", {}).get(OPTION):
            self._grants.add_policy(policy)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Add the calls of mocks that never end, and hand on what was collected; without workers, write it."""
        for exchange in _live.active():
            self._grants.add_calls(exchange.calls or ())
        if self._path is None:
            session.config.workeroutput[OPTION] = self._grants.policy()  # type: ignore[attr-defined]

    def pytest_unconfigure(self) -> None:
        """Write the file, when all workers have ended."""
        observers.remove(self)
        if self._path is not None:
            self._path.write_text(json.dumps(self._grants.policy(), indent=4) + "\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what has been written."""
        if self._path is not None:
            policy = self._grants.policy()
            actions = sum(len(each["Action"]) for each in policy["Statement"])
            unknown = f", unknown operations: {len(policy[COMMENT])}" if COMMENT in policy else ""
            terminalreporter.write_line(f"IAM policy of the run: {self._path} (actions: {actions}{unknown})")


def register(config: pytest.Config) -> None:
    """Collect what the calls of this run need.

    Raises:
        UsageError: the file cannot be written.
    """
    path = None if hasattr(config, "workerinput") else checked_path(config)
    config.pluginmanager.register(PolicyFile(path), "aiomoto-policy-file")
