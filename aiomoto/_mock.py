"""``mock_aws`` and ``MockAWS``: start, stop, nest, decorate. What a start installs is in ``_installation``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import replace
from functools import partial
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from aiomoto import _live
from aiomoto._aws.names import check_switch
from aiomoto._calls.left_open import Leak
from aiomoto._calls.log import CallLog
from aiomoto._calls.record import Slept
from aiomoto._calls.recorder import Recorder
from aiomoto._cleanup import raise_first, run_all
from aiomoto._data import Data
from aiomoto._decorate import decorate
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._exchanges import new_exchange
from aiomoto._hints import called_mock, unknown_attribute
from aiomoto._installation import endings, installation
from aiomoto._leak_report import report
from aiomoto._moto import backends, worlds
from aiomoto._moto.switch import refuse_other_modes
from aiomoto._observers import invocations_of, observers, tell_of_clearing
from aiomoto._options import OptionArguments, Options, options_from
from aiomoto._run import Run
from aiomoto._s3fs.closing import Closing
from aiomoto.answers import Answers
from aiomoto.faults import Faults

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from aiomoto._endpoint.endpoint import Endpoint
    from aiomoto.bedrock import Bedrock

Target = TypeVar("Target", bound=Callable[..., Any])
_NOTHING: Any = None  # what ``mock()`` decorates


class MockAWS(Data):
    """AWS, mocked by Moto in this process, for boto3, aiobotocore and everything built on them.

    It is a context manager (``with`` and ``async with``), and a decorator for functions, coroutine functions,
    generators, async generators and test classes. While any mock is active, every AWS client in the process talks to
    Moto. Mocks may nest and overlap in any order: they share their data, and the last one to end restores everything.

    The arguments are those of :func:`mock_aws`, which says what they mean.
    """

    calls: CallLog
    """The calls since the mock started, including those in nested mocks. They can be read after the mock's end."""
    faults: Faults
    """Rules that make calls fail, until the mock ends."""
    answers: Answers
    """Rules that answer calls in Moto's place, until the mock ends."""
    slept: list[Slept]
    """With ``sleep="instant"``, the waits that clients skipped."""

    def __init__(self, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]) -> None:
        options_of_mock = options_from(config, options)
        refuse_other_modes()
        self._set_up(options_of_mock)

    def _set_up(self, options: Options, instance: object = None) -> None:
        self._options = options
        self.calls = self._recorder = Recorder(before_clearing=tell_of_clearing)
        self.faults = Faults()
        self.answers = Answers()
        self.slept = []
        self._leaks: list[Leak] = []
        self._bedrock: Bedrock | None = None
        self._has_failed = False  # the code inside the mock, at the end of a ``with``
        self._starts = 0
        self._run: Run | None = None
        self._closing: Closing | None = None
        self._instance = instance

    def start(self, reset: bool | None = None) -> None:
        """Start mocking. A mock that is started twice has to be stopped twice.

        Args:
            reset: overrides the constructor's.

        Raises:
            AiomotoError: Moto is set to its server or proxy mode, or an installed library lacks a name that is
                replaced.
            ArgumentError: ``reset`` is not a bool.
            OSError: no port is free for the endpoint.
        """
        check_switch("reset", reset, may_be_none=True)
        is_in_handler = backends.lock.is_held()
        with _lock:
            if not is_in_handler:
                endings.run_pending()
            if self._run is None:
                self._begin(self._options if reset is None else replace(self._options, reset=reset))
            self._starts += 1

    def stop(self, remove_data: bool | None = None) -> None:
        """Stop what the matching :meth:`start` started.

        A generator that is closed early may stop a mock while another thread calls AWS, or starts or stops a mock. The
        stop then does not wait: it happens right after that.

        Args:
            remove_data: overrides the constructor's.

        Raises:
            RuntimeError: the mock has not been started.
            ArgumentError: ``remove_data`` is not a bool.
            AiomotoError: something was left open, with ``leaks="error"``. The mock has ended nevertheless.
        """
        # Call nothing before the ``try``, at the end of a ``with`` either: Ctrl-C in there would leave the mock active.
        if remove_data is not None:
            check_switch("remove_data", remove_data, may_be_none=True)
        if sys.is_finalizing():
            return  # an abandoned generator at the end of the process: there is nothing left to restore
        if (run := self._run) is None:
            raise RuntimeError("Called stop() before start().")
        self._closing = None
        end = partial(self._end, run, remove_data=self._options.remove_data if remove_data is None else remove_data)
        try:
            endings.run(end)
        except BaseException:
            endings.run_soon(end)  # Ctrl-C may have come before it began
            raise
        finally:
            _live.leave_world(run.exchange.world)
        if self._closing is not None:
            self._closing.wait()
        has_failed, self._has_failed = self._has_failed, False
        if not has_failed:
            self._report_leaks()

    @property
    def endpoint(self) -> Endpoint:
        """The same AWS over HTTP on the loopback interface, opened on first use and closed with the mock.

        The environment points to it only with ``mock_aws(endpoint=True)``.

        Raises:
            AiomotoError: the mock is not active.
            OSError: no port is free for it.
        """
        if (run := self._run) is None:
            raise AiomotoError(
                "aws.endpoint exists only while the mock is active: use it inside `with mock_aws() as aws:`"
            )
        return run.endpoint()

    @property
    def bedrock(self) -> Bedrock:
        """The scripted replies of Bedrock's models, which are rules of :attr:`answers`."""
        if self._bedrock is None:
            from aiomoto.bedrock import Bedrock  # tests without it do without its modules

            self._bedrock = Bedrock(self.answers)
        return self._bedrock

    @property
    def leaks(self) -> list[Leak]:
        """What this mock's calls have opened and nobody has closed, now or when it ended. See docs/leaks.md."""
        return list(self._leaks) if self._run is None else self._run.exchange.left_open.leaks()

    def report(self, path: str | PathLike[str], *, secrets: bool = False) -> None:
        """Write the calls so far, and what they left, as one HTML file. It may be opened anywhere: see docs/report.md.

        What exists is in it only while the mock is active. Who made the calls is in it only with ``record_bodies``, or
        under ``pytest --aiomoto-report``.

        Args:
            path: the file, which is replaced if it exists.
            secrets: show secret parameters, tokens and signatures, which are masked otherwise.

        Raises:
            OSError: the file cannot be written.
        """
        from aiomoto._report.writing import write_report  # tests without it do without its modules

        options = {"is_active": self._run is not None, "records_bodies": self._options.record_bodies}
        with worlds.inside(self._world):
            write_report(path, self.calls, invocations_of(self), self.leaks, secrets=secrets, **options)

    def _begin(self, options: Options) -> None:
        self._recorder.start()
        self.slept.clear()
        self._leaks = []
        exchange = new_exchange(
            options,
            self._instance,
            self.slept,
            self._recorder,
            self.faults,
            self.answers,
            record_bodies=options.record_bodies,
            notes_details=any(each.wants_details for each in observers),
        )
        self._run = Run(exchange, options)
        try:
            installation.enter(self._run)
            for each in observers:
                each.started(self)
        except BaseException as error:
            # Nobody stops a mock that did not start, whether an error or Ctrl-C kept it from starting.
            try:
                self._end(self._run, remove_data=options.isolated)
            except BaseException as another:
                raise_first([error, another])
            finally:
                _live.leave_world(exchange.world)
            raise

    def _end(self, run: Run, *, remove_data: bool) -> None:
        with worlds.inside(run.exchange.world):
            self._end_inside(run, remove_data=remove_data)

    def _end_inside(self, run: Run, *, remove_data: bool) -> None:
        if self._run is not run:
            return  # it has already ended
        backends.lock.run_due()
        if self._starts > 1:
            self._starts -= 1
            return
        run.remove_data = remove_data
        self._leaks = run.exchange.left_open.leaks()
        try:
            # An observer that fails does not keep the mock from ending.
            run_all((*(partial(each.ending, self) for each in observers), partial(installation.leave, run)))
        except BaseException:
            with suppress(Exception):
                installation.leave(run)  # what Ctrl-C interrupted; repeating a step does no harm
            raise
        finally:
            self._run, self._starts = None, 0
            self._closing = run.closing
            self.faults.clear()
            self.answers.clear()

    def _report_leaks(self) -> None:
        if self._run is None:
            report(self._leaks, self._options.leaks)

    def __enter__(self) -> MockAWS:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._has_failed = error is not None
        self.stop()

    async def __aenter__(self) -> MockAWS:
        is_in_handler = backends.lock.is_held()
        await backends.lock.acquire_on_loop()
        try:
            if not is_in_handler:
                endings.run_pending()
            self.start()
        finally:
            backends.lock.release()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if sys.is_finalizing():
            return
        if (run := self._run) is None:
            raise RuntimeError("Called stop() before start().")
        self._closing = None
        end = partial(self._end, run, remove_data=self._options.remove_data)
        try:
            cancelled = await endings.run_on_loop(end)
        except BaseException:
            endings.run_soon(end)
            raise
        finally:
            _live.leave_world(run.exchange.world)
        if cancelled is not None:
            raise cancelled
        # A generator that is closed early cannot await.
        if self._closing is not None and kind is not GeneratorExit:
            await self._closing.wait_on_loop()
        if error is None:
            self._report_leaks()

    def __call__(self, target: Target = _NOTHING) -> Target:
        """Decorate a callable or a test class: each call has a mock of its own.

        Raises:
            ArgumentError: the target is neither, or is another mock.
        """
        if target is _NOTHING or isinstance(target, MockAWS):
            name = "a mock" if isinstance(target, MockAWS) else "None"
            raise ArgumentError(called_mock(name))
        options = self._options
        decorated = decorate(target, self._for_call, reset=options.reset, remove_data=options.remove_data)
        return cast(Target, decorated)

    if not TYPE_CHECKING:  # type checkers report this themselves

        def __getattr__(self, name: str) -> NoReturn:
            names = (*dir(type(self)), *type(self).__annotations__)
            raise AttributeError(unknown_attribute("the mock", name, names), name=name, obj=self)

    def __repr__(self) -> str:
        from aiomoto._description import describe_mock  # tests that print no mock do without it

        return describe_mock(self, self._options, self._run)

    def _for_call(self, reset: bool, remove_data: bool, *, is_test: bool = True, instance: object = None) -> MockAWS:
        mock = copy(self)  # a subclass may have other arguments, and state of its own
        leaks = self._options.leaks if is_test else "ignore"  # a set-up opens what a clean-up closes
        MockAWS._set_up(mock, replace(self._options, reset=reset, remove_data=remove_data, leaks=leaks), instance)
        return mock


# The built-in lock itself: the first in the order that ``_lock`` gives.
_lock = backends.lock.for_thread()
