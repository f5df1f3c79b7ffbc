"""``mock_aws``, the way to write a mock, and its older name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from aiomoto._mock import MockAWS, Target
from aiomoto._options import OptionArguments, signature
from aiomoto._uncalled import ToBeCalled

if TYPE_CHECKING:
    from typing_extensions import Unpack


@overload
def mock_aws(
    func: None = None, /, *, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]
) -> MockAWS: ...


@overload
def mock_aws(
    func: Target, /, *, config: dict[str, Any] | None = None, **options: Unpack[OptionArguments]
) -> Target: ...


def mock_aws(func: Any = None, /, **options: Any) -> Any:
    """Mock AWS for synchronous and asynchronous clients. Moto's arguments mean what they mean in Moto.

    Write ``with mock_aws():``, ``async with mock_aws() as aws:``, ``@mock_aws`` or ``@mock_aws()``, or call ``start()``
    and ``stop()`` on what it returns.

    Args:
        func: what to decorate: a function, a coroutine function, a generator function, an async one, or a test class.
        config: Moto's own configuration, https://docs.getmoto.org/en/latest/docs/configuration/index.html.
        reset: start with no data, unless another mock is active.
        remove_data: leave no data behind, unless another mock is active.
        record_bodies: keep the bodies of all requests and responses in :attr:`MockAWS.calls`.
        share_models: give new sessions copies of the service models that were parsed before, instead of parsing
            botocore's files again. Sessions with their own data path or loader always parse theirs.
        sleep: with ``"instant"``, clients of botocore and aiobotocore wait neither before retries nor in waiters, which
            moves :attr:`MockAWS.clock`. The test's own sleeps are unaffected.
        fsspec: end s3fs's file systems, clients and directory listings with the mock that they were created in.
        endpoint: also serve the same AWS over HTTP on the loopback interface, and set the environment so that other
            processes and clients outside of Python find it. See :attr:`MockAWS.endpoint`.
        leaks: what to do about bodies, event streams and clients that are open when the mock ends, unless an error ends
            it: ``"ignore"``, ``"warn"`` (an :class:`AiomotoLeakWarning`) or ``"error"``. See :attr:`MockAWS.leaks`.
        state: a snapshot to start with, instead of no data. See :meth:`MockAWS.snapshot`.
        isolated: have an AWS of its own, beside those of other mocks. See docs/isolation.md.
        time: the time to start at, an aware datetime or a string like ``"2026-01-01T00:00:00Z"``. See
            :attr:`MockAWS.clock`.
        strict: refuse what AWS refuses; a mapping switches checks off: ``{"names": False}``. See docs/strict.md.
        iam: check the permissions of each request, as Moto simulates IAM. See docs/permissions.md.

    Returns:
        The mock, which has not started; or the decorated function or class.

    Raises:
        ArgumentError: there is no such option, no such key in ``config``, an option has none of its values, or what is
            decorated is neither a function nor a class.
        AiomotoError: Moto is set to its server or proxy mode.
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
    """Create a decorator as :func:`mock_aws` does, to configure once and use on many functions.

    Args:
        func: what to decorate at once, as ``@mock_aws_decorator`` does.
        options: those of :func:`mock_aws`.

    Returns:
        The decorator; or the decorated function or class.

    Raises:
        ArgumentError: as for :func:`mock_aws`.
        AiomotoError: as for :func:`mock_aws`.
    """
    decorator = mock_aws(**options).__call__
    return decorator if func is None else decorator(func)


if not TYPE_CHECKING:  # type checkers report this themselves
    mock_aws = ToBeCalled(mock_aws, MockAWS, signature)
