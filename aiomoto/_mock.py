"""``mock_aws`` and ``MockAWS``: start, stop, nest, decorate. What they replace is in ``_installation``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast, overload

from aiomoto._aws.names import check_switch
from aiomoto._calls.log import CallLog
from aiomoto._calls.record import Slept
from aiomoto._cleanup import raise_first
from aiomoto._decorate import decorate
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._exchange import Exchange
from aiomoto._hints import called_mock, unknown_attribute
from aiomoto._installation import endings, installation
from aiomoto._moto import backends
from aiomoto._moto.switch import refuse_other_modes
from aiomoto._options import NAMES as OPTION_NAMES
from aiomoto._options import OptionArguments, Options, options_from
from aiomoto._run import Run
from aiomoto._s3fs.closing import Closing
from aiomoto._uncalled import ToBeCalled
from aiomoto.faults import Faults

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from aiomoto._endpoint.endpoint import Endpoint

Target = TypeVar("Target", bound=Callable[..., Any])
_NOTHING: Any = None  # what ``mock()`` decorates


class MockAWS:
    """AWS, mocked by Moto in this process: for boto3, aiobotocore and all that is built on them.

    A context manager (``with`` and ``async with``), and a decorator for functions, coroutine functions, generators,
    async generators and test classes. While any mock is live, every AWS client in the process talks to Moto. Mocks
    may nest, and overlap in any order: they share their data, and the last one to end puts everything back.

    Args:
        config: Moto's own configuration, https://docs.getmoto.org/en/latest/docs/configuration/index.html.
        reset: begin with no data, unless another mock is live.
        remove_data: leave no data behind, unless another mock is live.
        record_bodies: keep the bodies of requests and answers in ``calls``.
        share_models: let new sessions have copies of service models that were parsed before, instead of parsing
            botocore's files again. Sessions with a data path or a loader of their own parse theirs in any case.
        sleep: ``"instant"`` has the clients of botocore and aiobotocore wait no longer, neither before they retry nor
            in waiters. What the test itself sleeps it does sleep.
        fsspec: let s3fs's file systems, clients and directory listings end with the mock that they were made in.
        endpoint: serve the same AWS over HTTP on the loopback interface too, and set the environment so that clients
            outside of Python and other processes find it there. See :attr:`endpoint`.

    Raises:
        ArgumentError: there is no such option, Moto reads no such key in ``config``, ``sleep`` is neither ``"real"``
            nor ``"instant"``, or another option is neither True nor False.
        AiomotoError: Moto is set to its server or proxy mode.

    Attributes:
        calls: what was called since the mock began, also in mocks inside of this one; there to be read after its end.
        faults: rules of what befalls these calls, until the mock ends.
        slept: what the clients would have waited, with ``sleep="instant"``.
    """

    calls: CallLog
    faults: Faults
    slept: list[Slept]

    def __init__(self, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]) -> None:
        self._options = options_from(config, options)
        refuse_other_modes()
        self.calls = CallLog()
        self.faults = Faults()
        self.slept = []
        self._starts = 0
        self._run: Run | None = None
        self._closing: Closing | None = None

    def start(self, reset: bool | None = None) -> None:
        """Begin mocking. Starting twice nests: it takes two stops to end it.

        Args:
            reset: overrides the constructor's.

        Raises:
            AiomotoError: Moto is set to its server or proxy mode, or an installed library lacks what is replaced.
            ArgumentError: ``reset`` is neither on nor off.
            OSError: there is no port for the endpoint.
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
        """End what the matching :meth:`start` began.

        Where the end comes with that of a generator that is closed early, and another thread is in the midst of a call
        to AWS or of the start or the end of a mock, it does not wait for that but comes right after it.

        Args:
            remove_data: overrides the constructor's.

        Raises:
            RuntimeError: the mock has not been started.
            ArgumentError: ``remove_data`` is neither on nor off.
        """
        # With no call of ours before the ``try`` where a ``with`` ends: Ctrl-C in it would leave the mock active.
        if remove_data is not None:
            check_switch("remove_data", remove_data, may_be_none=True)
        if sys.is_finalizing():
            return  # an abandoned generator, at the end of the process: nothing is there to put back
        if (run := self._run) is None:
            raise RuntimeError("Called stop() before start().")
        self._closing = None
        end = partial(self._end, run, remove_data=self._options.remove_data if remove_data is None else remove_data)
        try:
            endings.run(end)
        except BaseException:
            endings.run_soon(end)  # what Ctrl-C has kept from beginning
            raise
        if self._closing is not None:
            self._closing.wait()

    def reset(self) -> None:
        """Forget all data, in all accounts and regions.

        On an event loop it does not wait for the call that another thread is in the midst of. What is there then is
        forgotten when that call ends, and before any other is answered.
        """
        installation.forget_listings()
        endings.run_before_next_use(installation.reset)

    @property
    def endpoint(self) -> Endpoint:
        """The same AWS over HTTP on the loopback interface, opened when it is first asked for.

        It is there until the mock ends. The environment leads to it only with ``mock_aws(endpoint=True)``.

        Raises:
            AiomotoError: the mock is not active.
            OSError: there is no port for it.
        """
        if (run := self._run) is None:
            raise AiomotoError("mock_aws() has an endpoint only while it is live: ask for it inside the mock")
        return run.endpoint()

    def _begin(self, options: Options) -> None:
        self.calls.clear()
        self.slept.clear()
        exchange = Exchange(self.calls, self.faults, record_bodies=options.record_bodies)
        exchange.slept = self.slept if options.sleep == "instant" else None
        self._run = Run(exchange, options)
        try:
            installation.enter(self._run)
        except BaseException as error:
            # Nobody is going to stop what did not start, wherever an error or Ctrl-C has ended it.
            try:
                self._end(self._run, remove_data=False)
            except BaseException as another:
                raise_first([error, another])
            raise

    def _end(self, run: Run, *, remove_data: bool) -> None:
        if self._run is not run:
            return  # it has ended already
        backends.lock.run_due()
        if self._starts > 1:
            self._starts -= 1
            return
        run.remove_data = remove_data
        try:
            installation.leave(run)
        except BaseException:
            with suppress(Exception):
                installation.leave(run)  # whatever Ctrl-C has left undone; no step does harm when it comes again
            raise
        finally:
            self._run, self._starts = None, 0
            self._closing = run.closing
            self.faults.clear()

    def __enter__(self) -> MockAWS:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
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
        if cancelled is not None:
            raise cancelled
        # A generator that is closed early may await nothing.
        if self._closing is not None and kind is not GeneratorExit:
            await self._closing.wait_on_loop()

    def __call__(self, target: Target = _NOTHING) -> Target:
        """Decorate a callable or a test class: each call has a mock of its own.

        Raises:
            ArgumentError: the target is neither, or another mock.
        """
        if target is _NOTHING or isinstance(target, MockAWS):
            name = "a mock" if isinstance(target, MockAWS) else "None"
            raise ArgumentError(called_mock(name))
        options = self._options
        decorated = decorate(target, self._for_call, reset=options.reset, remove_data=options.remove_data)
        return cast(Target, decorated)

    if not TYPE_CHECKING:  # type checkers say so by themselves

        def __getattr__(self, name: str) -> NoReturn:
            names = (*dir(type(self)), *type(self).__annotations__)
            raise AttributeError(unknown_attribute("the mock", name, names), name=name, obj=self)

    def _for_call(self, reset: bool, remove_data: bool) -> MockAWS:
        options = {name: getattr(self._options, name) for name in OPTION_NAMES}
        return type(self)(**options | {"reset": reset, "remove_data": remove_data})


