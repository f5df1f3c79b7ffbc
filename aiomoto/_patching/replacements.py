"""Replace attributes of other packages while a mock is active, and restore them exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import RLock
from types import ModuleType
from typing import Any
from weakref import finalize

from aiomoto._lock import surviving_fork
from aiomoto._patching.compatibility import missing_name_error
from aiomoto._patching.places import (
    as_python_calls_it,
    best_place,
    is_function_of,
    places,
    subclass_places,
    subclasses,
)

# What to replace: a class or module, the name of the attribute, and a factory that gets the original (as a function
# that takes the instance first) and returns the replacement.
Target = tuple[Any, str, Callable[[Any], Any]]


class _Replaced:
    """One replaced attribute. Wrappers that were there before stay around the replacement."""

    def __init__(self, owner: Any, name: str, factory: Callable[[Any], Any]) -> None:
        self.owner = owner
        self.name = name
        self.is_for_guards = False
        self._factory = factory
        self._outermost = vars(owner)[name]
        self._place = best_place(owner, name)
        self._original = self._place.value
        self._replacement = factory(as_python_calls_it(owner, self._original))
        # Keeping what somebody has put there would keep it alive.
        library = _module_and_name(owner, name)[0].partition(".")[0]
        self.may_serve_again = is_function_of(self._outermost, (library,))

    def serves(self, owner: Any, factory: Callable[[Any], Any]) -> bool:
        """Tell whether this is what to put now: the attribute is what it was."""
        return owner is self.owner and factory == self._factory and vars(owner)[self.name] is self._outermost

    def put(self, below: Iterable[type]) -> None:
        """Replace the original, also where the subclasses hold it themselves, with or without wrappers."""
        for place in subclass_places(below, self.name):
            if place.value is self._original:
                place.put(self._replacement)
        self._place.put(self._replacement)

    def put_back(self, below: Iterable[type] | None = None) -> bool:
        """Restore the original everywhere; return whether nobody else's replacement may bring ours back later."""
        found = places(self.owner, self.name)
        if self._place.holder is not self.owner:
            found.append(self._place)
        found += subclass_places(subclasses(self.owner) if below is None else below, self.name)
        for place in found:
            if place.value is self._replacement:
                place.put(self._original)
        outermost = vars(self.owner).get(self.name)
        return outermost is self._original or outermost is self._outermost


class _Subclasses(dict[Any, list[type]]):
    """The subclasses of owners, each looked up once, since many names are replaced in few classes."""

    def __missing__(self, owner: Any) -> list[type]:
        found = self[owner] = subclasses(owner)
        return found


class Replacements:
    """All replacements of the process. Any thread may add to them at any time, by importing a module."""

    def __init__(self) -> None:
        # Re-entrant: while it is held, an abandoned generator may be collected, whose mock then ends.
        self._lock = surviving_fork(RLock())
        self._is_open = False
        self._replaced: list[_Replaced] = []
        self._names: set[tuple[int, str]] = set()  # of these, with the ids of their owners
        self._covered: list[_Replaced] = []
        # Those of the last mock that may serve again: most attributes are what they were.
        self._before: dict[tuple[int, str], _Replaced] = {}

    def open(self) -> None:
        """Allow replacements from now on."""
        with self._lock:
            self._is_open = True
            self._uncover()

    def put(self, targets: Iterable[Target], *, again: bool = False, is_for_guards: bool = False) -> None:
        """Replace attributes; do nothing if everything has been restored meanwhile.

        Args:
            targets: what to replace.
            again: skip targets that are replaced already.
            is_for_guards: whether guards need the replacements too.

        Raises:
            AiomotoError: an attribute does not exist.
        """
        with self._lock:
            below = _Subclasses()
            for owner, name, factory in targets if self._is_open else ():
                key = id(owner), name
                if again and key in self._names:
                    continue
                if name not in vars(owner):
                    raise missing_name_error(*_module_and_name(owner, name))
                replaced = self._before.get(key)
                if replaced is None or not replaced.serves(owner, factory):
                    replaced = _Replaced(owner, name, factory)
                replaced.is_for_guards = is_for_guards
                # Appended before it is put: Ctrl-C may come in between.
                self._replaced.append(replaced)
                self._names.add(key)
                replaced.put(below[owner])
                if not self._is_open:  # collecting an abandoned generator has ended the last mock in between
                    replaced.put_back()
                    return

    def close(self, *, keep_for_guards: bool = False) -> None:
        """Restore everything, or everything that guards do not need.

        If somebody else has replaced an attribute since, their replacement stays, with ours below it, which does
        nothing without a mock. When they restore what they found, ours is removed: as soon as their replacement is
        collected, and at the latest when the next mock starts.
        """
        with self._lock:
            self._is_open = keep_for_guards
            below = _Subclasses()
            done = {}
            for last in self._replaced[::-1]:
                if keep_for_guards and last.is_for_guards:
                    continue
                if last.put_back(below[last.owner]):
                    if last.may_serve_again:
                        done[id(last.owner), last.name] = last
                else:
                    self._covered.append(last)
                    with suppress(TypeError):  # not every object can be referred to weakly; a deleted name has none
                        finalize(vars(last.owner).get(last.name), last.put_back).atexit = False
                self._replaced.remove(last)
            self._names = {(id(each.owner), each.name) for each in self._replaced}
            self._before = done or self._before
            self._uncover()

    def _uncover(self) -> None:
        self._covered = [each for each in self._covered if not each.put_back()]


def _module_and_name(owner: Any, name: str) -> tuple[str, str]:
    if isinstance(owner, type):
        return owner.__module__, f"{owner.__qualname__}.{name}"
    if isinstance(owner, ModuleType):
        return owner.__name__, name
    return type(owner).__module__, f"{type(owner).__qualname__}.{name}"
