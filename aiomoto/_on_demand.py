"""What is replaced only when a mock asks for it, and restored with all the rest when the last mock has ended."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from aiomoto._botocore import instant_sleep
from aiomoto._moto import stores
from aiomoto._patching.replacements import Replacements
from aiomoto._replaced import FUNCTIONS
from aiomoto._run import Run
from aiomoto._s3fs import worlds as file_systems

if TYPE_CHECKING:
    from aiomoto._moto.isolation import Isolation


class InstantSleep:
    """Replace what ``sleep="instant"`` needs, when the first mock asks for it. It is restored with all the rest."""

    def __init__(self, replacements: Replacements) -> None:
        self._replacements = replacements
        self._is_used = False

    def enter(self, run: Run) -> None:
        """Replace it, if this mock asks for it and no other has."""
        if run.exchange.slept is not None and not self._is_used:
            self._is_used = True
            self._replacements.put(instant_sleep.targets())

    def forget(self) -> None:
        """Note that the last mock has ended."""
        self._is_used = False


class Isolated:
    """Make Moto keep the data of isolated mocks apart, when the first one asks for it. It is undone with all else."""

    MODULES = (*stores.MODULES, file_systems.MODULE)

    def __init__(self, replacements: Replacements) -> None:
        self._replacements = replacements
        self._isolation: Isolation | None = None

    def enter(self, run: Run) -> None:
        """Install it, if this mock asks for it and no other has.

        Raises:
            AiomotoError: the installed Moto keeps its data elsewhere.
        """
        if run.exchange.world is None:
            return
        run.exchange.world.join(run.exchange)
        # Tests without isolated mocks do without these modules.
        from aiomoto import _inheriting
        from aiomoto._moto.isolation import isolation

        self._isolation = isolation
        if not isolation.is_installed:
            isolation.install()
            self._replacements.put(_inheriting.TARGETS, again=True)
            if module := sys.modules.get(file_systems.MODULE):
                self.found(module)

    def leave(self, run: Run) -> None:
        """Delete the data of an isolated mock, unless another one is nested in it."""
        if run.exchange.world is not None:
            run.exchange.world.leave(run.exchange, is_kept=not run.remove_data)

    def found(self, module: ModuleType) -> None:
        """Note that a module has been imported."""
        if self._isolation is None:
            return
        self._isolation.found(module.__name__)
        if module.__name__ == file_systems.MODULE:
            self._replacements.put(file_systems.targets(module), again=True)

    def forget(self) -> None:
        """Undo it, as the last mock has ended."""
        if self._isolation is not None:
            self._isolation.remove()
            self._isolation = None


class FunctionTriggers:
    """Replace what ``aws.functions`` needs in Moto, from the first function on. It is restored with all the rest."""

    MODULES = FUNCTIONS

    def __init__(self, replacements: Replacements) -> None:
        self._replacements = replacements
        self._is_used = False

    def use(self) -> None:
        """Replace it, unless that was done."""
        if not self._is_used:
            self._is_used = True
            for name in self.MODULES:
                if name in sys.modules:
                    self.found(import_module(name))  # which waits for a thread that is still importing it

    def found(self, module: ModuleType) -> None:
        """Note that a module has been imported."""
        if self._is_used and module.__name__ in self.MODULES:
            from aiomoto._moto import triggers  # tests without functions do without it

            self._replacements.put(triggers.TARGETS[module.__name__](module))

    def forget(self) -> None:
        """Note that the last mock has ended."""
        self._is_used = False