# The built-in lock itself, the first in the order that ``_lock`` describes.
_lock = backends.lock.for_thread()


@overload
def mock_aws(
    func: None = None, /, *, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]
) -> MockAWS: ...


@overload
def mock_aws(
    func: Target, /, *, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]
) -> Target: ...


def mock_aws(func: Any = None, /, **options: Any) -> Any:
    """Mock AWS for synchronous and asynchronous clients, with Moto's arguments and Moto's meaning.

    ``with mock_aws():``, ``async with mock_aws() as aws:``, ``@mock_aws``, ``@mock_aws()``, or ``start()`` and
    ``stop()`` on what it returns. See :class:`MockAWS` for the options.

    Raises:
        ArgumentError: what it decorates is neither a function nor a class, or there is no such option.
    """
    mock = MockAWS(**options)
    return mock if func is None else mock(func)


@overload
def mock_aws_decorator(
    func: None = None, /, *, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]
) -> Callable[[Target], Target]: ...


@overload
def mock_aws_decorator(
    func: Target, /, *, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]
) -> Target: ...


def mock_aws_decorator(func: Any = None, /, **options: Any) -> Any:
    """The same as :func:`mock_aws` by a name that only decorates: configure it once, use it on many functions."""
    decorator = mock_aws(**options).__call__
    return decorator if func is None else decorator(func)


if not TYPE_CHECKING:  # type checkers say so by themselves
    mock_aws = ToBeCalled(mock_aws, MockAWS)
