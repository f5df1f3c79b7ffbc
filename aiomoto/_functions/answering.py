"""Between a call and Moto: run the function that the call invokes, or those that it sets off."""

from __future__ import annotations

from aiomoto._calls.record import Record
from aiomoto._functions import http
from aiomoto._functions.acting import ask
from aiomoto._functions.invoke import OPERATIONS, Invoke
from aiomoto._functions.places import LoopPlace, Place, ThreadPlace, in_thread
from aiomoto._functions.runtime import Runtime
from aiomoto._moto import apis
from aiomoto._scripting import Moto
from aiomoto._wire.message import WireResponse


class Answering:
    """The way of one call.

    Args:
        runtime: what runs functions.
        record: the record of the call, with all of it.
        moto: asks Moto.
        read_timeout: the client's read timeout in seconds; ``None`` for no timeout.
    """

    def __init__(self, runtime: Runtime, record: Record, moto: Moto, read_timeout: float | None) -> None:
        self._runtime = runtime
        self._record = record
        self._moto = moto
        self._read_timeout = read_timeout

    def respond(self) -> WireResponse:
        """Respond in this thread."""
        return in_thread(self._respond(ThreadPlace()))

    async def respond_async(self) -> WireResponse:
        """Respond on the running loop."""
        return await self._respond(LoopPlace())

    async def _respond(self, place: Place) -> WireResponse:
        await self._runtime.prepare(place)
        if (response := await self._invoked(place)) is not None:
            return response
        return await ask(self._runtime, place, self._moto)

    async def _invoked(self, place: Place) -> WireResponse | None:
        identity = self._record.identity
        if identity.service != "lambda" or identity.operation not in OPERATIONS:
            request = self._record.request
            if not apis.is_of_a_function(request.host):
                return None
            return await http.respond(self._runtime, place, request, self._read_timeout)
        return await Invoke(self._record, self._runtime, self._read_timeout).respond(place)
