"""What runs functions: the handlers of the mocks that a call belongs to, and the data that they act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from aiomoto._errors import AiomotoError
from aiomoto._functions.handler import Registered
from aiomoto._functions.pending import Pending
from aiomoto._functions.places import Place
from aiomoto._functions.record import Invocation
from aiomoto._moto.configuration import configurations

Result = TypeVar("Result")


class Handlers(Protocol):
    """The handlers of one mock.

    Attributes:
        invocations: its log.
        stream: the id in the names of its log streams.
        running: how many invocations of a function run, by its ARN.
        under_way: the chains that are under way.
        pending: what waits for its time.
        backlogs: the records of streams that have not been delivered.
        hops: how many functions led to a message, by its id.
        delivered: what has been delivered in the end.
        errors: what went wrong where nobody waited.
    """

    invocations: list[Invocation]
    stream: str
    running: dict[str, int]
    under_way: list[Any]
    pending: Pending
    backlogs: dict[tuple[str, str], Any]
    hops: dict[str, int]
    delivered: set[str]
    errors: list[Exception]

    def act(self) -> None:
        """Create and delete Moto's functions, so that they are those that are registered. The lock is held."""

    def find(self, name: str, region: str) -> Registered | None:
        """The handler of a function; ``None`` if there is none."""


class MockEnded(AiomotoError):
    """The mock of a function that goes on has ended."""


class Runtime:
    """The handlers of a mock and of those around it, with the data that they act on.

    Args:
        handlers: those of the innermost mock first.
        owner: the exchange whose data it is.
        jobs_of: what is to be done about what Moto's handlers have set off.
    """

    def __init__(self, handlers: Iterable[Handlers], owner: Any, jobs_of: Callable[[Runtime, list[Any]], Any]) -> None:
        self._handlers = tuple(handlers)
        self.owner = owner
        self.jobs_of = jobs_of

    @property
    def own(self) -> Handlers:
        """The handlers of the innermost mock that has any, which logs all invocations."""
        return self._handlers[0]

    def handler_of(self, name: str, region: str) -> Registered | None:
        """Find the handler of a function, the innermost mock's first."""
        return next(filter(None, (each.find(name, region) for each in self._handlers)), None)

    async def locked(self, place: Place, work: Callable[[], Result]) -> Result:
        """Do something with Moto's data."""

        def within() -> Result:
            if not self.owner.is_active:
                raise MockEnded("the mock has ended, in which this function was to run")
            configurations.activate(self.owner)
            timeline = self.owner.timeline  # once a test has moved the mock's clock
            return work() if timeline is None else timeline.run(work)

        return await place.locked(within)

    async def prepare(self, place: Place) -> None:
        """Create the functions that only have a handler, and delete those that have lost it."""
        await self.locked(place, self._act)

    def _act(self) -> None:
        for each in self._handlers:
            each.act()
