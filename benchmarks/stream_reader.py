"""Read bytes from a bare ``aiohttp.StreamReader``: a lower bound for reading a streamed body."""

from __future__ import annotations

import asyncio

from aiohttp import StreamReader

from cases import KIB

CHUNK = 64 * KIB


class _Protocol:
    """The part of a protocol that the reader uses."""

    connected = True
    _reading_paused = False

    def pause_reading(self) -> None:
        """No-op: everything has been fed."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        """No-op: everything has been fed."""


async def read_all(body: bytes) -> None:
    """Feed a reader the whole body, in pieces as from a socket, and read it to the end."""
    reader = StreamReader(_Protocol(), CHUNK, loop=asyncio.get_running_loop())  # type: ignore[arg-type]
    view = memoryview(body)
    for start in range(0, len(body), CHUNK):
        reader.feed_data(bytes(view[start : start + CHUNK]))
    reader.feed_eof()
    while await reader.read(CHUNK):
        pass
