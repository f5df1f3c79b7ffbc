"""What a mock's calls have opened and nobody has closed: bodies of responses, and clients."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Mapping, Sequence
from inspect import currentframe
from typing import Any, Literal, NamedTuple, Protocol
from weakref import WeakSet

from aiomoto._calls.place import place_of


class Leak(NamedTuple):
    """Something that is still open."""

    kind: Literal["body", "event stream", "client", "file system"]
    """The body of a response, an event stream, a client, or a file system's client on an event loop that is closed."""
    service: str | None
    """botocore's name of the service; ``None`` if it is unknown."""
    operation: str | None = None
    """botocore's name of the operation; ``None`` for clients."""
    params: Mapping[str, Any] = {}
    """The parameters of the call; empty for clients."""
    where: str | None = None
    """File and line of the code that opened it, ``"tests/test_jobs.py:12"``; ``None`` if it is not known."""

    def __str__(self) -> str:
        """Describe what was not done, and where."""
        place = f", opened at {self.where}" if self.where else ""
        if self.kind == "client":
            return f"the client of {self.service} was never closed{place}"
        if self.kind == "file system":
            return f"the {self.service} session of a file system was left open on a closed event loop{place}"
        call = " ".join(filter(None, (self.service, self.operation)))
        named = ", ".join(f"{name}={value!r:.60}" for name, value in self.params.items())
        return f"the {self.kind} of {call}({named}) was neither read to its end nor closed{place}"


class OpenBody(Protocol):
    """The body of a response.

    Attributes:
        where: where its call was made.
    """

    where: str | None

    @property
    def is_open(self) -> bool:
        """Whether more of it may come in."""

    def leak(self) -> Leak:
        """What is wrong with its being open."""


class OpenClient:
    """A client of aiobotocore, noted while it is open.

    Args:
        noted_in: where it is noted: in the mock that it is created in, and in those around it.
        service: botocore's name of its service.
    """

    def __init__(self, noted_in: Sequence[LeftOpen], service: str) -> None:
        self._noted_in = noted_in
        self._service = service
        self._loop: AbstractEventLoop | None = None
        self._where, self._is_of_file_system = place_of(currentframe())

    def opened(self, loop: AbstractEventLoop | None = None) -> None:
        """Note that it has been opened, and on which loop of asyncio."""
        self._loop = loop
        for each in self._noted_in:
            each.clients[self] = None

    def closed(self) -> None:
        """Note that it has been closed."""
        for each in self._noted_in:
            each.clients.pop(self, None)

    def leak(self) -> Leak | None:
        """What is wrong with its being open. The clients of a file system stay open as long as their loop."""
        if not self._is_of_file_system:
            return Leak("client", self._service, where=self._where)
        is_lost = self._loop is not None and self._loop.is_closed()
        return Leak("file system", self._service, where=self._where) if is_lost else None


class LeftOpen:
    """What the calls of one mock have opened.

    Attributes:
        notes_places: whether bodies are noted with the place where their calls were made.
        bodies: bodies of responses, some of which have been closed.
        clients: open clients, in the order in which they were opened.
    """

    def __init__(self) -> None:
        self.notes_places = False
        self.bodies: WeakSet[OpenBody] = WeakSet()
        self.clients: dict[OpenClient, None] = {}
        self._abandoned: list[OpenBody] = []

    def add_body(self, body: OpenBody) -> None:
        """Note a body; called by the adapter of an HTTP library, some frames below the code that made the call."""
        if self.notes_places:
            body.where = place_of(currentframe())[0]
        self.bodies.add(body)

    def add_abandoned(self, body: OpenBody) -> None:
        """Note a body that was not read when its client was closed, or that nothing refers to any more."""
        if len(self._abandoned) < _MOST_ABANDONED:
            self._abandoned.append(body)

    def leaks(self) -> list[Leak]:
        """List what is open now."""
        open_bodies = [body for body in list(self.bodies) if body.is_open]
        bodies = [body.leak() for body in (*self._abandoned, *open_bodies)]
        return [*bodies, *(leak for client in list(self.clients) if (leak := client.leak()))]


_MOST_ABANDONED = 1000
