"""Genuine responses of aiohttp, with genuine streams."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any
from weakref import ref

import aiohttp
from aiohttp import ClientResponse, StreamReader
from aiohttp.http import HttpVersion11, RawResponseMessage
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from aiomoto import _loops
from aiomoto._errors import AiomotoError
from aiomoto._http.aiohttp.delivery import PooledConnection, ScriptedConnection
from aiomoto._http.pool import Lease
from aiomoto._wire.delivery import CHUNK_SIZE
from aiomoto._wire.message import WireRequest, WireResponse


async def client_response(
    request: WireRequest, wire_response: WireResponse, read_timeout: float | None, streaming_from: Any, lease: Lease
) -> ClientResponse:
    """Create a genuine response, whose body arrives as the response says.

    Args:
        request: the request.
        wire_response: the response to it.
        read_timeout: the seconds that the client waits for more of the body; ``None`` means no limit.
        streaming_from: the session whose caller reads the body; ``None`` if the session itself reads it at once.
        lease: its place in the client's pool.
    """
    url = URL(request.url, encoded=True)
    headers = CIMultiDictProxy(CIMultiDict(request.headers))
    loop = running_loop()
    response = ClientResponse(
        request.method,
        url,
        writer=None,
        continue100=None,
        timer=None,  # type: ignore[arg-type]
        request_info=aiohttp.RequestInfo(url, request.method, headers, url),
        traces=[],
        loop=loop,
        session=None,  # type: ignore[arg-type]
        **_VERSION_ARGUMENTS,
    )
    if wire_response.arrives_whole:
        connection = Connection(wire_response, loop, lease)
        await response.start(connection)  # type: ignore[arg-type]
        if streaming_from is None:
            connection.feed()
        else:
            connection.feed_soon()
            _note(streaming_from, connection, response)
    else:
        scripted = ScriptedConnection(request, wire_response, read_timeout, lease)
        await response.start(scripted)  # type: ignore[arg-type]
        scripted.begin(response.content)
        if streaming_from is not None:
            _note(streaming_from, scripted, response)
    return response


def _note(session: Any, connection: Connection | ScriptedConnection, response: ClientResponse) -> None:
    """Have a session break off a body that has not arrived when it is closed."""
    connection.response = ref(response)
    if (streaming := getattr(session, "streaming", None)) is not None:
        streaming.add(connection)


def running_loop() -> asyncio.AbstractEventLoop:
    """The running loop of asyncio.

    Raises:
        AiomotoError: it is trio that runs.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        if not _loops.on_trio():
            raise
    raise AiomotoError(
        "aiobotocore's default HTTP session uses aiohttp, which does not run on trio. Write "
        "config=AioConfig(http_session_cls=HttpxSession) with aiobotocore.httpxsession.HttpxSession, and install httpx2"
    )


class _FinishedWriter:
    """Stands for the writer of a request that has been sent."""

    output_size = 0


# aiohttp 3.14 requires the stream that wrote the request.
_VERSION_ARGUMENTS: dict[str, Any] = (
    {"stream_writer": _FinishedWriter()} if "stream_writer" in inspect.signature(ClientResponse).parameters else {}
)


class Connection(PooledConnection):
    """The part of a connection that ``ClientResponse`` and ``StreamReader`` use: one response, delivered as it is read.

    It plays aiohttp's ``Connection`` and ``ResponseHandler``. Chunks are fed until the reader pauses, and again in a
    later turn of the loop when it resumes, as data arrives from a socket: no task, and never more than a few chunks of
    the body ahead of the reader.

    Attributes:
        connected: whether more may arrive.
    """

    upgraded = False
    transport = None

    def __init__(self, wire_response: WireResponse, loop: asyncio.AbstractEventLoop, lease: Lease) -> None:
        super().__init__(lease)
        self.protocol = self
        self._wire_response = wire_response
        self._loop = loop
        self._rest = memoryview(wire_response.body)
        self._reading_paused = False  # aiohttp's name: up to 3.13 its reader reads this attribute
        self._scheduled = False
        self.connected = True
        self._reader = StreamReader(self, CHUNK_SIZE, loop=loop)  # type: ignore[arg-type]

    async def read(self) -> tuple[RawResponseMessage, StreamReader]:
        """Return status line and headers, and the stream of the body."""
        message = RawResponseMessage(
            version=HttpVersion11,
            code=self._wire_response.status,
            reason=self._wire_response.reason,
            headers=CIMultiDictProxy(CIMultiDict(self._wire_response.headers)),
            raw_headers=tuple(self._wire_response.raw_headers()),
            should_close=False,
            compression=None,
            upgrade=False,
            chunked=False,
        )
        return message, self._reader

    def pause_reading(self) -> None:
        """Stop feeding: the reader has enough."""
        self._reading_paused = True

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Resume feeding in the next turn of the loop."""
        self._reading_paused = False
        if self._scheduled or self._reader.is_eof():
            return
        if self._loop.is_running():
            self.feed_soon()
        else:  # for example if each call runs in its own ``asyncio.run()``: the reader cannot wait any more
            self.feed()

    def feed_soon(self) -> None:
        """Deliver some of the body in the next turn of the loop."""
        self._scheduled = True
        self._loop.call_soon(self.feed)

    def feed(self) -> None:
        """Deliver as much of the body as the reader accepts."""
        self._scheduled = False
        self.lease.note_reading()
        while self.connected and not self._reading_paused and not self._reader.is_eof():
            chunk, self._rest = self._rest[:CHUNK_SIZE], self._rest[CHUNK_SIZE:]
            self._reader.feed_data(bytes(chunk))
            if not self._rest:
                self._reader.feed_eof()

    def hang_up(self) -> None:
        """Break off the body: the client was closed before all of it had arrived."""
        if self.connected and not self._reader.is_eof():
            self.connected = False
            self._rest = self._rest[:0]
            self._reader.set_exception(RuntimeError("Connection closed."))  # aiohttp's own message
            self.lease.abandon()

    def release(self) -> None:
        """Return the connection to the pool: the body has come in, or nobody will read it."""
        self.end_lease()

    def close(self) -> None:
        """Drop the rest of the body."""
        self._rest = self._rest[:0]
        self.lease.end()
