"""Classes that stand in for those of extension modules, whose attributes cannot be replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from weakref import ref


def stand_in_for(original: Any, create: Callable[..., Any], **members: Any) -> Any:
    """Build a class whose instances are those of the original.

    Args:
        original: the class.
        create: called in place of the original, with the original and its arguments.
        members: further attributes that differ.
    """

    class StandInType(type(original)):  # type: ignore[misc]
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return create(original, *args, **kwargs) if cls is stand_in else super().__call__(*args, **kwargs)

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, original) if cls is stand_in else type.__instancecheck__(cls, instance)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, original) if cls is stand_in else type.__subclasscheck__(cls, subclass)

    names = {name: getattr(original, name) for name in ("__doc__", "__module__", "__qualname__")}
    stand_in = StandInType(original.__name__, (original,), {**names, **members})
    return stand_in


class Importers:
    """Finds the modules that have imported a class by name, such as those of the tests.

    Args:
        package: the name of the package whose modules are left out.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        # Each module is searched once.
        self._searched: set[int] = set()
        self._newest: tuple[int, str] | None = None
        self._found: list[tuple[ref[ModuleType], str]] = []

    def names_of(self, wanted: Any) -> list[tuple[ModuleType, str]]:
        """List the modules and their names that are the class."""
        modules = sys.modules.copy()
        # The newest import comes last.
        newest = (len(modules), next(reversed(modules)))
        if newest != self._newest:
            self._newest = newest
            new = {id(module): module for module in modules.values() if id(module) not in self._searched}
            self._found += (found for module in new.values() for found in self._search(module, wanted))
            self._searched |= new.keys()
        found = [(importer, name) for reference, name in self._found if (importer := reference()) is not None]
        return [(importer, name) for importer, name in found if vars(importer).get(name) is wanted]

    def _search(self, module: Any, wanted: Any) -> Iterator[tuple[ref[ModuleType], str]]:
        if isinstance(module, ModuleType) and module.__name__.partition(".")[0] != self._package:
            yield from ((ref(module), name) for name, value in vars(module).copy().items() if value is wanted)
