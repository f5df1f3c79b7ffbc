"""Patch optional modules as soon as they are imported, before or inside a mock.

Importing them at every start would cost a process that never uses them 50 ms (httpx), 40 ms (awscrt with boto3's
transfers) or 10 ms (Moto's S3), and optional packages would always be loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class ImportWatch(MetaPathFinder):
    """Reports modules by name: those that are already imported at the start, and those that are imported later.

    A module may be imported a second time, as tests of optional packages do it: by ``importlib.reload``, or after
    removing it from ``sys.modules``. It is then a new module, or the same one with new contents.

    Args:
        names: the dotted names of the modules.
        found: called with each module, in the thread that imports it; possibly more than once with the same one.
    """

    def __init__(self, names: Sequence[str], found: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._found = found
        self._watched: frozenset[str] = frozenset()

    def start(self) -> None:
        """Report what is imported already, and watch for later imports."""
        self._watched = frozenset(self._names)
        sys.meta_path.insert(0, self)
        for name in self._names:
            if sys.modules.get(name) is not None:  # ``None`` makes an import fail
                # import_module() waits for a thread that is still importing it.
                self._report(import_module(name))

    def stop(self) -> None:
        """Stop watching."""
        self._watched = frozenset()
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a watched module by the other finders, and make its loader report it once it is loaded."""
        if name not in self._watched:
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next((found for finder in others if (found := finder.find_spec(name, path, target))), None)
        if spec is not None and spec.loader is not None:
            self._report_when_loaded(spec.loader)
        return spec

    def _report_when_loaded(self, loader: object) -> None:
        # Replace the loader's method instead of wrapping the loader: resources and inspection look at its class.
        load = loader.exec_module  # type: ignore[attr-defined]

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module  # type: ignore[attr-defined]
            load(module)
            self._report(module)

        loader.exec_module = exec_module  # type: ignore[attr-defined]

    def _report(self, module: ModuleType) -> None:
        if module.__name__ in self._watched:
            self._found(module)
