"""What mocks install, step by step: the first mock installs it, and the last one removes it.

The state of the process lives in these objects, one for each matter. All but those in the last two rows are empty while
no mock is active.

| object | holds | from … to |
|---|---|---|
| ``_live`` | the active exchanges | a mock's start … its end |
| ``installation`` | what is replaced, and what is watched for | the first start … the last end |
| ``_moto_switch`` | the mocks that Moto counts as its own | a mock's start … its end |
| ``configurations`` | Moto's configuration of each mock | a mock's start … its end |
| ``environment`` | the variables that each mock found and set | a mock's start … its test's last clean-up |
| ``fork_servers`` | multiprocessing's servers of each mock | their first use … the mock's end |
| ``_file_systems`` | s3fs's file systems of each mock | their first use … the mock's end |
| ``long_polls.waiting`` | the polls that wait | a poll's first look … its response |
| ``sessions.notes``, ``signers`` | what sessions and credentials were before | their first use … the end of hiding |
| ``_time.clocks`` | what is replaced once a mock's clock is moved | the first move … the end of the last such mock |
| ``endings`` | ends that could not happen at once | the attempt … the next free moment |
| ``models``, ``services``, ``router``, ``memo`` | what was parsed or computed | first use … the process's end |
| ``Replacements`` | the functions of the last mock, to put them in place again | its end … the next one's |
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from moto.core.models import botocore_stubber

from aiomoto import _live
from aiomoto._botocore import models, sessions, signers
from aiomoto._cleanup import run_all
from aiomoto._endings import Endings
from aiomoto._environment.fork_servers import MODULE as FORK_SERVER
from aiomoto._environment.fork_servers import fork_servers
from aiomoto._environment.variables import environment, variables_for_endpoint
from aiomoto._exchange import Exchange
from aiomoto._guard import Guard, guards
from aiomoto._http import requests_adapter
from aiomoto._moto import backends, long_polls, snapshots, worlds
from aiomoto._moto.snapshot import Snapshot
from aiomoto._moto.switch import MotoSwitch, refuse_other_modes
from aiomoto._on_demand import FunctionTriggers, InstantSleep, Isolated
from aiomoto._patching import required_names
from aiomoto._patching.late_imports import ImportWatch
from aiomoto._patching.replacements import Replacements, Target
from aiomoto._replaced import LATE, LATE_SENDING, REPLACEMENTS, SENDING
from aiomoto._run import Run
from aiomoto._s3fs.file_systems import FileSystems

_moto_switch = MotoSwitch(on_change=requests_adapter.reset)
_file_systems = FileSystems()

# What is replaced in a module when it is imported; the last two have a state of their own.
REPLACED_LATE: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {
    **LATE,
    "s3fs.core": _file_systems.targets,
    FORK_SERVER: fork_servers.targets,
}


class Step(NamedTuple):
    """A step of a start, and its undoing, which may also be called if the step failed, or a second time."""

    enter: Callable[[Run], object]
    leave: Callable[[Run], object]


class _Shared:
    """A step that the first mock takes for all, and the last one undoes."""

    def __init__(self, enter: Callable[[], object], leave: Callable[[], object]) -> None:
        self._runs: tuple[Exchange, ...] = ()
        self._enter = enter
        self._leave = leave

    def enter(self, run: Run) -> None:
        """Take the step, if no other mock has."""
        is_first = not self._runs
        self._runs = (*self._runs, run.exchange)
        if is_first:
            self._enter()

    def leave(self, run: Run) -> None:
        """Undo the step, unless another mock needs it."""
        self._runs = tuple(each for each in self._runs if each is not run.exchange)
        if not self._runs:
            self._leave()


class Installation:
    """The state that all active mocks share. Its methods are called under the lock of Moto's backends."""

    def __init__(self) -> None:
        self._replacements = Replacements()
        on_demand = dict.fromkeys((*Isolated.MODULES, *FunctionTriggers.MODULES))
        names = {**LATE_SENDING, **REPLACED_LATE, **required_names.WHEN_IMPORTED, **on_demand}
        self._late = ImportWatch([*names], self._found)
        self._instant_sleep = InstantSleep(self._replacements)
        self._isolation = Isolated(self._replacements)
        self._triggers = FunctionTriggers(self._replacements)
        self._is_mocking = False
        # In the order of a start. An end undoes them from the last to the first.
        self._steps = (
            _Shared(required_names.check_at_start, lambda: None),
            Step(lambda run: refuse_other_modes(), _nothing),
            Step(lambda run: repair_environment(), _nothing),
            _Shared(self._replace, self._restore),
            _Shared(self._watch, self._unwatch),
            Step(self._instant_sleep.enter, _nothing),
            Step(_refuse_models, lambda run: models.refused_by.discard(run.exchange)),
            Step(_track_file_systems, lambda run: _file_systems.leave(run.exchange, run.closing)),
            Step(_check_snapshot, _nothing),
            Step(self._isolation.enter, self._isolation.leave),
            Step(_configure, _put_configuration_back),
            Step(_clean_environment, lambda run: _leave_environment(run.exchange)),
            Step(_set_time, _restore_clocks),
            Step(_turn_on, _turn_off),
            Step(lambda run: _live.add(run.exchange), _end_requests),
            Step(_serve, lambda run: run_all((partial(_leave_environment, run), run.close_endpoint))),
        )

    def enter(self, run: Run) -> None:
        """Make one more mock active. If a step fails, call :meth:`leave` to clean up.

        Raises:
            AiomotoError: Moto is set to its server or proxy mode, or a name to replace is missing.
        """
        for step in self._steps:
            run.steps += 1
            step.enter(run)

    def leave(self, run: Run) -> None:
        """End a mock, even one whose start failed half way. The last one restores everything.

        Every step is undone even if others fail, and the first error is raised. It does no harm to call this again,
        for instance after Ctrl-C has interrupted it.
        """
        run_all(partial(step.leave, run) for step in reversed(self._steps[: run.steps]))

    def reset(self) -> None:
        """Delete all data."""
        backends.reset()
        self._data_has_changed()

    def restore(self, snapshot: Snapshot) -> None:
        """Replace all data by that of a snapshot, which has been checked."""
        snapshots.restore(snapshot)
        self._data_has_changed()

    def _data_has_changed(self) -> None:
        long_polls.waiting.wake_all()
        # What is registered with Moto's mock of requests belongs to no isolated mock.
        if worlds.current() is None and _live.current() is not None and _moto_switch.is_only_ours:
            requests_adapter.reset()
        self.forget_listings()

    def forget_listings(self) -> None:
        """Clear the directory listings that s3fs keeps. This needs no lock."""
        _file_systems.forget_listings()

    def use_functions(self) -> None:
        """Replace what ``aws.functions`` needs, unless a mock has done so. This needs no lock."""
        self._triggers.use()

    def add_guard(self, guard: Guard) -> None:
        """Refuse requests to AWS while no mock is active, until the guard is removed."""
        guards.append(guard)
        self._replace_sending()
        self._watch()

    def remove_guard(self, guard: Guard) -> None:
        """End a guard. It does no harm to call this again."""
        if guard in guards:
            guards.remove(guard)
        if not guards and not self._is_mocking:
            self._unwatch()
            self._restore()

    def _found(self, module: ModuleType) -> None:
        sending = LATE_SENDING.get(module.__name__)
        if sending or self._is_mocking:
            required_names.check_imported(module)
        if sending:
            self._replacements.put(sending(module), again=True, is_for_guards=True)
        if self._is_mocking and (targets := REPLACED_LATE.get(module.__name__)):
            self._replacements.put(targets(module), again=True)
        self._isolation.found(module)
        self._triggers.found(module)

    def _replace_sending(self) -> None:
        self._replacements.open()
        self._replacements.put(SENDING, again=True, is_for_guards=True)

    def _replace(self) -> None:
        self._is_mocking = True
        self._replace_sending()
        self._replacements.put(REPLACEMENTS)

    def _restore(self) -> None:
        self._is_mocking = False
        for each in (self._instant_sleep, self._isolation, self._triggers):
            each.forget()
        self._replacements.close(keep_for_guards=bool(guards))

    def _watch(self) -> None:
        self._late.stop()  # what a guard has found already is to be found again
        self._late.start()

    def _unwatch(self) -> None:
        if not guards:
            self._late.stop()


