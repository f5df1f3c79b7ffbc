"""aiobotocore's httpx session, answered by Moto with genuine ``httpx`` responses, on asyncio and trio.

Importing this module raises an ``ImportError`` if aiobotocore has found neither httpx2 nor httpx.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from weakref import WeakSet

from aiobotocore.awsrequest import HttpxAWSResponse
from aiobotocore.httpxsession import HttpxSession, httpx
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from aiomoto import _clock, _live
from aiomoto._calls.left_open import OpenClient
from aiomoto._exchange import Exchange
from aiomoto._http.httpx.body import sent
from aiomoto._http.httpx.failures import client_error, library_error
from aiomoto._http.httpx.response import response_for
from aiomoto._http.pool import Lease, NoConnectionError, Pool, lease_timeout, pool_of
from aiomoto._http.sending import Sending, unsent_error
from aiomoto._patching.required_names import check_instance
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, encode_headers, head_of

if httpx is None:
    raise ImportError(
        "MotoHttpxSession needs httpx2 or httpx: pip install httpx2, or in a checkout of aiomoto pip install '.[httpx]'"
    )

import anyio  # comes with httpx

# The constructor of aiobotocore 2 loads the machine's certificates, which takes a while, into a context that it never
# uses: its httpx client verifies by itself. ``verify=False`` only skips the loading.
_READS_CERTIFICATES_AT_ONCE = not hasattr(HttpxSession, "_build_ssl_contexts")


class MotoHttpxSession(HttpxSession):  # type: ignore[misc]
    """The httpx counterpart of :class:`aiomoto.MotoAIOHTTPSession`, for asyncio and trio.

    Pass it to ``AioConfig(http_session_cls=...)`` or :class:`aiomoto.AioSession`; it works with and without an active
    ``mock_aws``. TLS contexts and connection pools are created only for requests that pass through.

    Raises:
        AiomotoError: it is created inside Moto's own ``mock_aws``.
        RequestBlockedError: no service of Moto answers a request.
    """

    _outlives_mock = True
    open_client: OpenClient | None = None

    def __init__(self, verify: Any = True, *args: Any, **kwargs: Any) -> None:
        super().__init__(False if _READS_CERTIFICATES_AT_ONCE else verify, *args, **kwargs)
        self._reaches_network = False
        self._network_lock = anyio.Lock()
        self._streaming: WeakSet[Any] = WeakSet()
        if self._outlives_mock:
            _live.refuse_motos_own_mock()

    async def __aenter__(self) -> MotoHttpxSession:
        if self.open_client is not None:
            self.open_client.opened()
        return self

    async def __aexit__(self, *error: object) -> None:
        for body in list(self._streaming):
            body.abandon()
            await body.aclose()
        if self.open_client is not None:
            self.open_client.closed()
        if self._reaches_network:
            self._reaches_network = False
            await super().__aexit__(*error)

    async def send(self, request: AWSPreparedRequest) -> Any:
        """Answer one prepared request.

        Args:
            request: botocore's ``AWSPreparedRequest``.

        Returns:
            An ``HttpxAWSResponse`` around a ``Response`` of the httpx that aiobotocore uses.
        """
        head = head_of(request)
        exchange = _live.exchange_for(head, self, outlives_mock=self._outlives_mock)
        response = await respond(self, request, head, exchange)
        return await self._pass_through(request) if response is None else response

    async def _pass_through(self, request: AWSPreparedRequest) -> Any:
        async with self._network_lock:
            if not self._reaches_network:
                await super().__aenter__()
                self._reaches_network = True
        return await super().send(request)


class MockedHttpxSession(MotoHttpxSession):
    """The session of clients that are created inside a mock. It works in later mocks, and never uses a network."""

    _outlives_mock = False


async def respond(
    session: Any, request: AWSPreparedRequest, head: WireRequest, exchange: Exchange
) -> HttpxAWSResponse | None:
    """Let an exchange answer a session's request; return ``None`` if the real session must handle it."""
    if exchange.passes_through(head):
        return None
    try:
        timeout, pool = session._timeout, pool_of(session, lambda: session._max_pool_connections)
    except AttributeError:
        check_instance(session, "aiobotocore.httpxsession", "HttpxSession")
        raise
    sending = Sending(exchange, head, "httpx")
    lease = pool.lease_now(head) or await _lease(pool, request, sending, timeout.connect)
    try:
        wire = await _sent(request, sending)
        response = await _response(exchange, wire, wire.context.get("read_timeout") or timeout.read, lease)
        headers = HTTPHeaders.from_pairs(response.headers.items())
        aws_response = HttpxAWSResponse(str(response.url), response.status_code, headers, response)
        if not request.stream_output:
            await aws_response.content
        else:
            lease.begin_body(exchange, wire)
            if isinstance(session, MotoHttpxSession):
                session._streaming.add(response.stream)
    except BaseException as error:
        lease.end()
        if isinstance(error, httpx.TransportError):
            raise client_error(error, request.url) from error
        raise
    return aws_response


async def _lease(pool: Pool, request: AWSPreparedRequest, sending: Sending, connect_timeout: float | None) -> Lease:
    try:
        with sending:
            return await pool.lease(sending.head, lease_timeout(connect_timeout, is_instant=sending.is_instant))
    except NoConnectionError as error:
        timeout = client_error(httpx.PoolTimeout(str(error)), request.url)
        timeout.args = (f"{timeout}: {error}",)
        raise timeout from error


async def _sent(request: AWSPreparedRequest, sending: Sending) -> WireRequest:
    try:
        with sending:
            return await sent(request, sending.head)
    except NotImplementedError:
        raise  # aiobotocore does not wrap this one
    except WireFailure as failure:
        cause = library_error(failure.kind, httpx.Request(request.method, request.url))
        raise unsent_error(client_error(cause, request.url), failure) from None
    except Exception as error:
        raise client_error(error, request.url) from error


async def _response(exchange: Exchange, wire: WireRequest, read_timeout: float | None, lease: Lease) -> Any:
    request = httpx.Request(wire.method, wire.url, headers=encode_headers(wire.headers.items()))
    began = _clock.now()
    try:
        wire_response = await exchange.answer_async(wire, "httpx", read_timeout)
    except WireFailure as failure:
        error = library_error(failure.kind, request)
        raise error from error.__cause__
    response = response_for(httpx, wire_response, request, read_timeout, lease)
    response.elapsed = timedelta(seconds=_clock.now() - began)
    return response
