"""A body that is delivered to aiohttp as over a bad network, by aiohttp's own side of a connection.

aiohttp's protocol parses what is put on the wire here, minds the read timeout, and fails as it does over a socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from math import isinf

from aiohttp import StreamReader
from aiohttp.client_proto import ResponseHandler

from aiomoto._http.aiohttp_failures import library_error
from aiomoto._wire.delivery import Delivery, Piece
from aiomoto._wire.failures import WireFailure, os_error
from aiomoto._wire.message import WireRequest, WireResponse


class ScriptedConnection:
    """What ``ClientResponse`` asks of a connection: its protocol, and to be released or closed.

    Args:
        request: what is answered.
        reply: the answer.
        delivery: how its body comes in.
        read_timeout: the seconds for which the client waits for more of it; ``None`` for ever.
    """

    def __init__(
        self, request: WireRequest, reply: WireResponse, delivery: Delivery, read_timeout: float | None
    ) -> None:
        loop = asyncio.get_running_loop()
        self.protocol = ResponseHandler(loop)
        self._sender = Sender(self.protocol, loop)
        self._pieces = delivery.pieces(reply.body)
        self.protocol.connection_made(self._sender)
        self.protocol.set_response_params(
            skip_payload=request.method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            read_timeout=read_timeout,
        )
        self.protocol.data_received(reply.head())

    def begin(self, stream: StreamReader) -> None:
        """Deliver the body into the response's stream, the headers having been read."""
        self._sender.begin(self._pieces, stream)

    def release(self) -> None:
        """Read no further: there is no pool to give it back to."""
        self._sender.close()

    def close(self) -> None:
        """Read no further."""
        self._sender.close()


class Sender(asyncio.Transport):
    """The other side: it sends the pieces of a body, each in its time, unless it is asked to pause."""

    def __init__(self, protocol: ResponseHandler, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._protocol = protocol
        self._pieces: Iterator[Piece] = iter(())
        self._loop = loop
        self._stream: StreamReader | None = None
        self._timer: asyncio.Handle | None = None
        self._unread: bytes | None = None
        self._is_paused = False
        self._is_closed = False

    def begin(self, pieces: Iterator[Piece], stream: StreamReader) -> None:
        """Send a body, which the protocol feeds to a stream."""
        self._pieces = pieces
        self._stream = stream
        self._schedule()

    def _schedule(self) -> None:
        try:
            piece = next(self._pieces, None)
        except WireFailure as failure:
            self._timer = self._loop.call_soon(self._fail, failure)
        else:
            if piece is not None and not isinf(piece.wait):
                self._timer = self._loop.call_later(piece.wait, self._arrive, piece.data)

    def _arrive(self, data: bytes) -> None:
        if self._is_paused:
            self._unread = data
        elif not self._is_closed:
            self._protocol.data_received(data)
            self._schedule()

    def _fail(self, failure: WireFailure) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if failure.kind == "read_timeout" and self._stream is not None:
            self._stream.set_exception(library_error(failure.kind, ""))
        self._protocol.connection_lost(os_error(failure.kind) if failure.kind == "reset" else None)

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        self._is_paused = False
        if self._unread is not None:
            data, self._unread = self._unread, None
            self._timer = self._loop.call_soon(self._arrive, data)

    def is_reading(self) -> bool:
        return not self._is_paused

    def is_closing(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()

    abort = close
