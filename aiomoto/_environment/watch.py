"""Notice at once when somebody puts back into ``os.environ``, after a mock, what the mock had set there."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

# What to call with the variable that was changed, and with ``None`` for many. Nothing, while nobody watches.
_tell: Callable[[str | None], None] | None = None


class _Watched(type(os.environ)):  # type: ignore[misc]
    """``os.environ`` while it is watched. All but the telling is the standard library's."""

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name, value)
        _notice(name)

    def __delitem__(self, name: str) -> None:
        try:
            super().__delitem__(name)
        finally:  # also where it has gone already
            _notice(name)

    def pop(self, name: str, *default: Any) -> Any:
        try:
            return super().pop(name, *default)
        finally:
            _notice(name)

    def update(self, *args: Any, **kwargs: Any) -> None:
        global _tell
        # ``patch.dict`` puts all of the environment back with one call. In the midst of it nothing can be told.
        tell, _tell = _tell, None
        super().update(*args, **kwargs)
        _tell = tell
        _notice(None)

    def popitem(self) -> tuple[str, str]:
        # ``clear()`` goes on with this until nothing is left, so that nothing may come back meanwhile.
        name = next(iter(self), None)
        if name is None:
            raise KeyError("popitem(): the environment is empty")
        value = self[name]
        super().__delitem__(name)
        return name, value


def _notice(name: str | None) -> None:
    if (tell := _tell) is not None:
        tell(name)


def watch(tell: Callable[[str | None], None]) -> None:
    """Have a function called after each change from now on, with the variable's name; with ``None`` for an update."""
    global _tell
    _tell = tell
    environ: Any = os.environ
    if type(environ) is _Watched.__base__:  # else somebody has made it another kind of object
        environ.__class__ = _Watched


def end() -> None:
    """Watch no more."""
    global _tell
    _tell = None
    environ: Any = os.environ
    if type(environ) is _Watched:
        environ.__class__ = _Watched.__base__
