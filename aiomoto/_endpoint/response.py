"""Write responses, and connection failures, to clients of the loopback endpoint."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from aiohttp import HttpVersion11, web

from aiomoto import _loops
from aiomoto._wire.delivery import CHUNK_SIZE, Piece
from aiomoto._wire.failures import FailureKind, WireFailure
from aiomoto._wire.http1 import framed_pieces_async, write_lines
from aiomoto._wire.message import BODILESS, WireResponse

# The value of SO_LINGER that makes closing a socket reset its connection: on, for 0 seconds.
_RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
# Headers that describe the connection: they are written here, and not taken from Moto.
_FRAMING = ("connection", "content-length", "keep-alive", "transfer-encoding")


class EndpointResponse(web.StreamResponse):
    """A response that is written exactly as Moto gave it: aiohttp would add headers.

    Args:
        response: Moto's response.
        keep_alive: whether the connection stays open for another request.
    """

    def __init__(self, response: WireResponse, *, keep_alive: bool) -> None:
        super().__init__(status=response.status)
        self._response: WireResponse | None = response
        self._stays_open = keep_alive

    @property
    def keep_alive(self) -> bool:
        """Whether the connection stays open."""
        return self._stays_open

    async def prepare(self, request: web.BaseRequest) -> Any:
        """Write the whole response, as fast as the client reads it."""
        # The server keeps this object until the connection's next request; it must not keep the body that long.
        response, self._response = self._response, None
        if response is None:
            return request.writer
        has_no_body = request.method == "HEAD" or response.status in BODILESS
        body = memoryview(b"" if has_no_body else response.body)
        head = self._head(request, response)
        if response.arrives_whole:
            await _send(request, head, body)
        else:
            await _deliver(request, head, response._replace(body=bytes(body)))
        await request.writer.write_eof()
        return request.writer

    async def write_eof(self, data: Any = b"") -> None:
        """No-op: ``prepare`` has written everything."""

    def _head(self, request: web.BaseRequest, response: WireResponse) -> bytes:
        pairs = [(name, value) for name, value in response.headers if name.lower() not in _FRAMING]
        if response.is_chunked:
            pairs.append(("transfer-encoding", "chunked"))
        elif (length := _content_length(response, is_head=request.method == "HEAD")) is not None:
            pairs.append(("content-length", length))
        if not self._stays_open:
            pairs.append(("connection", "close"))
        elif request.version < HttpVersion11:
            pairs.append(("connection", "keep-alive"))
        return write_lines(response, pairs)


class ConnectionFailure(web.StreamResponse):
    """No response: the open connection fails in the way that a fault rule says.

    Args:
        kind: how it fails. A failure to connect becomes a reset. For a timeout, nothing is sent until the client gives
            up or the mock ends.
    """

    def __init__(self, kind: FailureKind) -> None:
        super().__init__()
        self._kind = kind

    async def prepare(self, request: web.BaseRequest) -> Any:
        """Make the connection fail."""
        await _fail(request, self._kind)


async def _send(request: web.BaseRequest, head: bytes, body: memoryview) -> None:
    await request.writer.write(head + body[:CHUNK_SIZE])
    for start in range(CHUNK_SIZE, len(body), CHUNK_SIZE):
        await request.writer.write(body[start : start + CHUNK_SIZE])


async def _deliver(request: web.BaseRequest, head: bytes, response: WireResponse) -> None:
    await request.writer.write(head)
    try:
        async with aclosing(_pieces(response)) as pieces:
            async for wait, data in pieces:
                await _loops.sleep(wait)
                await request.writer.write(data)
    except WireFailure as failure:
        await _fail(request, failure.kind)


async def _pieces(response: WireResponse) -> AsyncGenerator[Piece]:
    if response.source is None:
        for piece in response.pieces():
            yield piece
    else:
        async with aclosing(framed_pieces_async(response)) as pieces:
            async for piece in pieces:
                yield piece


async def _fail(request: web.BaseRequest, kind: FailureKind) -> None:
    transport = request.transport
    if kind in ("connect_timeout", "read_timeout"):
        await asyncio.Event().wait()  # the server cancels it when the connection ends
    if transport is not None and kind == "disconnect":
        transport.close()
    elif transport is not None:
        # Send all that was written before the reset.
        transport.set_write_buffer_limits(0)
        await request.writer.drain()
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    raise ConnectionResetError(f"a rule of aws.faults made the connection fail: {kind}")


def _content_length(response: WireResponse, *, is_head: bool) -> str | None:
    if response.status in BODILESS:
        return None
    # Moto's header, so that a response to HEAD says how long the body would be.
    stated = next((value for name, value in response.headers if name.lower() == "content-length"), None)
    if (is_head and (stated or not response.body)) or response.source is not None:
        return stated
    return str(len(response.body))
