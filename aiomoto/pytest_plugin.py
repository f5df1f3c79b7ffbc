"""The pytest plugin: the fixtures ``aiomoto``, ``aiomoto_session`` and ``aiomoto_client``, and the markers.

pytest imports this module on every start. The rest of the package is imported by the first mocked test only.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from aiobotocore.session import AioSession

    from aiomoto._calls.log import CallLog
    from aiomoto._mock import MockAWS
    from aiomoto._moto.snapshot import Snapshot
    from aiomoto._plugin.client_factory import ClientFactory

_MOCK = pytest.StashKey[Any]()
_HAS_FAILED = pytest.StashKey[bool]()
_SECTIONS = pytest.StashKey[Any]()

# Told of mocks, by aiomoto._observers. Whichever of the two modules is imported first creates the list.
observers: list[Any] = getattr(sys.modules.get("aiomoto._observers"), "observers", [])


# What some settings may be.
_EITHER = {
    "aiomoto_functions": ("error", "ignore"),
    "aiomoto_sleep": ("real", "instant"),
    "aiomoto_unused": ("error", "ignore"),
}


class _TestHasFailedError(Exception):
    """The test has failed, or was skipped."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    parser.addini(
        "aiomoto_unused", "what to do about faults and answers that act on no call: error or ignore", default="error"
    )
    parser.addini(
        "aiomoto_functions",
        "what to do about functions whose errors nobody has seen: error or ignore",
        default="error",
    )
    parser.addini(
        "aiomoto_leaks",
        "what to do about bodies and clients that a test leaves open: warn, error or ignore",
        default="warn",
    )
    parser.addini(
        "aiomoto_report",
        "what the report of a failing test says of AWS: calls, state (default: both), secrets beside them, or off",
        default="calls, state",
    )
    parser.addini("aiomoto_sleep", "how the fixture and the markers wait by default: real or instant", default="real")
    parser.addini("aiomoto_region", "the default region of the fixture and the markers", default="")
    parser.addini(
        "aiomoto_strict", "refuse what AWS refuses and Moto does not: true or false", type="bool", default=False
    )
    parser.addini(
        "aiomoto_guard", "refuse requests to AWS while no mock is active: true or false", type="bool", default=False
    )
    group = parser.getgroup("aiomoto")
    group.addoption("--aiomoto-policy", metavar="FILE", help="write the IAM policy for all calls of the run to FILE")
    group.addoption(
        "--aiomoto-report", choices=["failed", "all"], help="write HTML pages of failed tests, or of all, that mock AWS"
    )
    group.addoption("--aiomoto-report-dir", default="aiomoto-report", help="where to (default: aiomoto-report/)")
    group.addoption("--aiomoto-report-secrets", action="store_true", help="do not mask passwords and tokens in them")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Turn on the guard before any code of the tests runs."""
    _turn_on_guard(early_config)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, and check the settings."""
    _turn_on_guard(config)
    _is_on(config, "aiomoto_strict")
    for setting, (one, other) in _EITHER.items():
        if (value := config.getini(setting)) not in (one, other):
            raise pytest.UsageError(f"{setting} must be {one!r} or {other!r}, not {value!r}")
    if region := config.getini("aiomoto_region"):
        from aiomoto._aws.regions import region_mistake

        if mistake := region_mistake(region):
            raise pytest.UsageError(f"aiomoto_region: {mistake}")
    config.addinivalue_line(
        "markers", "aiomoto(region=None, **options): mock AWS in the test, with a default region and mock_aws's options"
    )
    config.addinivalue_line(
        "markers",
        "aiomoto_fault(service, operation, **rule): mock AWS in the test and pass the arguments to aws.faults.add",
    )
    config.addinivalue_line(
        "markers",
        "aiomoto_answer(service, operation, answer, **rule): mock AWS in the test and pass the arguments to "
        "aws.answers.add",
    )
    config.addinivalue_line("markers", "aiomoto_allow_aws: let the test call AWS without a mock, despite aiomoto_guard")
    runs_tests = not config.getoption("collectonly", False)
    if runs_tests and (which := config.getoption("aiomoto_report")):
        from aiomoto._plugin.html_reports import register

        register(config, which)
    if (parts := _parts_of_sections(config)) != {"off"}:
        observers.append(watch := _MockWatch(config, parts))
        config.pluginmanager.register(watch, "aiomoto_sections")
        config.add_cleanup(partial(observers.remove, watch))
    if runs_tests and config.getoption("aiomoto_policy"):
        from aiomoto._plugin import policy_file

        policy_file.register(config)


def _turn_on_guard(config: pytest.Config) -> None:
    if _is_on(config, "aiomoto_guard"):
        from aiomoto._plugin import guard

        guard.register(config)


def _is_on(config: pytest.Config, switch: str) -> bool:
    try:
        return bool(config.getini(switch))
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"{switch} must be true or false") from error


def _parts_of_sections(config: pytest.Config) -> frozenset[str]:
    value = config.getini("aiomoto_report")
    parts = frozenset(value.replace(",", " ").split() if isinstance(value, str) else value)
    if parts - {"secrets"} not in ({"calls"}, {"state"}, {"calls", "state"}) and parts != {"off"}:
        raise pytest.UsageError(
            f"aiomoto_report must be off, or calls, state or both, and with secrets to show those, not {value!r}. "
            "Write `aiomoto_report = calls, state`"
        )
    return parts


