"""Exchanges of isolated mocks, and those that refuse what belongs to none of them."""

from __future__ import annotations

from typing import Any

from aiomoto._calls.record import Record
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange, describe
from aiomoto._moto import invocation, worlds
from aiomoto._moto.configuration import configurations_in
from aiomoto._moto.long_polls import WouldWait
from aiomoto._moto.worlds import World
from aiomoto._wire.message import WireRequest, WireResponse


class IsolatedExchange(Exchange):
    """Passes requests to Moto, which looks into one world. Where they come from does not matter any more."""

    world: World

    def __init__(self, world: World, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.world = world
        self.configurations = configurations_in(world)

    def answer(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Let Moto answer a request. Arguments and errors are those of the exchange."""
        if worlds.current() is self.world:
            return super().answer(request, backend, read_timeout)
        with worlds.inside(self.world):
            return super().answer(request, backend, read_timeout)

    async def answer_async(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """The same, without blocking the event loop."""
        if worlds.current() is self.world:
            return await super().answer_async(request, backend, read_timeout)
        with worlds.inside(self.world):
            return await super().answer_async(request, backend, read_timeout)

    def prepare(self, request: WireRequest, record: Record, heirs: list[Exchange]) -> invocation.Invocation:
        """Prepare to run the handler. A poll counts as one request of its world, however often that runs."""
        prepared = super().prepare(request, record, heirs)

        def handle(*args: Any) -> Any:
            count = self.world.request_count
            try:
                return prepared.handler(*args)
            except WouldWait:
                self.world.request_count = count
                raise

        return prepared._replace(handler=handle)

    def _record(self, request: WireRequest, backend: str) -> Record:
        with worlds.inside(self.world):
            return super()._record(request, backend)


class Refusal(Exchange):
    """Refuses all requests.

    Args:
        reason: why, and what to do.
    """

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.is_active = False
        self._reason = reason

    def passes_through(self, head: WireRequest) -> bool:
        """Let nothing pass: which mock's configuration counts is unknown."""
        return False

    def answer(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Refuse a request.

        Raises:
            RequestBlockedError: always.
        """
        raise self._error(request)

    async def answer_async(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Refuse a request in the same way."""
        raise self._error(request)

    def prepare(self, request: WireRequest, record: Record, heirs: list[Exchange]) -> invocation.Invocation:
        """Refuse a request that has lost its mock, in the same way."""
        raise self._error(request)

    def _error(self, request: WireRequest) -> RequestBlockedError:
        return RequestBlockedError(f"{describe(request)} was blocked: {self._reason}")
