"""Reading bytes from a bare ``aiohttp.StreamReader``: what a streamed body costs its reader at the least."""

from __future__ import annotations

import asyncio

from aiohttp import StreamReader

from cases import KIB

CHUNK = 64 * KIB


class _Protocol:
    """What the reader asks of the protocol that feeds it."""

    connected = True
    _reading_paused = False

    def pause_reading(self) -> None:
        """All is fed already."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        """All is fed already."""


async def read_all(body: bytes) -> None:
    """Feed a reader all of the body, in pieces as a socket gives them, and read it to its end."""
    reader = StreamReader(_Protocol(), CHUNK, loop=asyncio.get_running_loop())  # type: ignore[arg-type]
    view = memoryview(body)
    for start in range(0, len(body), CHUNK):
        reader.feed_data(bytes(view[start : start + CHUNK]))
    reader.feed_eof()
    while await reader.read(CHUNK):
        pass
