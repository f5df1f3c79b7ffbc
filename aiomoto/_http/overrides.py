"""Whether a class of the user's own passes its requests on to the class that it derives from."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any


def passes_on(derived: type, real: type) -> bool:
    """Tell whether each ``send`` of a class, down to that of the library's own class, calls ``super().send``."""
    return all(map(_calls_super, _sends_above(derived, real)))


def _sends_above(derived: type, real: type) -> Iterator[Any]:
    for parent in derived.__mro__[: derived.__mro__.index(real)]:
        if "send" in vars(parent):
            yield inspect.unwrap(vars(parent)["send"])


def _calls_super(send: Any) -> bool:
    # By its code, since running it would be too late.
    return any("super" in code.co_names and "send" in code.co_names for code in _codes(getattr(send, "__code__", None)))


def _codes(code: CodeType | None) -> Iterator[CodeType]:
    if code is not None:
        yield code
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from _codes(constant)
