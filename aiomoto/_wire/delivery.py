"""How the body of a response arrives: at once, slowly, cut off, or stalled."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing
from math import inf
from typing import NamedTuple

from aiomoto._wire.failures import FailureKind, WireFailure

# The largest piece of a body that a client receives at once, in bytes: what a socket delivers in one read.
CHUNK_SIZE = 64 * 1024

_INTERVAL = 0.05  # approximate seconds between the pieces of a slow body


class Piece(NamedTuple):
    """A part of a body, and the seconds before it arrives; :data:`math.inf` seconds if nothing more arrives."""

    wait: float
    data: bytes


class Delivery(NamedTuple):
    """How the network delivers a body.

    Attributes:
        bandwidth: bytes per second; ``None`` delivers everything at once.
        length: how many bytes arrive at most; ``None`` for all.
        ending: how the connection fails if the body is longer than ``length``; ``None`` if it stalls for ever.
    """

    bandwidth: float | None = None
    length: int | None = None
    ending: FailureKind | None = None

    def pieces(self, body: bytes) -> Iterator[Piece]:
        """Yield the body piece by piece, as it arrives.

        Raises:
            WireFailure: the connection fails after ``length`` bytes.
        """
        return self._arriving(0, body, 0)

    def stream(self, pieces: Generator[Piece]) -> Generator[Piece]:
        """Yield a body of unknown length, as it arrives; closing this closes its source. Errors as in ``pieces``."""
        received = 0
        with closing(pieces):
            for wait, data in pieces:
                yield from self._arriving(wait, data, received)
                received += len(data)

    async def stream_async(self, pieces: AsyncGenerator[Piece]) -> AsyncGenerator[Piece]:
        """The same, from an asynchronous source."""
        received = 0
        async with aclosing(pieces):
            async for wait, data in pieces:
                for piece in self._arriving(wait, data, received):
                    yield piece
                received += len(data)

    def _arriving(self, wait: float, data: bytes, received: int) -> Iterator[Piece]:
        end = len(data) if self.length is None else max(min(self.length - received, len(data)), 0)
        size = min(CHUNK_SIZE, max(1, int(self.bandwidth * _INTERVAL))) if self.bandwidth else CHUNK_SIZE
        if wait:
            yield Piece(wait, b"")
        for start in range(0, end, size):
            piece = data[start : min(start + size, end)]
            yield Piece(len(piece) / self.bandwidth if self.bandwidth else 0, piece)
        if end < len(data):
            if self.ending is not None:
                raise WireFailure(self.ending)
            yield Piece(inf, b"")
