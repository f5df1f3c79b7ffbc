"""A call as the function of a scripted answer is given it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import cached_property
from typing import Any

from aiomoto._aws.input_events import events_of
from aiomoto._calls.call import Call
from aiomoto._calls.record import Record
from aiomoto._errors import AiomotoError
from aiomoto._wire.message import INPUT_STREAM


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

    @cached_property
    def events(self) -> AsyncIterator[dict[str, Any]]:
        """The events that the client sends, as :attr:`Call.events` says."""
        model, stream = self._record.identity.model, self._record.request.context.get(INPUT_STREAM)
        if model is None or stream is None:
            raise AiomotoError(f"{self.service} {self.operation} takes no stream of events: its input is call.params")
        return events_of(stream, model, self.protocol)
