"""``pytest --aiomoto-report``: a page for each test in which a mock was active, and an index of the run."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from aiomoto import _clock
from aiomoto._calls.call import Call
from aiomoto._calls.left_open import Leak
from aiomoto._calls.log import CallLog, Wait
from aiomoto._functions.record import Invocation
from aiomoto._moto import worlds
from aiomoto._moto.state import Existing, existing
from aiomoto._moto.worlds import World
from aiomoto._observers import ObservedMock, invocations_of, observers
from aiomoto._report.file_names import file_name
from aiomoto._report.index import INDEX, Entry, entry_of, index_page
from aiomoto._report.page import MARK
from aiomoto._report.trace import Trace, trace_page

Result = TypeVar("Result")


def register(config: pytest.Config, which: str) -> None:
    """Write reports in this run.

    Raises:
        UsageError: there cannot be reports in the directory.
    """
    folder = Path(config.invocation_params.dir, config.getoption("aiomoto_report_dir"))
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        _prepare(folder)
    reports = HtmlReports(folder, which, secrets=config.getoption("aiomoto_report_secrets"), writes_index=not is_worker)
    config.pluginmanager.register(reports, "aiomoto-html-reports")
    observers.append(reports)
    config.add_cleanup(lambda: observers.remove(reports))


def _prepare(folder: Path) -> None:
    """Remove the pages of an earlier run, and see that there can be new ones."""
    try:
        exists = folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        for page in folder.glob("*.html"):
            if _is_ours(page):
                page.unlink()
        with tempfile.TemporaryFile(dir=folder):
            pass
        if not exists:
            folder.rmdir()
    except OSError as error:
        raise pytest.UsageError(
            f"--aiomoto-report-dir: cannot write reports to {folder}: {error.strerror or error}. Name a directory that "
            "can be written to, or one that can be created"
        ) from error


def _is_ours(page: Path) -> bool:
    with page.open("rb") as file:
        return MARK.encode() in file.read(1000)


class HtmlReports:
    """Writes the reports of one run of tests. It is told of each mock.

    Args:
        folder: where the files go.
        which: ``"all"``, or ``"failed"`` for pages of failed tests only.
        secrets: whether to show secrets.
        writes_index: whether this process writes the index, as all but workers of pytest-xdist do.
    """

    wants_details = True

    def __init__(self, folder: Path, which: str, *, secrets: bool, writes_index: bool) -> None:
        self._folder = folder
        self._which = which
        self._secrets = secrets
        self._writes_index = writes_index
        self._entries: dict[str, Entry] = {}
        self._active: list[tuple[ObservedMock, World | None]] = []
        self._test = _RunningTest()

    # ------------------------------------------------------------ mocks

    def started(self, mock: ObservedMock) -> None:
        """Note a mock that has started."""
        self._active.append((mock, worlds.current()))  # it is told of as soon as it starts, which is inside its world
        self._test.own.append(mock)
        self._test.logs.append(mock.calls)

    def ending(self, mock: ObservedMock) -> None:
        """Note what a mock leaves."""
        self._active = [each for each in self._active if each[0] is not mock]
        self._test.invocations += invocations_of(mock)
        own = self._test.own
        if own[:1] == [mock] or mock not in own:
            self._test.leaks += _guarded(lambda: mock.leaks, [])  # those of the mocks inside of it, too
        if mock in own:
            own.remove(mock)
        if not self._test.has_run:
            self._test.note_state()

    def clearing(self, log: CallLog) -> None:
        """No-op: a test that clears the log does not want the calls before."""

    # ------------------------------------------------------------ pytest

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Generator[None, Any, Any]:
        """Begin with another test."""
        self._test = _RunningTest()
        self._test.logs += [mock.calls for mock, _ in self._active]
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
        """Note each phase of a test; write its page after the last one."""
        report: pytest.TestReport = yield
        test = self._test
        if call.when == "setup":
            test.phases.clear()  # it may be run again
            test.failures.clear()
        test.phases.append(report)
        if report.failed:
            test.failures.append(report.longreprtext)  # before the plugin's own section is added
        if call.when == "call" and self._active:
            with worlds.inside(self._active[-1][1]):
                test.note_state()
            test.has_run = True
        if call.when == "teardown" and test.logs:
            entry = _guarded(lambda: self._write(test), None)
            if entry is not None:
                report.aiomoto_entry = entry  # type: ignore[attr-defined]  # pytest-xdist hands it over
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect what there is for the index, also from workers."""
        entry: Entry | None = getattr(report, "aiomoto_entry", None)
        if entry is not None:
            self._entries[entry["test"]] = entry

    def pytest_sessionfinish(self) -> None:
        """Write the index, if there is a page, or if there are to be all."""
        entries = list(self._entries.values())
        if self._writes_index and any(entry["file"] for entry in entries):
            _guarded(lambda: self._save(INDEX, index_page(entries)), None)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the reports are."""
        index = self._folder / INDEX
        if self._writes_index and self._entries and index.exists():
            terminalreporter.write_sep("-", f"aiomoto report: {index}")

    # ------------------------------------------------------------ files

    def _write(self, test: _RunningTest) -> Entry | None:
        for mock, _ in self._active:
            test.invocations += invocations_of(mock)
        trace = test.trace(secrets=self._secrets)
        is_written = self._which == "all" or trace.outcome in ("failed", "error")
        name = file_name(trace.title) if is_written else ""
        if is_written:
            self._save(name, trace_page(trace))
        return entry_of(trace, name)

    def _save(self, name: str, page: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # In one step, so that nobody sees half a page.
        part = self._folder / f".{name[:80]}.{os.getpid()}"
        try:
            part.write_bytes(page)
            part.replace(self._folder / name)
        finally:
            part.unlink(missing_ok=True)


class _RunningTest:
    """A test while it runs."""

    def __init__(self) -> None:
        self.began = _clock.now()
        self.own: list[ObservedMock] = []
        self.logs: list[CallLog] = []
        self.invocations: list[Invocation] = []
        self.leaks: list[Leak] = []
        self.phases: list[pytest.TestReport] = []
        self.failures: list[str] = []
        self.existing: list[Existing] | None = None
        self.has_run = False

    def note_state(self) -> None:
        """Note what exists now."""
        self.existing = _guarded(existing, self.existing)

    def trace(self, *, secrets: bool) -> Trace:
        """What the page of the test shows."""
        calls = {call for log in self.logs for call in log if call.began >= self.began}
        invocations = {each for each in self.invocations if each.began >= self.began}
        waits: dict[int, Wait] = {id(wait.slept): wait for log in self.logs for wait in log.waits}
        return Trace(
            self.phases[0].nodeid,
            list(calls),
            list(waits.values()),
            sorted(invocations, key=lambda each: each.began),
            self.leaks,
            self.existing,
            records_bodies=_records_bodies(calls),
            outcome=self._outcome(),
            # Subtests end before the call that they are in, and are part of it.
            duration=sum({phase.when: phase.duration for phase in self.phases}.values()),
            failure="\n\n".join(self.failures),
            began=self.began,
            index=INDEX,
            secrets=secrets,
        )

    def _outcome(self) -> str:
        failed = [phase.when for phase in self.phases if phase.failed]
        if failed:
            return "failed" if "call" in failed else "error"
        if any(phase.skipped for phase in self.phases):
            return "xfailed" if any(hasattr(phase, "wasxfail") for phase in self.phases) else "skipped"
        return "passed"


def _records_bodies(calls: set[Call]) -> bool:
    return any(call.response_body is not None for call in calls)


def _guarded(work: Callable[[], Result], otherwise: Result) -> Result:
    """Do what must not change the outcome of a test: if it fails, warn."""
    try:
        return work()
    except Exception as error:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(
                f"the aiomoto report was not written: {type(error).__name__}: {error}",
                pytest.PytestWarning,
                stacklevel=2,
            )
        return otherwise
