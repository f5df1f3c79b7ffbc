"""Deliver a body to aiohttp as over a bad network, through aiohttp's own client protocol.

The protocol parses the bytes and fails as it does over a socket. The read timeout is implemented here, since aiohttp's
timer uses the loop's clock, which a test may have frozen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from math import isinf
from weakref import ref

from aiohttp import ClientResponse, StreamReader
from aiohttp.client_proto import ResponseHandler

from aiomoto._http.aiohttp.failures import library_error
from aiomoto._http.aiohttp.pump import Pump, buffering
from aiomoto._http.pool import Lease
from aiomoto._loops import Later
from aiomoto._wire.delivery import Piece
from aiomoto._wire.failures import WireFailure, os_error
from aiomoto._wire.http1 import framed_pieces_async, write_head
from aiomoto._wire.message import WireRequest, WireResponse


class PooledConnection:
    """What the connections of an aiohttp response have in common: their place in the client's pool.

    Args:
        lease: the place.

    Attributes:
        response: the response, if its body is up to the client to read.
    """

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.response: ref[ClientResponse] | None = None

    def end_lease(self) -> None:
        """Return the connection to the pool. A response that is collected before it was read or closed is a leak."""
        if self.response is not None and ((response := self.response()) is None or not response.closed):
            self.lease.abandon()
        else:
            self.lease.end()


class ScriptedConnection(PooledConnection):
    """The part of a connection that ``ClientResponse`` uses: its protocol, ``release()`` and ``close()``.

    Args:
        request: the request.
        wire_response: the response to it, which has a delivery or a source.
        read_timeout: the seconds that the client waits for more of the body; ``None`` means no limit.
        lease: its place in the client's pool.
    """

    def __init__(
        self, request: WireRequest, wire_response: WireResponse, read_timeout: float | None, lease: Lease
    ) -> None:
        super().__init__(lease)
        loop = asyncio.get_running_loop()
        self.protocol = ResponseHandler(loop)
        self._sender = Sender(self.protocol, loop, read_timeout)
        self._wire_response = wire_response
        self.protocol.connection_made(self._sender)
        self.protocol.set_response_params(
            skip_payload=request.method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            **buffering(wire_response),
        )
        self.protocol.data_received(write_head(wire_response))

    def begin(self, stream: StreamReader) -> None:
        """Deliver the body into the response's stream. The headers have been read."""
        self._sender.begin(self._wire_response, stream)

    def hang_up(self) -> None:
        """Break off the body: the client was closed before all of it had arrived."""
        self.lease.abandon()
        self._sender.fail(RuntimeError("Connection closed."))  # aiohttp's own message
        self._sender.close()

    def release(self) -> None:
        """Stop delivering, and return the connection to the pool."""
        self._sender.close()
        self.end_lease()

    def close(self) -> None:
        """Stop delivering, and close the connection."""
        self._sender.close()
        self.lease.end()


class Sender(asyncio.Transport):
    """The server's side: it sends each piece of a body at its time, unless reading is paused.

    Args:
        protocol: the client's side.
        loop: the client's loop.
        read_timeout: the seconds that the client waits for the next piece; ``None`` or 0 means no limit.
    """

    def __init__(self, protocol: ResponseHandler, loop: asyncio.AbstractEventLoop, read_timeout: float | None) -> None:
        super().__init__()
        self._protocol = protocol
        self._pieces: Iterator[Piece] = iter(())
        self._loop = loop
        self._stream: StreamReader | None = None
        self._read_timeout = read_timeout or None
        self._timer: Later | None = None
        self._pump: Pump | None = None
        self._will_time_out = False
        self._unread: bytes | None = None
        self._is_paused = False
        self._is_closed = False

    def begin(self, response: WireResponse, stream: StreamReader) -> None:
        """Send a body, which the protocol feeds to a stream."""
        self._stream = stream
        if response.source is None:
            self._pieces = response.pieces()
            self._schedule()
        else:
            self._pump = Pump(framed_pieces_async(response), self, self._loop, self._read_timeout)

    def _schedule(self) -> None:
        try:
            piece = next(self._pieces, None)
        except WireFailure as failure:
            self._timer = Later(self._loop, 0, partial(self._fail, failure))
            return
        if piece is None:
            return
        if self._read_timeout is not None and piece.wait > self._read_timeout:
            self._will_time_out = True
            self._timer = Later(self._loop, self._read_timeout, self._time_out)
        elif not isinf(piece.wait):
            self._timer = Later(self._loop, piece.wait, partial(self._arrive, piece.data))

    def _arrive(self, data: bytes) -> None:
        if self._is_paused:
            self._unread = data
        elif not self._is_closed:
            self._protocol.data_received(data)
            self._schedule()

    def deliver(self, data: bytes) -> None:
        """Deliver a piece of a body that has a source."""
        if not self._is_closed:
            self._protocol.data_received(data)

    def fail(self, error: BaseException) -> None:
        """End the body: the connection fails, or another error, which the client sees as it is."""
        if isinstance(error, WireFailure):
            self._fail(error)
        elif not self._is_closed and self._stream is not None and not self._stream.is_eof():
            self._stream.set_exception(error)

    def _fail(self, failure: WireFailure) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if failure.kind == "read_timeout" and self._stream is not None:
            self._stream.set_exception(library_error(failure.kind, ""))
        self._protocol.connection_lost(os_error(failure.kind) if failure.kind == "reset" else None)

    def _time_out(self) -> None:
        error = library_error("read_timeout", "")
        self._protocol.set_exception(error)
        if self._stream is not None:
            self._stream.set_exception(error)

    def pause_reading(self) -> None:
        self._is_paused = True
        if self._pump is not None:
            self._pump.pause()
        if self._will_time_out and self._timer is not None:
            self._timer.cancel()  # the read timeout does not run while the client reads nothing

    def resume_reading(self) -> None:
        self._is_paused = False
        if self._pump is not None:
            self._pump.resume()
        elif self._unread is not None:
            data, self._unread = self._unread, None
            self._timer = Later(self._loop, 0, partial(self._arrive, data))
        elif self._will_time_out and self._read_timeout is not None and not self._is_closed:
            self._timer = Later(self._loop, self._read_timeout, self._time_out)

    def is_reading(self) -> bool:
        return not self._is_paused

    def is_closing(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._pump is not None:
            self._pump.stop()

    abort = close