class _MockWatch:
    """Tells the sections of reports, which the first mock loads, that a mock starts or ends."""

    wants_details = False

    def __init__(self, config: pytest.Config, parts: frozenset[str]) -> None:
        self._config = config
        self._parts = parts

    def started(self, mock: MockAWS) -> None:
        if _SECTIONS not in self._config.stash:
            from aiomoto._plugin.sections import Sections

            self._config.stash[_SECTIONS] = Sections(self._config, self._parts)
        self._config.stash[_SECTIONS].started(mock)

    def ending(self, mock: MockAWS) -> None:
        if sections := self._config.stash.get(_SECTIONS, None):
            sections.ending(mock)

    def clearing(self, log: CallLog) -> None:
        """No-op: a test that clears the log does not want the calls before."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget what earlier tests did."""
        if sections := self._config.stash.get(_SECTIONS, None):
            sections.begin()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
        """Add a section to the report of a failing test."""
        report = yield
        if report.failed and call.excinfo and (sections := self._config.stash.get(_SECTIONS, None)):
            sections.add_to(report, call.excinfo.value)
        return report


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Leave frames out of tracebacks, unless pytest's --full-trace asks for all."""
    if call.excinfo is not None and "aiomoto._errors" in sys.modules and not item.config.getoption("fulltrace", False):
        from aiomoto._plugin import tracebacks

        tracebacks.trim(call.excinfo.value)
        call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Repair the environment after each test: its fixtures may have restored values that the mock had set."""
    yield
    if installation := sys.modules.get("aiomoto._installation"):
        installation.repair_environment()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passes though a rule of its mock has acted on no call, or a function of it has failed."""
    try:
        result = yield
    except BaseException:
        item.stash[_HAS_FAILED] = True
        raise
    aws = item.stash.get(_MOCK, None)
    if aws is not None and (message := _mistake_in(aws, item.config)):
        item.stash[_HAS_FAILED] = True
        pytest.fail(message, pytrace=False)
    return result


def _mistake_in(aws: MockAWS, config: pytest.Config) -> str | None:
    from aiomoto._plugin.markers import failed_functions, unused_rules

    checks = {"aiomoto_functions": failed_functions, "aiomoto_unused": unused_rules}
    found = (check(aws) for name, check in checks.items() if config.getini(name) != "ignore")
    return next(filter(None, found), None)


@pytest.fixture(autouse=True)
def _aiomoto_first(request: pytest.FixtureRequest) -> None:
    # Start the mock before all other fixtures of the test, so that none of them reaches AWS: autouse fixtures of
    # plugins come first in the function scope.
    is_marked = any(map(request.node.get_closest_marker, ("aiomoto", "aiomoto_fault", "aiomoto_answer")))
    if is_marked or "aiomoto" in request.fixturenames:
        request.getfixturevalue("aiomoto")


@pytest.fixture(scope="session")
def aiomoto_state() -> Snapshot | None:
    """Override it to seed once: every test with ``aiomoto`` then begins with the snapshot that it returns."""
    return None


@pytest.fixture
def aiomoto(request: pytest.FixtureRequest, aiomoto_state: Snapshot | None) -> Iterator[MockAWS]:
    """Mock AWS for one test: the active ``MockAWS``, with the options and fault rules of the test's markers."""
    from aiomoto._plugin.markers import add_marked_rules, marked_options, mock_with, with_state

    options = with_state(marked_options(request.node), aiomoto_state)
    with pytest.MonkeyPatch.context() as patch:
        if region := options.pop("region", None) or request.config.getini("aiomoto_region"):
            # boto3 and aiobotocore read the first, most other clients the second.
            patch.setenv("AWS_DEFAULT_REGION", region)
            patch.setenv("AWS_REGION", region)
        defaults = {name: request.config.getini(f"aiomoto_{name}") for name in ("leaks", "sleep")}
        mock = mock_with(options, {**defaults, "strict": request.config.getini("aiomoto_strict")})
        with suppress(_TestHasFailedError), mock as aws:
            add_marked_rules(request.node, aws)
            request.node.stash[_MOCK] = aws
            with _own_world(request.node) if options.get("isolated") else nullcontext():
                yield aws
            del request.node.stash[_MOCK]
            if request.node.stash.get(_HAS_FAILED, False):
                raise _TestHasFailedError  # so that the mock does not report leaks too


def _own_world(node: pytest.Item) -> AbstractContextManager[None]:
    from aiomoto._plugin.isolated_tests import own_world  # tests without isolated mocks do without it

    return own_world(node)


@pytest.fixture
def aiomoto_session(aiomoto: MockAWS) -> AioSession:
    """Create a session of aiobotocore inside the mock."""
    from aiobotocore.session import get_session

    return get_session()


@pytest.fixture
def aiomoto_client(aiomoto_session: AioSession) -> Iterator[ClientFactory]:
    """Create clients inside the mock, ``s3 = await aiomoto_client("s3")``, and close them after the test."""
    from aiomoto._plugin.client_factory import ClientFactory

    factory = ClientFactory(aiomoto_session)
    yield factory
    factory.close()
