"""Optional modules, in which something is replaced as soon as they are imported: now or while a mock is active.

To import them at each start would cost a process that never uses them 50 ms (httpx), 40 ms (awscrt with boto3's
transfers) or 10 ms (Moto's S3), and would make of an optional package one that is always loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class ImportWatch(MetaPathFinder):
    """Hands over modules by name: those that are there when it starts, and each that is imported while it watches.

    A module may be imported anew, as tests of optional packages do: by ``importlib.reload``, or after it has been taken
    out of ``sys.modules``. It is another module then, or the same one with other contents.

    Args:
        names: the dotted names of the modules.
        found: called with each module, in the thread that imports it; perhaps with one that it knows.
    """

    def __init__(self, names: Sequence[str], found: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._found = found
        self._watched: frozenset[str] = frozenset()

    def start(self) -> None:
        """Hand over what is imported, and watch for what will be."""
        self._watched = frozenset(self._names)
        sys.meta_path.insert(0, self)
        for name in self._names:
            if sys.modules.get(name) is not None:  # it is ``None`` where an import is to fail
                # Waits for a thread that is half way through it.
                self._hand_over(import_module(name))

    def stop(self) -> None:
        """Watch no more."""
        self._watched = frozenset()
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Let the other finders find a module that is watched for, and have its loader tell when it is done."""
        if name not in self._watched:
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next((found for finder in others if (found := finder.find_spec(name, path, target))), None)
        if spec is not None and spec.loader is not None:
            self._tell_when_loaded(spec.loader)
        return spec

    def _tell_when_loaded(self, loader: object) -> None:
        # The loader's own method in place of a loader around it: resources and inspection look at its class.
        load = loader.exec_module  # type: ignore[attr-defined]

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module  # type: ignore[attr-defined]
            load(module)
            self._hand_over(module)

        loader.exec_module = exec_module  # type: ignore[attr-defined]

    def _hand_over(self, module: ModuleType) -> None:
        if module.__name__ in self._watched:
            self._found(module)
