"""Put stand-ins for the clocks into Moto's and botocore's modules, and the originals back."""

from __future__ import annotations

import datetime
import sys
import time
from threading import RLock
from types import ModuleType
from typing import Any

from aiomoto import _live
from aiomoto._lock import surviving_fork
from aiomoto._moto.invocation import MockTime
from aiomoto._time import waits
from aiomoto._time.stand_ins import StandIns
from aiomoto._time.timeline import Timeline, acting

# Those of botocore's and aiobotocore's modules that date signatures and compare the expiry of credentials.
_CLIENTS = tuple(
    f"{library}.{module}"
    for library in ("botocore", "aiobotocore")
    for module in ("auth", "compat", "credentials", "signers", "tokens", "utils")
)
_MOTO = "moto"


def timeline() -> Timeline | MockTime | None:
    """Whose time counts in the running code: that of what Moto runs now, else of the current mock."""
    if (acts := acting.get()) is not None:
        return acts
    exchange = _live.current()
    return None if exchange is None else exchange.timeline


def _offset() -> float:
    found = timeline()
    return 0.0 if found is None else found.offset


class Swap:
    """All modules whose clocks are replaced, from the first move of a mock's clock to the end of the last mock."""

    def __init__(self) -> None:
        self._stand_ins = StandIns(_offset)
        self._in_waits = StandIns(_offset, sleep=waits.sleep)
        self._lock = surviving_fork(RLock())
        # The module's namespace, the name in it, and the stand-in, by the namespace's id and the name.
        self._swapped: dict[tuple[int, str], tuple[dict[str, Any], str, Any, Any]] = {}
        # The names of each module that hold clocks, with the namespace that they are in: modules may be imported again.
        self._names: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {}
        self._state: tuple[Any, ...] = ()
        self._is_on = False

    def put(self) -> None:
        """Replace the clocks, also in modules that have been imported since, and where freezegun has put them back."""
        state = (len(sys.modules), datetime.datetime, time.time)
        if self._is_on and state == self._state:
            return
        with self._lock:
            self._is_on = True
            usual, in_waits = self._stand_ins.by_original(), self._in_waits.by_original()
            for name, module in list(sys.modules.items()):
                if module is not None and (name.partition(".")[0] == _MOTO or name in _CLIENTS):
                    self._put_in(module, in_waits if name.startswith(waits.PACKAGE) else usual)
            self._state = state

    def _put_in(self, module: ModuleType, stand_ins: dict[int, Any]) -> None:
        namespace = vars(module)
        known, names = self._names.get(module.__name__, (None, ()))
        if known is not namespace:
            # Only names with clocks are looked at the next time.
            names = tuple(name for name, value in list(namespace.items()) if id(value) in stand_ins)
            self._names[module.__name__] = (namespace, names)
        for name in names:
            original = namespace.get(name)
            if (stand_in := stand_ins.get(id(original))) is not None:
                # Noted before it is replaced: Ctrl-C may come in between.
                self._swapped[id(namespace), name] = (namespace, name, original, stand_in)
                namespace[name] = stand_in

    def put_back(self) -> None:
        """Restore what the modules had, or what freezegun has given back to the process meanwhile."""
        with self._lock:
            self._is_on = False
            now = {**self._stand_ins.by_stand_in(), **self._in_waits.by_stand_in()}
            genuine = self._stand_ins.by_original()
            for namespace, name, original, stand_in in self._swapped.values():
                if namespace.get(name) is stand_in:
                    namespace[name] = original if id(original) in genuine else now[id(stand_in)]
            self._swapped.clear()
