"""Run Moto's own tests in many threads of one process, each test in an isolated mock, and one after the other.

python suites/moto_in_worlds.py CHECKOUT [--threads 8] [folder ...]

CHECKOUT is a checkout of Moto with its tests; the Moto that is tested is the installed one. Folders are those below its
``tests``, without ``test_``. Prints how many tests pass in each way and which differ; the exit status is 1 if any does.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import io
import os
import queue
import re
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

import moto
import pytest
from _pytest import runner

from aiomoto import MockAWS
from aiomoto._moto import worlds

SERVICES = ("s3", "sqs", "dynamodb", "sns", "iam", "kms", "secretsmanager", "ssm", "events", "logs")
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:warnings", "-p", "no:logging", "-p", "no:faulthandler")
OPTIONS_IN_THREADS = (*OPTIONS, "-p", "no:threadexception", "-p", "no:unraisableexception", "-s", "--assert=plain")
# What a test changes for the whole process, which tests beside it would see.
PROCESS_WIDE = {
    r"freeze_time|travel\(": "stops the time of the process",
    r"os\.environ|patch\.dict|monkeypatch|setenv": "changes the environment",
    r"mock\.patch|patch\(|patch\.object": "replaces names of modules",
    r"responses\.(add|activate|RequestsMock)|requests_mock": "replaces the sending of requests",
    r"capsys|capfd|caplog|recwarn|warns\(|catch_warnings": "reads what the process prints, logs or warns of",
    r"gc\.|FakeKey\.instances|\.instances|resource_warnings": "counts objects of the process",
    r"setdefaulttimeout|chdir|locale\.": "changes settings of the process",
    r"CF_KMS_ALIAS_TEMPLATE": "changes a dict that tests share",
    r"set_initial_no_auth_action_count|reduced_min_part_size": "changes settings of Moto's before its mock starts",
    r"create_simple_key|= create_key\(|S3Backend\(|FileHandle": "replaces names in a helper, or has no mock",
    r"ThreadedMotoServer|test_client|create_backend_app": "sends requests to a server of its own",
    r"requires_docker|pytest\.mark\.network": "needs Docker, or the network",
}


class EachItsOwn(MockAWS):
    """In place of Moto's mock: isolated, unless another one of the same test is active."""

    def start(self, reset: bool | None = None) -> None:
        self._options = replace(self._options, isolated=worlds.current() is None)
        super().start(reset)


def mock_aws(func: Any = None, config: dict[str, Any] | None = None, **_: Any) -> Any:
    """Mock AWS as Moto's ``mock_aws`` does."""
    mock = EachItsOwn(config)
    return mock if func is None else mock(func)


class Worker:
    """A pytest plugin that runs the tests it is given.

    Args:
        names: the tests to come, which several workers share; ``None`` for all.
        begin: waits until all workers have collected their tests.
    """

    def __init__(self, names: queue.SimpleQueue[str] | None, begin: Any) -> None:
        self.skipped: Counter[str] = Counter()
        self.outcomes: dict[str, str] = {}
        self.reasons: dict[str, str] = {}
        self._names = names
        self._begin = begin

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is not to run beside others."""
        kept = []
        for each in items:
            if reason := self._reason_to_skip(each):
                self.skipped[reason] += 1
            else:
                kept.append(each)
        items[:] = kept

    @staticmethod
    def _reason_to_skip(item: Any) -> str | None:
        known = item.session._fixturemanager.getfixturedefs  # noqa: SLF001 - no public name
        fixtures = [each.func for name in item.fixturenames for each in known(name, item) or ()]
        source = "".join(map(inspect.getsource, (item.cls or item.function, *fixtures)))
        source += " ".join(each.name for each in item.iter_markers())
        return next((reason for pattern, reason in PROCESS_WIDE.items() if re.search(pattern, source)), None)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run tests until there are none."""
        items = {each.nodeid: each for each in session.items}
        if self._names is None:
            names: Any = iter(items)
        else:
            names = iter(self._next_name, None)
        self._begin(list(items))
        for name in names:
            item = items[name]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if worlds.current() is not None:
                self.outcomes[name], self.reasons[name] = "failed", "left its world entered"
                worlds.enter(None)
        return True

    def _next_name(self) -> str | None:
        assert self._names is not None
        try:
            return self._names.get_nowait()
        except queue.Empty:
            return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of a test."""
        worst = self.outcomes.get(report.nodeid, "passed")
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome if worst == "passed" else worst
        if report.failed:
            self.reasons[report.nodeid] = str(report.longrepr)


def run(arguments: list[str], worker: Worker, failures: list[BaseException]) -> None:
    """Run pytest in this thread."""
    try:
        status = pytest.main([*OPTIONS_IN_THREADS, *arguments], plugins=[worker])
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise RuntimeError(f"pytest ended with {status!r}")
    except BaseException as error:
        failures.append(error)
        raise


def in_threads(arguments: list[str], count: int, names: list[str]) -> list[Worker]:
    """Run the tests in threads, which collect one after the other, and then begin together."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in names:
        waiting.put(name)
    collecting, barrier, failures = threading.Lock(), threading.Barrier(count), list[BaseException]()

    def begin(_: list[str]) -> None:
        collecting.release()
        barrier.wait(600)

    def work(worker: Worker) -> None:
        collecting.acquire()
        run(arguments, worker, failures)

    workers = [Worker(waiting, begin) for _ in range(count)]
    threads = [threading.Thread(target=work, args=(each,), daemon=True) for each in workers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failures:
        raise failures[0]
    return workers


def main() -> int:
    """Run the tests in both ways, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("folders", nargs="*", default=SERVICES)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--reasons", action="store_true", help="print why tests fail in one way only")
    given = parser.parse_args()
    moto.mock_aws = mock_aws
    runner._update_current_test_var = lambda *_: None  # noqa: SLF001 - it sets an environment variable
    os.chdir(given.checkout)
    arguments = [f"tests/test_{each}" for each in given.folders]

    first, failures, began = Worker(None, lambda names: None), list[BaseException](), time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):
        run(arguments, first, failures)
        between = time.monotonic()
        workers = in_threads(arguments, given.threads, list(first.outcomes))
    ended = time.monotonic()
    beside = {name: outcome for each in workers for name, outcome in each.outcomes.items()}
    reasons = {name: reason for each in workers for name, reason in each.reasons.items()}

    for reason, count in first.skipped.most_common():
        print(f"not run: {count} tests, each {reason}")
    print(f"one after the other: {_count(first.outcomes)} ({between - began:.0f} s)")
    print(f"in {given.threads} threads: {_count(beside)} ({ended - between:.0f} s)")
    differ = sorted(name for name in first.outcomes if first.outcomes[name] != beside.get(name))
    for name in differ:
        print(f"differs: {name}: {first.outcomes[name]} and {beside.get(name, 'not run')}")
        if given.reasons:
            print(reasons.get(name) or first.reasons.get(name))
    if given.reasons:
        for name, reason in first.reasons.items():
            print(f"failed in both: {name}", reason if name not in differ else "", sep="\n")
    return int(bool(differ))


def _count(outcomes: dict[str, str]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in Counter(outcomes.values()).most_common())


if __name__ == "__main__":
    sys.exit(main())