# ---------------------------------------------------------------- the steps


def _nothing(run: Run) -> None:
    """No-op: there is nothing to undo."""


def _refuse_models(run: Run) -> None:
    if not run.options.share_models:
        models.refused_by.add(run.exchange)


def _track_file_systems(run: Run) -> None:
    if run.options.fsspec:
        _file_systems.enter(run.exchange)


def _configure(run: Run) -> None:
    run.exchange.configurations.activate(_around(run))
    run.exchange.configurations.add(run.exchange, run.options.config or {})


def _put_configuration_back(run: Run) -> None:
    run.exchange.configurations.remove(run.exchange)
    if newest := _live.current():
        newest.configurations.activate(newest)


def _around(run: Run) -> Exchange | None:
    """The exchange whose configuration a new mock begins with: a mock's own, if none is active, is the process's."""
    outer = _live.current()
    return outer if outer is not None and outer.world is run.exchange.world else None


def _core_config(run: Run) -> Any:
    return run.exchange.configurations.section(run.exchange, "core")


def _clean_environment(run: Run) -> None:
    if _core_config(run).get("mock_credentials", True) is not False:
        environment.enter(run.exchange)


def _serve(run: Run) -> None:
    if run.options.endpoint:
        hide = environment.hides_for(run.exchange)
        environment.enter(run, variables_for_endpoint(run.endpoint().url, hide=hide), hide=hide)


