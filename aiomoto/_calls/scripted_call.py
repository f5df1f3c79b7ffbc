"""A call as the function of a scripted answer is given it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiomoto._calls.call import Call
from aiomoto._calls.record import Record


class ScriptedCall(Call):
    """A call, with Moto's answer to it.

    Args:
        record: the record of the call.
        moto: asks Moto.
    """

    def __init__(self, record: Record, moto: Callable[[], Any]) -> None:
        super().__init__(record)
        self._moto = moto

    def moto(self) -> Any:
        """Ask Moto, as :meth:`Call.moto` says."""
        return self._moto()
