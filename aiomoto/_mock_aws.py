"""``mock_aws``, the way to write a mock, and its older name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from aiomoto._mock import MockAWS, Target
from aiomoto._options import OptionArguments
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
    and ``stop()`` on what it returns. See :class:`MockAWS` for the options.

    Raises:
        ArgumentError: the decorated object is neither a function nor a class, or there is no such option.
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
    """Create a decorator as :func:`mock_aws` does, to configure once and use on many functions."""
    decorator = mock_aws(**options).__call__
    return decorator if func is None else decorator(func)


if not TYPE_CHECKING:  # type checkers report this themselves
    mock_aws = ToBeCalled(mock_aws, MockAWS)
