"""Requests that HTTP libraries make to AWS past its SDKs: presigned URLs and forms, public objects, instance metadata.

Each library has a module that knows how it sends. Here is what they share: which of its requests are for Moto.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aiomoto import _active
from aiomoto._aws.scope import scope_of
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange
from aiomoto._moto.hosts import is_aws
from aiomoto._wire.message import WireRequest

# The host of AWS's that a request is on its way to which was let out above, in this context.
_passing_host: ContextVar[str | None] = ContextVar("aiomoto_let_out", default=None)


def head_of(method: str | bytes, url: str, headers: Iterable[tuple[str | bytes, str | bytes]]) -> WireRequest:
    """Turn what a library is about to send into plain values, all but the body."""
    pairs = {_text(name): _text(value) for name, value in headers}
    return WireRequest(_text(method).upper(), url, pairs, is_plain=True)


def exchange_for(head: WireRequest, *, beside_other_mock: bool = False) -> Exchange | None:
    """Find the exchange that answers a request; ``None`` where the library is to go on with it.

    Every host of AWS's is Moto's, also where Moto has nothing to say: the request is blocked then. A host that a client
    inside the mock has for its endpoint gets the requests that are for AWS by their looks: signed, or a form upload.
    Others may be for a server of the test's own.

    Args:
        head: the request.
        beside_other_mock: whether the library's way out is in the hands of another mock. That is then asked for what
            Moto does not have, such as the stages of an API Gateway.
    """
    exchange = _active.current()
    if exchange is None or not _is_for_aws(head, exchange) or _passes_through(head, exchange):
        return None
    return None if beside_other_mock and not exchange.has_route(head) else exchange


def _passes_through(head: WireRequest, exchange: Exchange) -> bool:
    host = _passing_host.get()
    return (host is not None and host == head.split.hostname) or exchange.passes_through(head)


@contextmanager
def passing(head: WireRequest) -> Iterator[None]:
    """Let a request pass that is on its way out: if ``passthrough`` names it, what is below is to let it out too.

    That sees less of it, as the host for which a connection is opened.
    """
    if passes_through(head):
        with passing_through(head):
            yield
    else:
        yield


def passes_through(head: WireRequest) -> bool:
    """Tell whether a request is for a host of AWS's, and let out."""
    exchange = _active.current()
    return exchange is not None and is_aws(head.host) and _passes_through(head, exchange)


@contextmanager
def passing_through(head: WireRequest) -> Iterator[None]:
    """Let out what is sent to the host of a request, in the current context."""
    token = _passing_host.set(head.split.hostname)
    try:
        yield
    finally:
        _passing_host.reset(token)


def refuse_connection(host: str) -> None:
    """Refuse to connect to a host of AWS's by a way that leads past all that is answered.

    Raises:
        RequestBlockedError: it is one, and nothing lets it out.
    """
    url = f"https://[{host}]/" if ":" in host else f"https://{host}/"
    if exchange_for(head_of("GET", url, ())) is not None:
        raise RequestBlockedError(
            f"a connection to {host} was blocked: it does not come from a library whose requests mock_aws() answers, "
            "or somebody has replaced what answers them. While a mock is active nothing may reach AWS. Use one of the "
            "clients of the README, or let it out on purpose with "
            f'mock_aws(config={{"core": {{"passthrough": {{"urls": ["{url}"]}}}}}})'
        )


def _is_for_aws(head: WireRequest, exchange: Exchange) -> bool:
    return is_aws(head.host) or (_is_endpoint(head.host, exchange) and scope_of(head) is not None)


def may_be_for_aws(url: str) -> bool:
    """Tell whether a URL's host is one that Moto answers for."""
    exchange = _active.current()
    host = WireRequest("", url, {}).host
    return exchange is not None and (is_aws(host) or _is_endpoint(host, exchange))


def _is_endpoint(host: str, exchange: Exchange) -> bool:
    """Tell whether a host, or its parent where a bucket's name stands before it, is that of a client's endpoint."""
    return bool(exchange.hosts.services_at(host))


def is_of(function: object, library: str) -> bool:
    """Tell whether a function is a library's own, and not what another mock has put in its place."""
    return str(getattr(function, "__module__", "")).partition(".")[0] == library


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
