"""A handler: the function of a test that runs as a Lambda function."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiomoto._aws.names import check_switch
from aiomoto._aws.regions import region_mistake
from aiomoto._errors import ArgumentError

Handler: TypeAlias = Callable[[Any, Any], Any]
"""``handler(event, context)``, plain or async, or a generator of the chunks of a response stream."""

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True, eq=False)
class Registered:
    """A handler under the name of a function.

    Attributes:
        name: the name of the function.
        handler: what the test has given.
        timeout: the timeout of the function in seconds, unless the code under test creates the function.
        memory: its memory in MB, likewise.
        environment: its variables, likewise. If there are any, or it is empty, they are set while a plain handler runs.
        region: the region that it is for; ``None`` for all.
        may_fail: whether its errors are no mistake of the test.
    """

    name: str
    handler: Handler
    timeout: float = 3
    memory: int = 128
    environment: Mapping[str, str] | None = None
    region: str | None = None
    may_fail: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ArgumentError(
                f"the name of a function must be a string of 1 to 64 letters, digits, '-' and '_', not {self.name!r}"
            )
        _check_handler(self.name, self.handler)
        _check_number("timeout", self.timeout, above=0, most=900)
        _check_number("memory", self.memory, above=127, most=10240)
        variables = self.environment
        if variables is not None and not _are_strings(variables):
            raise ArgumentError(f"environment must map str to str, not {variables!r}")
        if self.region is not None and (mistake := _region_mistake(self.region)):
            raise ArgumentError(mistake)
        check_switch("may_fail", self.may_fail)

    @property
    def is_async(self) -> bool:
        """Whether calling it returns a coroutine."""
        return _is(inspect.iscoroutinefunction, self.handler)

    @property
    def is_stream(self) -> bool:
        """Whether calling it returns a generator, whose items are the chunks of a response stream."""
        return _is(inspect.isasyncgenfunction, self.handler) or _is(inspect.isgeneratorfunction, self.handler)

    @property
    def path(self) -> str:
        """The name of the handler in the function's configuration: ``"module.function"``."""
        kind = self.handler if hasattr(self.handler, "__qualname__") else type(self.handler)
        return f"{kind.__module__}.{kind.__qualname__}"[:128].replace(" ", "_")


def _is(check: Callable[[Any], bool], handler: Any) -> bool:
    return check(handler) or check(type(handler).__call__)


def _check_handler(name: str, handler: object) -> None:
    if isinstance(handler, type) or not callable(handler):
        raise ArgumentError(
            f"the handler of {name!r} must be a function of the event and the context, plain or async, not {handler!r}"
        )
    try:
        inspect.signature(handler).bind(None, None)
    except TypeError:
        raise ArgumentError(
            f"the handler of {name!r} must take two arguments, the event and the context: {handler!r} does not"
        ) from None
    except ValueError:  # a built-in function that has no signature
        pass


def _check_number(name: str, value: object, *, above: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not above < value <= most:
        least = f"above {above}" if above == 0 else f"from {above + 1}"
        raise ArgumentError(f"{name} must be a number {least} to {most}, not {value!r}")


def _are_strings(variables: object) -> bool:
    return isinstance(variables, Mapping) and all(
        isinstance(key, str) and isinstance(value, str) for key, value in variables.items()
    )


def _region_mistake(region: object) -> str | None:
    return region_mistake(region) if isinstance(region, str) else f"region must be a string, not {region!r}"
