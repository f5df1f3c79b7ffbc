"""Deliver a body to urllib3 as over a bad network, through the standard library's ``HTTPResponse``.

``http.client`` parses the bytes and fails as it does over a socket.
"""

from __future__ import annotations

import io
from collections.abc import Generator
from http.client import HTTPResponse
from threading import TIMEOUT_MAX
from typing import Any

from aiomoto import _clock
from aiomoto._wire.delivery import Piece
from aiomoto._wire.failures import WireFailure, os_error
from aiomoto._wire.http1 import framed_pieces, write_head
from aiomoto._wire.message import WireRequest, WireResponse


def scripted_response(request: WireRequest, wire_response: WireResponse, read_timeout: float | None) -> HTTPResponse:
    """Create the response to a request that ``http.client`` reads from a socket.

    Args:
        request: the request.
        wire_response: the response to it.
        read_timeout: the seconds that the client waits for more of the body; ``None`` means no limit.
    """
    socket: Any = Incoming(write_head(wire_response), framed_pieces(wire_response), read_timeout)
    response = HTTPResponse(socket, method=request.method)
    response.begin()
    return response


class ResponseFile(io.BufferedReader):
    """The file that ``http.client`` reads a response from."""

    def flush(self) -> None:
        """No-op. Python 3.13 also flushes a closed file, when a response is collected after its file."""


class Incoming(io.RawIOBase):
    """The client's side of a connection: it returns each piece of a response at its time."""

    def __init__(self, head: bytes, pieces: Generator[Piece], read_timeout: float | None) -> None:
        super().__init__()
        self._unread = memoryview(head)
        self._pieces = pieces
        self._read_timeout = TIMEOUT_MAX if read_timeout is None else read_timeout

    def makefile(self, mode: str) -> ResponseFile:
        """Return a file that reads from it."""
        return ResponseFile(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._unread and (received := self._receive()) is not None:
            self._unread = memoryview(received)
        data, self._unread = self._unread[: len(buffer)], self._unread[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the source of the body too."""
        self._pieces.close()
        super().close()

    def _receive(self) -> bytes | None:
        try:
            piece = next(self._pieces, None)
        except WireFailure as failure:
            if failure.kind == "disconnect":
                return None
            raise os_error(failure.kind) from None
        if piece is None:
            return None
        _clock.pause(min(piece.wait, self._read_timeout))
        if piece.wait > self._read_timeout:
            raise os_error("read_timeout")
        return piece.data
