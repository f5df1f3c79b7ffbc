"""``mock_aws`` and ``MockAWS``: start, stop, nest, decorate. What they replace is in ``_installation``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import update_wrapper
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypedDict, TypeVar, cast, overload

from aiomoto._calls.log import CallLog
from aiomoto._calls.record import Slept
from aiomoto._decorate import decorate
from aiomoto._environment import variables_for_endpoint
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._exchange import Exchange
from aiomoto._installation import installation
from aiomoto._lock import surviving_fork
from aiomoto._moto.configuration import check_config
from aiomoto._s3fs.closing import Closing
from aiomoto._wire.names import check_one, near
from aiomoto.faults import Faults

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from aiomoto._endpoint.endpoint import Endpoint

Target = TypeVar("Target", bound=Callable[..., Any])
_NOTHING: Any = None  # what ``mock()`` decorates


class Options(TypedDict, total=False):
    """The keyword arguments of :class:`MockAWS`, which document them, for those that pass them on."""

    config: dict[str, Any] | None
    reset: bool
    remove_data: bool
    record_bodies: bool
    share_models: bool
    sleep: Literal["real", "instant"]
    fsspec: bool
    endpoint: bool


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
        ArgumentError: Moto reads no such key in ``config``, there is no such way to sleep, or an option that is on or
            off is neither.
        TypeError: ``config`` is not a dict of dicts.

    Attributes:
        calls: what was called since the mock began, also in mocks inside of this one; there to be read after its end.
        faults: rules of what befalls these calls, until the mock ends.
        slept: what the clients would have waited, with ``sleep="instant"``.
    """

    calls: CallLog
    faults: Faults
    slept: list[Slept]

    def __init__(
        self,
        config: dict[str, Any] | None = None,
        *,
        reset: bool = True,
        remove_data: bool = True,
        record_bodies: bool = False,
        share_models: bool = True,
        sleep: Literal["real", "instant"] = "real",
        fsspec: bool = True,
        endpoint: bool = False,
    ) -> None:
        check_config(config)
        check_one("way to sleep", sleep, ("real", "instant"))
        switches = {
            "reset": reset,
            "remove_data": remove_data,
            "record_bodies": record_bodies,
            "share_models": share_models,
            "fsspec": fsspec,
            "endpoint": endpoint,
        }
        for name, value in switches.items():
            if not isinstance(value, bool):
                raise ArgumentError(f"{name} must be True or False, not {value!r}")
        self._options = Options(
            config=config,
            reset=reset,
            remove_data=remove_data,
            record_bodies=record_bodies,
            share_models=share_models,
            sleep=sleep,
            fsspec=fsspec,
            endpoint=endpoint,
        )
        self.calls = CallLog()
        self.faults = Faults()
        self.slept = []
        self._starts = 0
        self._exchange: Exchange | None = None
        self._closing: Closing | None = None
        self._endpoint: Endpoint | None = None

    def start(self, reset: bool | None = None) -> None:
        """Begin mocking. Starting twice nests: it takes two stops to end it.

        Args:
            reset: overrides the constructor's.

        Raises:
            AiomotoError: Moto is set to its server or proxy mode, or an installed library lacks what is replaced.
            OSError: there is no port for the endpoint.
        """
        with _lock:
            if self._exchange is not None:
                self._starts += 1
                return
            options = self._options
            self.calls.clear()
            self.slept.clear()
            self._closing = None
            exchange = Exchange(self.calls, self.faults, record_bodies=options["record_bodies"])
            exchange.slept = self.slept if options["sleep"] == "instant" else None
            try:
                reset = options["reset"] if reset is None else reset
                installation.enter(
                    exchange,
                    options["config"],
                    reset=reset,
                    share_models=options["share_models"],
                    fsspec=options["fsspec"],
                )
                self._exchange, self._starts = exchange, 1
                if options["endpoint"]:
                    installation.environment.enter(self.endpoint, variables_for_endpoint(self.endpoint.url))
            except BaseException:
                # Nobody is going to stop what did not start, wherever an error or Ctrl-C has ended it.
                self._leave(exchange, remove_data=False)
                self._exchange, self._endpoint, self._starts = None, None, 0
                raise

    def stop(self, remove_data: bool | None = None) -> None:
        """End what the matching :meth:`start` began.

        Args:
            remove_data: overrides the constructor's.

        Raises:
            RuntimeError: the mock has not been started.
        """
        if sys.is_finalizing():
            return  # a generator that was left half way, at the end of the process: nothing is there to put back
        with _lock:
            if self._exchange is None:
                raise RuntimeError("Called stop() before start().")
            if self._starts > 1:
                self._starts -= 1
                return
            try:
                remove_data = self._options["remove_data"] if remove_data is None else remove_data
                closing = self._closing = self._leave(self._exchange, remove_data=remove_data)
            except BaseException:
                self._leave(self._exchange, remove_data=False)  # whatever an error or Ctrl-C has left undone
                raise
            finally:
                self._exchange, self._endpoint, self._starts = None, None, 0
                self.faults.clear()
        closing.wait()

    def reset(self) -> None:
        """Forget all data, in all accounts and regions."""
        with _lock:
            installation.reset()

    @property
    def endpoint(self) -> Endpoint:
        """The same AWS over HTTP on the loopback interface, opened when it is first asked for.

        It is there until the mock ends. The environment leads to it only with ``mock_aws(endpoint=True)``.

        Raises:
            AiomotoError: the mock is not live.
            OSError: there is no port for it.
        """
        with _lock:
            if self._exchange is None:
                raise AiomotoError("mock_aws() has an endpoint only while it is live: ask for it inside the mock")
            if self._endpoint is None:
                # Not before somebody wants it: aiohttp's server takes a while to load.
                from aiomoto._endpoint.endpoint import Endpoint

                endpoint = Endpoint(self._exchange)
                endpoint.open()
                self._endpoint = endpoint
            return self._endpoint

    def _leave(self, exchange: Exchange, *, remove_data: bool) -> Closing:
        # As the installation's: no step does harm when it is taken again.
        if self._endpoint is not None:
            installation.environment.leave(self._endpoint)
            self._endpoint.close()
        return installation.leave(exchange, remove_data=remove_data)

    def __enter__(self) -> MockAWS:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> MockAWS:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        if self._closing is not None:
            await self._closing.wait_here()

    def __call__(self, target: Target = _NOTHING) -> Target:
        """Decorate a function or a test class: each call has a mock of its own.

        Raises:
            TypeError: the target is neither.
        """
        if target is _NOTHING:
            raise TypeError(
                "mock_aws cannot decorate None: a mock is not called to be used. For another one, call mock_aws()"
            )
        options = self._options
        decorated = decorate(target, self._again, reset=options["reset"], remove_data=options["remove_data"])
        return cast(Target, decorated)

    def _again(self, reset: bool, remove_data: bool) -> MockAWS:
        options = self._options | {"reset": reset, "remove_data": remove_data}
        return type(self)(**options)


