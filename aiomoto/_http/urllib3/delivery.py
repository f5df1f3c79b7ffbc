"""A body that is delivered to urllib3 as over a bad network, through the standard library's own HTTP response.

What is read from the wire here, ``http.client`` parses, and fails as it does over a socket.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from http.client import HTTPResponse
from threading import TIMEOUT_MAX
from typing import Any

from aiomoto import _clock
from aiomoto._wire.delivery import Delivery, Piece
from aiomoto._wire.failures import WireFailure, os_error
from aiomoto._wire.http1 import write_head
from aiomoto._wire.message import WireRequest, WireResponse


def scripted_response(
    request: WireRequest, wire_response: WireResponse, delivery: Delivery, read_timeout: float | None
) -> HTTPResponse:
    """The answer to a request, as ``http.client`` reads it from a socket.

    Args:
        request: what is answered.
        wire_response: the answer.
        delivery: how its body comes in.
        read_timeout: the seconds for which the client waits for more of it; ``None`` for ever.
    """
    socket: Any = Incoming(write_head(wire_response), delivery.pieces(wire_response.body), read_timeout)
    response = HTTPResponse(socket, method=request.method)
    response.begin()
    return response


class ResponseFile(io.BufferedReader):
    """A response as the file that ``http.client`` reads."""

    def flush(self) -> None:
        """Do nothing, also once it is closed: Python 3.13 flushes it when a response is collected after its file."""


class Incoming(io.RawIOBase):
    """The client's end of a connection: it gives the pieces of an answer, each in its time."""

    def __init__(self, head: bytes, pieces: Iterator[Piece], read_timeout: float | None) -> None:
        super().__init__()
        self._unread = memoryview(head)
        self._pieces = pieces
        self._read_timeout = TIMEOUT_MAX if read_timeout is None else read_timeout

    def makefile(self, mode: str) -> ResponseFile:
        """A file that reads from it."""
        return ResponseFile(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._unread:
            self._unread = memoryview(self._receive())
        data, self._unread = self._unread[: len(buffer)], self._unread[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _receive(self) -> bytes:
        try:
            piece = next(self._pieces, None)
        except WireFailure as failure:
            if failure.kind == "disconnect":
                return b""
            raise os_error(failure.kind) from None
        if piece is None:
            return b""
        _clock.pause(min(piece.wait, self._read_timeout))
        if piece.wait > self._read_timeout:
            raise os_error("read_timeout")
        return piece.data
