"""How the body of an answer comes in: at once, slowly, in part, or no further."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from aiomoto._wire.failures import FailureKind, WireFailure

# The most of a body that a client gets at a time, in bytes: as much as a socket delivers in one read.
CHUNK_SIZE = 64 * 1024

_BEAT = 0.05  # seconds between the pieces of a slow body, about


class Piece(NamedTuple):
    """A part of a body, and the seconds that pass before it comes; :data:`math.inf` where nothing comes any more."""

    wait: float
    data: bytes


class Delivery(NamedTuple):
    """What a network does to a body.

    Attributes:
        bandwidth: bytes per second; ``None`` for all at once.
        length: the bytes that arrive at most; ``None`` for all.
        ending: what happens after them, where there are more; ``None`` for nothing at all, for ever.
    """

    bandwidth: float | None = None
    length: int | None = None
    ending: FailureKind | None = None

    def pieces(self, body: bytes) -> Iterator[Piece]:
        """The body as it comes in.

        Raises:
            WireFailure: the connection fails at this point.
        """
        end = len(body) if self.length is None else min(self.length, len(body))
        size = min(CHUNK_SIZE, max(1, int(self.bandwidth * _BEAT))) if self.bandwidth else CHUNK_SIZE
        for start in range(0, end, size):
            data = body[start : min(start + size, end)]
            yield Piece(len(data) / self.bandwidth if self.bandwidth else 0, data)
        if end < len(body):
            if self.ending is not None:
                raise WireFailure(self.ending)
            yield Piece(inf, b"")
