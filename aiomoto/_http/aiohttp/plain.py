"""Answer requests to AWS that are sent with aiohttp and without an SDK.

This replaces ``BaseConnector.connect``, the documented way to a connection. Everything above it stays aiohttp's own:
it serialises bodies, follows redirects and parses responses as usual. Mocks that replace ``ClientSession._request``,
such as aioresponses, get the requests first: if aiomoto replaced that too, it would compete with them. Replacing
``ClientRequest`` or ``ClientResponse`` is no alternative, since a session may use other classes.

Requests of SDK sessions get here only if they pass through, and pass through here as well.
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
from aiomoto._http.pool import Lease, NoConnectionError, lease_timeout, pool_of
from aiomoto._http.sending import Sending
from aiomoto._patching.places import argument
from aiomoto._wire.delivery import CHUNK_SIZE
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.http1 import CONTINUE, RequestReader, write_head
from aiomoto._wire.message import WireRequest, WireResponse, framed


def _connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def connect(self: Any, *args: Any, **kwargs: Any) -> Any:
        req = argument(args, kwargs, 0, "req")
        head = _head_of(req)
        exchange = plain_requests.exchange_for(head)
        if exchange is not None:
            lease = await _lease(self, exchange, head, argument(args, kwargs, 2, "timeout"))
            try:
                return await original(_MotoConnector(self, exchange, head, lease), *args, **kwargs)
            except BaseException:
                lease.end()
                raise
        with plain_requests.passing(head):
            return await original(self, *args, **kwargs)

    return connect


async def _lease(connector: BaseConnector, exchange: Exchange, head: WireRequest, timeout: Any) -> Lease:
    """Wait for a connection, if the connector has a limit and as many are in use.

    Raises:
        TimeoutError: none has become free. aiohttp makes it the cause of its own error.
    """
    pool = pool_of(connector, lambda: connector.limit)
    limits = [seconds for seconds in (timeout.connect, timeout.sock_connect) if seconds is not None]
    lease_seconds = lease_timeout(min(limits, default=None), is_instant=exchange.slept is not None)
    try:
        return pool.lease_now(head) or await pool.lease(head, lease_seconds)
    except NoConnectionError as error:
        exchange.log_broken(head, "aiohttp", error)
        raise asyncio.TimeoutError(str(error)) from None


def _create_connection(original: Callable[..., Any]) -> Callable[..., Any]:
    """For requests that bypass ``connect``, because somebody else has replaced it."""

    @wraps(original)
    async def create_connection(self: Any, *args: Any, **kwargs: Any) -> Any:
        head = _head_of(argument(args, kwargs, 0, "req"))
        exchange = plain_requests.exchange_for(head)
        if exchange is None:
            return await original(self, *args, **kwargs)
        timeout = argument(args, kwargs, 2, "timeout")
        return _Protocol(self, exchange, head, timeout.sock_read, asyncio.get_running_loop(), None)

    return create_connection


REPLACEMENTS = (
    (BaseConnector, "connect", _connect),
    # The method that every connector class overrides.
    (TCPConnector, "_create_connection", _create_connection),
)


def _head_of(req: Any) -> WireRequest:
    return plain_requests.head_of(req.method, str(req.url), req.headers.items())


def _body_error(error: BaseException | None) -> BaseException:
    """Find the error of a body, which aiohttp wraps in its own; if there is none, the connection was closed."""
    if error is None:
        return WireFailure("disconnect")
    return error.__cause__ or error


class _MotoConnector(BaseConnector):
    """Opens one connection, to Moto. Each request gets a new connector, so that none has connections to close."""

    def __init__(self, stands_for: BaseConnector, exchange: Exchange, head: WireRequest, lease: Lease) -> None:
        super().__init__()
        self._lease = lease
        self._stands_for = stands_for
        self._exchange = exchange
        self._head = head

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:
        # The method that every connector class overrides.
        return _Protocol(self._stands_for, self._exchange, self._head, timeout.sock_read, self._loop, self._lease)


class _Protocol(ResponseHandler):
    """The client's side of a connection. Moto is called when aiohttp starts to read the response."""

    def __init__(
        self,
        connector: BaseConnector,
        exchange: Exchange,
        head: WireRequest,
        read_timeout: float | None,
        loop: asyncio.AbstractEventLoop,
        lease: Lease | None,
    ) -> None:
        super().__init__(loop)
        self._lease = lease
        self._connector = connector
        self._exchange = exchange
        self._head = head
        self._read_timeout = read_timeout
        self._wire = _Transport(self, loop, read_timeout)
        self._has_sent_continue = False
        self._has_responded = False
        self.connection_made(self._wire)

    @property
    def connected(self) -> bool:
        """Whether more may arrive: not after the session, and so its connector, has been closed."""
        return super().connected and not self._connector.closed

    @property
    def should_close(self) -> bool:
        """Whether aiohttp must close the connection after the response: always."""
        return True

    async def read(self) -> Any:
        """Return the next message: ``100 Continue`` if the client waits for it, then the response."""
        wire_response = None if self._has_responded else await self._receive()
        if wire_response is None:
            return await super().read()
        self._has_responded = True
        if self._lease is not None:
            self._lease.begin_body(self._exchange, self._head)
        # The first chunk arrives together with the headers, even if the connection is closed afterwards.
        first = b"" if wire_response.delivery else wire_response.body[:CHUNK_SIZE]
        self.data_received(write_head(wire_response) + first)
        message, stream = await super().read()
        rest = wire_response.body[len(first) :] if first else wire_response.body
        self._wire.begin(wire_response._replace(body=rest), stream)
        return message, stream

    async def _receive(self) -> WireResponse | None:
        # No network responds at once: older versions of aiohttp rely on having begun their task that sends the body.
        await asyncio.sleep(0)
        request = self._wire.request
        while not request.is_complete:
            if request.expects_continue and not self._has_sent_continue:
                self._has_sent_continue = True
                self.data_received(CONTINUE)
                return None
            if self.exception() is not None or self._wire.is_closing():
                # No more of the body will be sent, and aiohttp knows why.
                self._exchange.log_broken(self._head, "aiohttp", _body_error(self.exception()))
                return None
            with Sending(self._exchange, self._head, "aiohttp"):
                await self._wire.more_of_the_request()
        wire = request.request(self._head.url)
        try:
            return framed(await self._exchange.answer_async(wire, "aiohttp", self._read_timeout), wire)
        except WireFailure as failure:
            raise library_error(failure.kind, self._head.url) from None

    def end_lease(self) -> None:
        """Return the connection to the pool."""
        if self._lease is not None:
            self._lease.end()

    def set_exception(self, *args: Any, **kwargs: Any) -> None:
        """End the request with an error: its body cannot be sent, or aiohttp's timeout has expired."""
        super().set_exception(*args, **kwargs)
        self._wire.wake()


class _Transport(Sender):
    """The server's side: takes the bytes of a request, and delivers the response as fast as the client reads it."""

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

    def deliver(self, data: bytes) -> None:
        """Deliver a piece of a body that has a source."""
        if self._receiver.connected:
            super().deliver(data)
        else:
            self.close()

    async def more_of_the_request(self) -> None:
        """Wait for the next piece of the request, or until there will be none."""
        self._more = self._loop.create_future()
        await self._more

    def wake(self) -> None:
        """End :meth:`more_of_the_request`."""
        if self._more is not None and not self._more.done():
            self._more.set_result(None)

    def close(self) -> None:
        """End the connection."""
        if not self.is_closing():
            super().close()
            self._receiver.end_lease()
            self.wake()
            if not self._loop.is_closed():  # it is if an unread response is collected after the loop
                self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close
