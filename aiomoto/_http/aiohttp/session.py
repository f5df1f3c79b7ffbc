"""aiobotocore's aiohttp session, answered by Moto with genuine ``aiohttp`` responses and streams."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakSet

import aiohttp
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.httpsession import AIOHTTPSession
from botocore.awsrequest import AWSPreparedRequest

from aiomoto import _live
from aiomoto._calls.left_open import OpenClient
from aiomoto._exchange import Exchange
from aiomoto._http.aiohttp.body import sent
from aiomoto._http.aiohttp.delivery import ScriptedConnection
from aiomoto._http.aiohttp.failures import client_error, library_error, no_connection_error
from aiomoto._http.aiohttp.response import Connection, client_response, running_loop
from aiomoto._http.pool import Lease, NoConnectionError, Pool, lease_timeout, pool_of
from aiomoto._http.sending import Sending, unsent_error
from aiomoto._patching.required_names import check_instance
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
        self.streaming: WeakSet[Connection | ScriptedConnection] = WeakSet()
        if self._outlives_mock:
            _live.refuse_motos_own_mock()

    async def __aenter__(self) -> Any:
        entered = await super().__aenter__()
        self._is_closed = False
        self.loop = running_loop()
        check_instance(self, "aiobotocore.httpsession", "AIOHTTPSession")
        self._sessions["moto"] = _NoConnections()  # the keys of the others are URLs of proxies
        if self.open_client is not None:
            self.open_client.opened(self.loop)
        return entered

    async def __aexit__(self, *error: Any) -> None:
        for connection in list(self.streaming):
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

    async def send(self, request: AWSPreparedRequest) -> Any:
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


async def respond(
    session: Any, request: AWSPreparedRequest, head: WireRequest, exchange: Exchange
) -> AioAWSResponse | None:
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
        response = await client_response(wire, wire_response, read_timeout, streaming_from, lease)
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


async def _lease(pool: Pool, request: AWSPreparedRequest, sending: Sending, connect_timeout: float | None) -> Lease:
    try:
        with sending:
            return await pool.lease(sending.head, lease_timeout(connect_timeout, is_instant=sending.is_instant))
    except NoConnectionError as error:
        raise no_connection_error(error, request) from error


async def _sent(request: AWSPreparedRequest, sending: Sending) -> WireRequest:
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
