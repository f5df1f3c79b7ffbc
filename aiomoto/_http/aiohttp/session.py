"""aiobotocore's aiohttp session, answered by Moto with genuine ``aiohttp`` responses and streams."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any
from weakref import WeakSet, ref

import aiohttp
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.httpsession import AIOHTTPSession
from aiohttp import ClientResponse, StreamReader
from aiohttp.http import HttpVersion11, RawResponseMessage
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from aiomoto import _live, _loops
from aiomoto._calls.left_open import OpenClient
from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange
from aiomoto._http.aiohttp.body import sent
from aiomoto._http.aiohttp.delivery import PooledConnection, ScriptedConnection
from aiomoto._http.aiohttp.failures import client_error, library_error, no_connection_error
from aiomoto._http.pool import Lease, NoConnectionError, Pool, patience_for, pool_of
from aiomoto._http.sending import Sending, unsent_error
from aiomoto._patching.required_names import check_instance
from aiomoto._wire.delivery import CHUNK_SIZE
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse, head_of


class MotoAIOHTTPSession(AIOHTTPSession):  # type: ignore[misc]
    """An HTTP session for aiobotocore that sends its requests to Moto instead of the network.

    Pass it to ``AioConfig(http_session_cls=...)`` or :class:`aiomoto.AioSession`; it works with and without an active
    ``mock_aws``. Requests that Moto's ``passthrough`` names are sent through the real session.

    Raises:
        AiomotoError: it is created inside Moto's own ``mock_aws``.
        RequestBlockedError: no service of Moto answers a request.
    """

    _outlives_mock = True
    loop: asyncio.AbstractEventLoop
    _is_closed = False
    open_client: OpenClient | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._streaming: WeakSet[_Connection | ScriptedConnection] = WeakSet()
        if self._outlives_mock:
            _live.refuse_motos_own_mock()

    async def __aenter__(self) -> Any:
        entered = await super().__aenter__()
        self._is_closed = False
        self.loop = _running_loop()
        check_instance(self, "aiobotocore.httpsession", "AIOHTTPSession")
        self._sessions["moto"] = _NoConnections()  # the keys of the others are URLs of proxies
        if self.open_client is not None:
            self.open_client.opened(self.loop)
        return entered

    async def __aexit__(self, *error: Any) -> None:
        for connection in list(self._streaming):
            connection.hang_up()
        if self._sessions is not None:  # a session of aiobotocore 3.0 cannot be closed twice
            await super().__aexit__(*error)
            self._is_closed = self._sessions is None  # before 3.0 a closed session can be used again
        if self.open_client is not None:
            self.open_client.closed()

    @property
    def has_connections(self) -> bool:
        """Whether requests that passed through have opened connections that are not closed yet."""
        return len(self._sessions or ()) > 1

    async def send(self, request: Any) -> Any:
        """Answer one prepared request.

        Args:
            request: botocore's ``AWSPreparedRequest``.

        Returns:
            An ``AioAWSResponse`` around an ``aiohttp.ClientResponse``.
        """
        head = head_of(request)
        exchange = _live.exchange_for(head, self, outlives_mock=self._outlives_mock)
        response = await respond(self, request, head, exchange)
        return await super().send(request) if response is None else response


class MockedAIOHTTPSession(MotoAIOHTTPSession):
    """The session of clients that are created inside a mock. It works in later mocks, and never uses a network."""

    _outlives_mock = False


class _NoConnections:
    """Stands for the connections of an open session: s3fs creates a new client if it finds no open one."""

    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        """Mark the session as closed."""
        self.closed = True


async def respond(session: Any, request: Any, head: WireRequest, exchange: Exchange) -> AioAWSResponse | None:
    """Let an exchange answer a session's request; return ``None`` if the real session must handle it."""
    # If the session is closed, aiobotocore's own send() raises its error.
    if getattr(session, "_is_closed", False) or exchange.passes_through(head):
        return None
    try:
        timeout, pool = session._timeout, pool_of(session, lambda: session._max_pool_connections)
    except AttributeError:
        check_instance(session, "aiobotocore.httpsession", "AIOHTTPSession")
        raise
    sending = Sending(exchange, head, "aiohttp")
    lease = pool.lease_now(head) or await _lease(pool, request, sending, timeout.sock_connect)
    try:
        wire = await _sent(request, sending)
        read_timeout = wire.context.get("read_timeout") or timeout.sock_read
        wire_response = await _wire_response(exchange, wire, read_timeout)
        streaming_from = session if request.stream_output else None
        response = await _client_response(wire, wire_response, read_timeout, streaming_from, lease)
        aws_response = AioAWSResponse(str(response.url), response.status, wire_response.lower_headers(), response)
        if request.stream_output:
            lease.begin_body(exchange, wire)
        else:
            await aws_response.content
    except BaseException as error:
        lease.end()
        if isinstance(error, aiohttp.ClientError):
            raise client_error(error, request) from error
        raise
    return aws_response


async def _lease(pool: Pool, request: Any, sending: Sending, connect_timeout: float | None) -> Lease:
    try:
        with sending:
            return await pool.lease(sending.head, patience_for(connect_timeout, is_instant=sending.is_instant))
    except NoConnectionError as error:
        raise no_connection_error(error, request) from error


async def _sent(request: Any, sending: Sending) -> WireRequest:
    try:
        return await sent(request, sending)
    except WireFailure as failure:
        raise unsent_error(client_error(library_error(failure.kind, request.url), request), failure) from None
    except Exception as error:
        raise client_error(error, request) from error


async def _wire_response(exchange: Exchange, wire: WireRequest, read_timeout: float | None) -> WireResponse:
    try:
        return await exchange.answer_async(wire, "aiohttp", read_timeout)
    except WireFailure as failure:
        raise library_error(failure.kind, wire.url) from None


async def _client_response(
    request: WireRequest, wire_response: WireResponse, read_timeout: float | None, streaming_from: Any, lease: Lease
) -> ClientResponse:
    url = URL(request.url, encoded=True)
    headers = CIMultiDictProxy(CIMultiDict(request.headers))
    loop = _running_loop()
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
        connection = _Connection(wire_response, loop, lease)
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


def _note(session: Any, connection: _Connection | ScriptedConnection, response: ClientResponse) -> None:
    """Have a session break off a body that has not arrived when it is closed."""
    connection.response = ref(response)
    if isinstance(session, MotoAIOHTTPSession):
        session._streaming.add(connection)


def _running_loop() -> asyncio.AbstractEventLoop:
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


class _Connection(PooledConnection):
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