# Taken before Moto's lock, by whoever takes both.
_lock = surviving_fork(RLock())


@overload
def mock_aws(func: None = None, /, **options: Unpack[Options]) -> MockAWS: ...


@overload
def mock_aws(func: Target, /, **options: Unpack[Options]) -> Target: ...


def mock_aws(func: Any = None, /, **options: Any) -> Any:
    """Mock AWS for synchronous and asynchronous clients, with Moto's arguments and Moto's meaning.

    ``with mock_aws():``, ``async with mock_aws() as aws:``, ``@mock_aws``, ``@mock_aws()``, or ``start()`` and
    ``stop()`` on what it returns. See :class:`MockAWS` for the options.

    Raises:
        TypeError: what it decorates is neither a function nor a class, or there is no such option.
    """
    _check_options(options)
    mock = MockAWS(**options)
    return mock if func is None else mock(func)


@overload
def mock_aws_decorator(func: None = None, /, **options: Unpack[Options]) -> Callable[[Target], Target]: ...


@overload
def mock_aws_decorator(func: Target, /, **options: Unpack[Options]) -> Target: ...


def mock_aws_decorator(func: Any = None, /, **options: Any) -> Any:
    """The same as :func:`mock_aws` by a name that only decorates: configure it once, use it on many functions."""
    _check_options(options)
    decorator = MockAWS(**options).__call__
    return decorator if func is None else decorator(func)


class _ToBeCalled:
    """``mock_aws``, which says what is missing where it is entered and was not called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return repr(self._function)

    def __getattr__(self, name: str) -> NoReturn:
        message = f"{self._function.__name__} has no attribute {name!r}"
        if hasattr(MockAWS, name) or name in MockAWS.__annotations__:
            message = f"mock_aws has to be called: write `aws = mock_aws()`, and then `aws.{name}`"
        raise AttributeError(message, name=name, obj=self)

    def _refuse(self, *args: Any) -> NoReturn:
        raise TypeError("mock_aws has to be called: write `with mock_aws() as aws:` or `async with mock_aws() as aws:`")

    __enter__ = __exit__ = __aenter__ = __aexit__ = _refuse


if not TYPE_CHECKING:  # type checkers say so by themselves
    mock_aws = _ToBeCalled(mock_aws)


def _check_options(options: dict[str, Any]) -> None:
    for name in sorted(options.keys() - Options.__annotations__.keys()):
        of_the_marker = ". Set AWS_DEFAULT_REGION, or use @pytest.mark.aiomoto(region=...)" if name == "region" else ""
        raise TypeError(f"mock_aws() has no option {name!r}{near(name, Options.__annotations__)}{of_the_marker}")
