"""aiohttp asked for something at AWS without an SDK.

The seam is ``BaseConnector.connect``, the documented way to a connection. What stands above it stays aiohttp's own:
bodies are serialised, redirects followed and responses parsed as ever, and mocks that take the place of the session's
requests (aioresponses) are asked first. The private ``ClientSession._request``, which these replace, would make us one
of them, and ``ClientRequest`` and ``ClientResponse`` are classes that a session may have its own of.

A request that an SDK's session answers never comes here; one that Moto's ``passthrough`` lets out comes, and passes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import Any

from aiohttp import BaseConnector, TCPConnector
from aiohttp.client_proto import ResponseHandler

from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.aiohttp.delivery import Sender
from aiomoto._http.aiohttp.failures import library_error
from aiomoto._patching.places import argument
from aiomoto._wire.delivery import CHUNK_SIZE, Delivery
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.http1 import GO_AHEAD, RequestReader, write_head
from aiomoto._wire.message import WireRequest, WireResponse, as_sent


def _connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def connect(self: Any, *args: Any, **kwargs: Any) -> Any:
        req = argument(args, kwargs, 0, "req")
        head = _head_of(req)
        exchange = plain_requests.exchange_for(head)
        if exchange is not None:
            return await original(_MotoConnector(self, exchange, head.url), *args, **kwargs)
        with plain_requests.passing(head):
            return await original(self, *args, **kwargs)

    return connect


def _create_connection(original: Callable[..., Any]) -> Callable[..., Any]:
    """For what comes past ``connect``, which somebody else has replaced."""

    @wraps(original)
    async def create_connection(self: Any, *args: Any, **kwargs: Any) -> Any:
        head = _head_of(argument(args, kwargs, 0, "req"))
        exchange = plain_requests.exchange_for(head)
        if exchange is None:
            return await original(self, *args, **kwargs)
        timeout = argument(args, kwargs, 2, "timeout")
        return _Protocol(self, exchange, head.url, timeout.sock_read, asyncio.get_running_loop())

    return create_connection


REPLACEMENTS = (
    (BaseConnector, "connect", _connect),
    # What every connector of aiohttp's overrides.
    (TCPConnector, "_create_connection", _create_connection),
)


def _head_of(req: Any) -> WireRequest:
    return plain_requests.head_of(req.method, str(req.url), req.headers.items())


class _MotoConnector(BaseConnector):
    """Makes one connection, to Moto. A new one serves each request, so that it has none to close at the end."""

    def __init__(self, stands_for: BaseConnector, exchange: Exchange, url: str) -> None:
        super().__init__()
        self._stands_for = stands_for
        self._exchange = exchange
        self._url = url

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:
        # What every connector of aiohttp's overrides.
        return _Protocol(self._stands_for, self._exchange, self._url, timeout.sock_read, self._loop)


class _Protocol(ResponseHandler):
    """aiohttp's end of a connection, which gets its answer when aiohttp begins to read."""

    def __init__(
        self,
        connector: BaseConnector,
        exchange: Exchange,
        url: str,
        read_timeout: float | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(loop)
        self._connector = connector
        self._exchange = exchange
        self._url = url
        self._read_timeout = read_timeout
        self._wire = _Transport(self, loop, read_timeout)
        self._has_gone_ahead = False
        self._has_answered = False
        self.connection_made(self._wire)

    @property
    def connected(self) -> bool:
        """Whether more may come: not once the session, and its connector with it, has been closed."""
        return super().connected and not self._connector.closed

    @property
    def should_close(self) -> bool:
        """The connection is not one to keep."""
        return True

    async def read(self) -> Any:
        """The next message: the go-ahead for a body where the client waits for it, then the response."""
        wire_response = None if self._has_answered else await self._answer()
        if wire_response is None:
            return await super().read()
        self._has_answered = True
        # What arrives together with the headers is there whatever becomes of the connection.
        first = b"" if wire_response.delivery else wire_response.body[:CHUNK_SIZE]
        self.data_received(write_head(wire_response) + first)
        message, stream = await super().read()
        rest = wire_response.body[len(first) :] if first else wire_response.body
        self._wire.begin((wire_response.delivery or Delivery()).pieces(rest), stream)
        return message, stream

    async def _answer(self) -> WireResponse | None:
        request = self._wire.request
        while not request.is_complete:
            if request.waits_for_go_ahead and not self._has_gone_ahead:
                self._has_gone_ahead = True
                self.data_received(GO_AHEAD)
                return None
            if self.exception() is not None or self._wire.is_closing():
                return None  # no more of it will be sent, and aiohttp knows why
            await self._wire.more_of_the_request()
        wire = request.request(self._url)
        try:
            return as_sent(await self._exchange.answer_async(wire, "aiohttp", self._read_timeout), wire)
        except WireFailure as failure:
            raise library_error(failure.kind, self._url) from None

    def set_exception(self, *args: Any, **kwargs: Any) -> None:
        """End the request with an error: its body cannot be sent, or aiohttp's timeout is over."""
        super().set_exception(*args, **kwargs)
        self._wire.wake()


class _Transport(Sender):
    """The other end: takes the bytes of a request, and delivers those of the response as fast as they are read."""

    def __init__(self, protocol: _Protocol, loop: asyncio.AbstractEventLoop, read_timeout: float | None) -> None:
        super().__init__(protocol, loop, read_timeout)
        self._receiver = protocol
        self.request = RequestReader()
        self._more: asyncio.Future[None] | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next piece of the request."""
        self.request.feed(data)
        self.wake()

    def _arrive(self, data: bytes) -> None:
        if self._receiver.connected:
            super()._arrive(data)
        else:
            self.close()

    async def more_of_the_request(self) -> None:
        """Wait for the next piece, or for the news that there is none."""
        self._more = self._loop.create_future()
        await self._more

    def wake(self) -> None:
        """End the wait."""
        if self._more is not None and not self._more.done():
            self._more.set_result(None)

    def close(self) -> None:
        """End the connection."""
        if not self.is_closing():
            super().close()
            self.wake()
            if not self._loop.is_closed():  # as where a response that nobody read is collected after it
                self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close
