"""The names of other packages that a mock needs and replaces, and which of them the installed versions lack."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from aiomoto._errors import AiomotoError
from aiomoto._installation import REPLACED_LATE
from aiomoto._patching import required_names
from aiomoto._patching.compatibility import explain, missing_name_error
from aiomoto._patching.replacements import Target
from aiomoto._replaced import LATE_SENDING, REPLACEMENTS, SENDING


class Names:
    """What was looked up.

    Attributes:
        replaced: the names that a mock replaces, by the module in which they are.
        missing: for each name that is missing, what is wrong.
    """

    def __init__(self) -> None:
        self.replaced: dict[str, list[str]] = {}
        self.missing: list[str] = []
        self._look_up_replaced((*SENDING, *REPLACEMENTS))
        for name, targets in (*LATE_SENDING.items(), *REPLACED_LATE.items()):
            if (module := self._import(name)) is not None:
                self._look_up_replaced(targets(module))
        for table in _TABLES:
            for name, parts in table.items():
                if (module := self._import(name)) is not None:
                    self._look_up(module, name, parts)

    def _import(self, name: str) -> ModuleType | None:
        """Import a module; ``None`` if its library is not installed, or lacks it."""
        if find_spec(name.partition(".")[0]) is None:
            return None
        try:
            return import_module(name)
        except (ImportError, AttributeError) as error:
            if isinstance(explained := explain(error), AiomotoError) and name in _NEEDED:
                self._note(explained)
            return None

    def _look_up(self, module: ModuleType, name: str, parts: tuple[str, ...]) -> None:
        for part in parts:
            try:
                required_names.check(module, name, (part,))
            except AiomotoError as error:
                self._note(error)

    def _look_up_replaced(self, targets: tuple[Target, ...]) -> None:
        for owner, name, _ in targets:
            module, part = _place(owner, name)
            if name not in vars(owner):
                self._note(missing_name_error(module, part))
            elif part not in self.replaced.setdefault(module, []):
                self.replaced[module].append(part)

    def _note(self, error: AiomotoError) -> None:
        if str(error) not in self.missing:
            self.missing.append(str(error))


_TABLES = (
    required_names.AT_START,
    required_names.WHEN_IMPORTED,
    required_names.FOR_SNAPSHOTS,
    required_names.FOR_WORLDS,
)
_NEEDED = {name for table in (required_names.AT_START, required_names.FOR_WORLDS) for name in table}


def _place(owner: Any, name: str) -> tuple[str, str]:
    """The module of a name, and its dotted name in there."""
    if isinstance(owner, ModuleType):
        return owner.__name__, name
    kind = owner if isinstance(owner, type) else type(owner)
    return kind.__module__, f"{kind.__qualname__}.{name}"


def name_lines(names: Names) -> Iterator[str]:
    """List what a mock replaces, a module on each line."""
    for module, parts in sorted(names.replaced.items()):
        yield f"{module}: {', '.join(sorted(parts))}"