def _leave_environment(user: object) -> None:
    """Undo what a mock or its endpoint has set. When nothing is hidden any more, sessions get their own values back."""
    environment.leave(user)
    fork_servers.leave(user)
    if environment.hides is None:
        sessions.notes.end()
        signers.end()


def repair_environment() -> None:
    """Restore the machine's variables if a test has set a mock's values again after the mock's end."""
    environment.repair()


def _check_snapshot(run: Run) -> None:
    if run.options.initial is not None:
        snapshots.check_start(run.options.initial, is_isolated=run.options.isolated)


def _set_time(run: Run) -> None:
    if run.options.time is not None:
        from aiomoto._time.clocks import clocks  # tests that move no clock do without its modules

        clocks.begin(run)


def _restore_clocks(run: Run) -> None:
    if (module := sys.modules.get("aiomoto._time.clocks")) is not None:
        module.clocks.end()


def _turn_on(run: Run) -> None:
    new_session = _core_config(run).get("reset_boto3_session", True)
    is_isolated = run.exchange.world is not None
    reset = run.options.reset and not is_isolated
    _moto_switch.turn_on(run.exchange, reset=reset, new_default_session=new_session, is_isolated=is_isolated)
    if run.options.initial is not None:
        snapshots.restore(run.options.initial)


def _turn_off(run: Run) -> None:
    _moto_switch.turn_off(run.exchange, remove_data=run.remove_data and run.exchange.world is None)


def _end_requests(run: Run) -> None:
    _live.remove(run.exchange)
    long_polls.waiting.wake_all()  # those of this mock go on in another one, or fail


# Moto's own mocks set the same fake keys.
environment.is_set_by_moto = lambda: botocore_stubber.enabled or _moto_switch.is_busy()
installation = Installation()
endings = Endings(backends.lock, _moto_switch.is_busy)
