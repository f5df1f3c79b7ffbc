"""What ``datetime``, ``date`` and ``time`` are in modules that live in a mock's time.

Only what reads the clock differs. All objects that they create are genuine, so that nothing outlives the mock.
"""

from __future__ import annotations

import datetime as _datetime
import time as _time
from collections.abc import Callable
from types import ModuleType
from typing import Any


def _genuine(kind: type) -> Any:
    """The standard library's own class, which freezegun may have replaced by a subclass."""
    return next(each for each in kind.__mro__ if each.__module__ == "datetime")


_DATETIME, _DATE = _genuine(_datetime.datetime), _genuine(_datetime.date)


class StandIns:
    """The stand-ins for the originals that a module may hold.

    Args:
        offset: returns how many seconds to add to the time of the process.
        others: stand-ins for more functions of the module ``time``.
    """

    def __init__(self, offset: Callable[[], float], **others: Callable[..., Any]) -> None:
        self._offset = offset
        classes = {"datetime": self._datetime_class(), "date": self._date_class()}
        functions = {**self._functions(), **others}
        self._names = [
            *((_datetime, name, value) for name, value in classes.items()),
            *((_time, name, value) for name, value in functions.items()),
        ]
        self._modules = [(_datetime, ModuleStandIn(_datetime, classes)), (_time, ModuleStandIn(_time, functions))]

    def by_original(self) -> dict[int, Any]:
        """Each stand-in by the id of what it stands in for, now: a test may have replaced some by its own."""
        return {
            **{id(getattr(module, name)): value for module, name, value in self._names},
            **{id(_genuine(getattr(_datetime, name))): value for _, name, value in self._names[:2]},
            **{id(module): value for module, value in self._modules},
        }

    def by_stand_in(self) -> dict[int, Any]:
        """What the process has now for each stand-in, by the stand-in's id."""
        names = {id(value): getattr(module, name) for module, name, value in self._names}
        return {**names, **{id(value): module for module, value in self._modules}}

    def _now(self) -> Any:
        utc = _datetime.timezone.utc
        return _datetime.datetime.now(utc) + _datetime.timedelta(seconds=self._offset())

    def _functions(self) -> dict[str, Callable[..., Any]]:
        offset = self._offset

        # Looked up at each call: freezegun replaces them.
        def time() -> float:
            return _time.time() + offset()

        def time_ns() -> int:
            return _time.time_ns() + int(offset() * 1e9)

        def gmtime(seconds: float | None = None) -> Any:
            return _time.gmtime(time() if seconds is None else seconds)

        def localtime(seconds: float | None = None) -> Any:
            return _time.localtime(time() if seconds is None else seconds)

        def strftime(format: str, t: Any = None) -> str:
            return _time.strftime(format, localtime() if t is None else t)

        return {each.__name__: each for each in (time, time_ns, gmtime, localtime, strftime)}

    def _datetime_class(self) -> Any:
        read = self._now

        def now(cls: Any, tz: Any = None) -> Any:
            return read().astimezone(tz) if tz is not None else read().astimezone().replace(tzinfo=None)

        names = {"now": now, "today": lambda cls: now(cls), "utcnow": lambda cls: read().replace(tzinfo=None)}
        return _like(_DATETIME, {name: classmethod(function) for name, function in names.items()})

    def _date_class(self) -> Any:
        return _like(_DATE, {"today": classmethod(lambda cls: self._now().astimezone().date())})


def _like(genuine: type, names: dict[str, Any]) -> Any:
    """A class that creates instances of the genuine one, and takes them for its own."""

    class Like(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, genuine)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, genuine)

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
        return genuine.__new__(genuine, *args, **kwargs)  # type: ignore[call-overload]

    return Like(genuine.__name__, (genuine,), {"__new__": __new__, **names})


class ModuleStandIn:
    """A module of which a few names differ."""

    def __init__(self, module: ModuleType, names: dict[str, Any]) -> None:
        vars(self).update(names)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)
