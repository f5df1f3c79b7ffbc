"""How the body of a response arrives: at once, slowly, cut off, or stalled."""

from __future__ import annotations

from collections.abc import Iterator
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
        end = len(body) if self.length is None else min(self.length, len(body))
        size = min(CHUNK_SIZE, max(1, int(self.bandwidth * _INTERVAL))) if self.bandwidth else CHUNK_SIZE
        for start in range(0, end, size):
            data = body[start : min(start + size, end)]
            yield Piece(len(data) / self.bandwidth if self.bandwidth else 0, data)
        if end < len(body):
            if self.ending is not None:
                raise WireFailure(self.ending)
            yield Piece(inf, b"")
