"""Attributes of other packages that are replaced while a mock is live, and put back exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import RLock
from types import ModuleType
from typing import Any
from weakref import finalize

from aiomoto._lock import surviving_fork
from aiomoto._patching.compatibility import lacks
from aiomoto._patching.places import as_python_calls_it, best_place, places, subclass_places

# What is replaced: a class or module, the name of its attribute, and what makes ours from the one that is there, which
# it gets as something to call like a function of that class, the instance first.
Target = tuple[Any, str, Callable[[Any], Any]]


class _Replaced:
    """One attribute, which a function of ours stands in for. In the place of its own, unless wrappers were there."""

    def __init__(self, owner: Any, name: str, replacement: Callable[[Any], Any]) -> None:
        self.owner = owner
        self.name = name
        self._found = vars(owner)[name]
        self._place = best_place(owner, name)
        self._theirs = self._place.value
        self._ours = replacement(as_python_calls_it(owner, self._theirs))

    def put(self) -> None:
        """Put ours in the place of theirs, and where a subclass has it by itself, with or without wrappers."""
        for place in subclass_places(self.owner, self.name):
            if place.value is self._theirs:
                place.put(self._ours)
        self._place.put(self._ours)

    def put_back(self) -> bool:
        """Put theirs back wherever ours stands now; tell whether nothing is on top that may bring ours back."""
        for place in (*places(self.owner, self.name), self._place, *subclass_places(self.owner, self.name)):
            if place.value is self._ours:
                place.put(self._theirs)
        top = vars(self.owner).get(self.name)
        return top is self._theirs or top is self._found


class Replacements:
    """The replacements of one process. Threads that import something may add to them at any time."""

    def __init__(self) -> None:
        # Re-entrant: a generator that was left half way in a mock may be collected, and end it, while this is held.
        self._lock = surviving_fork(RLock())
        self._is_open = False
        self._replaced: list[_Replaced] = []
        self._covered: list[_Replaced] = []

    def open(self) -> None:
        """Allow replacing."""
        with self._lock:
            self._is_open = True
            self._uncover()

    def put(self, targets: Iterable[Target], *, again: bool = False) -> None:
        """Replace attributes, unless all has been put back meanwhile.

        Args:
            targets: what is replaced.
            again: whether some of it may have been replaced before, which stays as it is.

        Raises:
            AiomotoError: one of them is not there.
        """
        with self._lock:
            for owner, name, replacement in targets if self._is_open else ():
                if again and any(each.owner is owner and each.name == name for each in self._replaced):
                    continue
                if name not in vars(owner):
                    raise lacks(*_place(owner, name))
                # Noted first: Ctrl-C may come in between.
                self._replaced.append(replaced := _Replaced(owner, name, replacement))
                replaced.put()
                if not self._is_open:  # the last mock has ended in between, by such a generator
                    replaced.put_back()
                    return

    def close(self) -> None:
        """Put everything back.

        What somebody else has replaced since stays theirs. As soon as they let go of it they put back what they found,
        which was ours: then, and at the latest with the next mock, it gives way. It does nothing meanwhile.
        """
        with self._lock:
            self._is_open = False
            while self._replaced:
                last = self._replaced[-1]
                if not last.put_back():
                    self._covered.append(last)
                    with suppress(TypeError):  # not everything can be watched, and a name that was deleted has nothing
                        finalize(vars(last.owner).get(last.name), last.put_back).atexit = False
                self._replaced.pop()
            self._uncover()

    def _uncover(self) -> None:
        self._covered = [each for each in self._covered if not each.put_back()]


def _place(owner: Any, name: str) -> tuple[str, str]:
    if isinstance(owner, type):
        return owner.__module__, f"{owner.__qualname__}.{name}"
    if isinstance(owner, ModuleType):
        return owner.__name__, name
    return type(owner).__module__, f"{type(owner).__qualname__}.{name}"
