"""Watch ``os.environ`` after a mock, for code that restores a value that the mock had set."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

# Called with the name of the variable that was changed, or with ``None`` for several; ``None`` if nobody watches.
_changed: Callable[[str | None], None] | None = None


class _Watched(type(os.environ)):  # type: ignore[misc]
    """The class of ``os.environ`` while it is watched: it reports changes, and is otherwise the standard library's."""

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name, value)
        _report(name)

    def __delitem__(self, name: str) -> None:
        try:
            super().__delitem__(name)
        finally:  # also if the variable was not set
            _report(name)

    def pop(self, name: str, *default: Any) -> Any:
        try:
            return super().pop(name, *default)
        finally:
            _report(name)

    def update(self, *args: Any, **kwargs: Any) -> None:
        global _changed
        # ``patch.dict`` restores the whole environment with one call: report it once, at the end.
        changed, _changed = _changed, None
        super().update(*args, **kwargs)
        _changed = changed
        _report(None)

    def popitem(self) -> tuple[str, str]:
        # Report nothing: ``clear()`` calls this until the environment is empty, and whoever is told may set variables.
        name = next(iter(self), None)
        if name is None:
            raise KeyError("popitem(): the environment is empty")
        value = self[name]
        super().__delitem__(name)
        return name, value


def _report(name: str | None) -> None:
    if (changed := _changed) is not None:
        changed(name)


def watch(changed: Callable[[str | None], None]) -> None:
    """Call a function after each change from now on, with the variable's name, or with ``None`` for an update."""
    global _changed
    _changed = changed
    environ: Any = os.environ
    if type(environ) is _Watched.__base__:  # leave it alone if somebody has replaced it with another kind of object
        environ.__class__ = _Watched


def end() -> None:
    """Stop watching."""
    global _changed
    _changed = None
    environ: Any = os.environ
    if type(environ) is _Watched:
        environ.__class__ = _Watched.__base__
