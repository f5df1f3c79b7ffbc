"""Answer what the SDK's transports send: one way for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from aiohttp import ClientResponse

from aiomoto._aws.scope import header, scope_of
from aiomoto._aws.services import name_of
from aiomoto._calls.left_open import OpenClient
from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange
from aiomoto._http.aiohttp.failures import library_error
from aiomoto._http.aiohttp.response import client_response, running_loop
from aiomoto._http.pool import Lease, NoConnectionError, lease_timeout, pool_of
from aiomoto._http.sending import Sending, unsent_error
from aiomoto._http.smithy import invocations
from aiomoto._http.smithy.error_bodies import readable
from aiomoto._http.smithy.failures import crt_error, sdk_error
from aiomoto._http.smithy.request import InputStream, sent
from aiomoto._http.smithy.response import crt_response, http_response
from aiomoto._moto.hosts import is_aws
from aiomoto._wire.failures import FailureKind, WireFailure
from aiomoto._wire.message import INPUT_STREAM, WireRequest

BACKEND = "aws-sdk"


class Kind(NamedTuple):
    """What differs between the SDK's transports.

    Attributes:
        response: wraps a response.
        error: the error for a connection that fails, given its kind, the URL and the transport.
        connections: how many connections a transport has; 0 for any number.
        timeout: the seconds in which a response has to come; ``None`` for no limit. The SDK has no setting for it.
    """

    response: Callable[[ClientResponse], Any]
    error: Callable[[FailureKind, str, Any], Exception]
    connections: int
    timeout: float | None


# The defaults of aiohttp's sessions, which the SDK leaves as they are.
AIOHTTP = Kind(http_response, lambda kind, url, _: library_error(kind, url), 100, 300)
# awscrt sends all requests to a host over one connection, which no body holds. A body that is not read to its end is no
# leak, since nothing can tell whether it has been closed: the SDK drops awscrt's stream, and does not close it.
CRT = Kind(crt_response, lambda kind, _, transport: crt_error(kind, transport), 0, None)


def is_for_aws(head: WireRequest) -> bool:
    """Tell whether a request is for AWS: the transports serve other clients too, which Smithy generates."""
    return _is_an_attempt(head) or is_aws(head.host) or scope_of(head) is not None


def _is_an_attempt(head: WireRequest) -> bool:
    """Tell whether a request is a call of a client: in between, it may ask a metadata service for credentials."""
    return header(head, "user-agent").startswith("aws-sdk-python/")


async def respond(transport: Any, request: Any, head: WireRequest, exchange: Exchange, kind: Kind) -> Any:
    """Let an exchange answer a request; return ``None`` if the real transport must send it.

    Raises:
        AiomotoError: nothing answers the request. The error is a ``SmithyError`` too, which the SDK raises as it is.
        Exception: the transport's own error for a connection that fails.
    """
    if getattr(transport, "_closed", False) or exchange.passes_through(head):
        return None  # the SDK's own send() raises the error of one that is closed
    if getattr(transport, "open_client", transport) is None:
        _note_client(transport, exchange)
    sending = _begin(head, exchange)
    try:
        lease = await _lease(transport, sending, kind)
    except NoConnectionError as error:
        timeout = kind.error("connect_timeout", head.url, transport)
        timeout.args = (f"{timeout}: {error}",)
        raise timeout from error
    wire = head
    try:
        wire = await sent(request, sending)
        wire_response = readable(await exchange.answer_async(wire, BACKEND, kind.timeout))
        response = await client_response(wire, wire_response, kind.timeout, transport, lease)
    except BaseException as error:
        lease.end()
        await _refuse_events(wire)
        if isinstance(error, WireFailure):
            failure = kind.error(error.kind, head.url, transport)
            raise (unsent_error(failure, error) if error.reason else failure) from None
        if isinstance(error, (AiomotoError, NotImplementedError, ImportError)):
            raise sdk_error(error) from error
        raise
    if kind.connections:
        lease.begin_body(exchange, wire)
    return kind.response(response)


def _begin(head: WireRequest, exchange: Exchange) -> Sending:
    """Count an attempt, and remember where its client's endpoint is."""
    invocation = invocations.current()
    if invocation is not None and _is_an_attempt(head):
        vars(head)["context"] = invocation.next_attempt()
        if invocation.root:
            exchange.hosts.add(head.host, name_of(invocation.service), invocation.root, owner=exchange)
    return Sending(exchange, head, BACKEND)


async def _lease(transport: Any, sending: Sending, kind: Kind) -> Lease:
    pool = pool_of(transport, lambda: kind.connections)
    if (lease := pool.lease_now(sending.head)) is not None:
        return lease
    with sending:
        return await pool.lease(sending.head, lease_timeout(None, is_instant=sending.is_instant))


async def _refuse_events(wire: WireRequest) -> None:
    events = wire.context.get(INPUT_STREAM)
    if isinstance(events, InputStream):
        await events.refuse()


def _note_client(transport: Any, exchange: Exchange) -> None:
    """Note a client as open, with its first call."""
    invocation = invocations.current()
    name = name_of(invocation.service) if invocation else BACKEND
    transport.open_client = OpenClient([each.left_open for each in exchange.within], name)
    transport.open_client.opened(running_loop())
