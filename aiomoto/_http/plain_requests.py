"""Decide which requests sent to AWS without an SDK go to Moto: presigned URLs and forms, public objects, metadata.

Each HTTP library has a module that knows how it sends. This one holds what they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aiomoto import _guard, _live
from aiomoto._aws.scope import scope_of
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange
from aiomoto._moto.hosts import is_aws
from aiomoto._wire.message import WireRequest

# The AWS host of a request that a layer above has passed through, in this context.
_passing_host: ContextVar[str | None] = ContextVar("aiomoto_passing_host", default=None)


def head_of(method: str | bytes, url: str, headers: Iterable[tuple[str | bytes, str | bytes]]) -> WireRequest:
    """Turn what a library is about to send into a ``WireRequest`` without a body."""
    pairs = {_decode(name): _decode(value) for name, value in headers}
    return WireRequest(_decode(method).upper(), url, pairs, is_plain=True)


def exchange_for(head: WireRequest, *, beside_other_mock: bool = False) -> Exchange | None:
    """Return the exchange that answers a request, or ``None`` if the library must send it.

    Requests to AWS hosts always go to an exchange, which blocks those that Moto cannot answer. At a host that a client
    inside the mock has as its endpoint, only signed requests and form uploads do: others may be for the test's own
    server.

    Args:
        head: the request.
        beside_other_mock: another mock has patched the library. It then gets what Moto does not answer, such as the
            stages of an API Gateway.

    Raises:
        RequestBlockedError: no mock is active, and a guard refuses it.
    """
    exchange = _live.current()
    if exchange is None:
        if not beside_other_mock:
            _guard.check(head)
        return None
    if not _is_for_aws(head, exchange) or _passes_through(head, exchange):
        return None
    return None if beside_other_mock and not exchange.has_route(head) else exchange


def _passes_through(head: WireRequest, exchange: Exchange) -> bool:
    host = _passing_host.get()
    return (host is not None and host == head.split.hostname) or exchange.passes_through(head)


@contextmanager
def passing(head: WireRequest) -> Iterator[None]:
    """Mark a request that the library sends: if it passes through, the layers below must pass it through as well.

    They see less of it, such as only the host of a connection.
    """
    if passes_through(head):
        with passing_through(head):
            yield
    else:
        yield


def passes_through(head: WireRequest) -> bool:
    """Tell whether a request goes to an AWS host and passes through."""
    exchange = _live.current()
    return exchange is not None and is_aws(head.host) and _passes_through(head, exchange)


@contextmanager
def passing_through(head: WireRequest) -> Iterator[None]:
    """Let everything that is sent to a request's host pass through, in the current context."""
    token = _passing_host.set(head.split.hostname)
    try:
        yield
    finally:
        _passing_host.reset(token)


def refuse_connection(host: str) -> None:
    """Refuse a connection to an AWS host that no patched HTTP library opens.

    Raises:
        RequestBlockedError: it is an AWS host, and the connection does not pass through.
    """
    url = f"https://[{host}]/" if ":" in host else f"https://{host}/"
    if exchange_for(head_of("GET", url, ())) is not None:
        raise RequestBlockedError(
            f"a connection to {host} was blocked: its library is none of those that mock_aws() answers, or somebody "
            "has replaced aiomoto's patches. While a mock is active nothing may reach AWS. Use one of the clients in "
            "docs/clients.md, or let the request pass through with "
            f'mock_aws(config={{"core": {{"passthrough": {{"urls": ["{url}"]}}}}}})'
        )


def _is_for_aws(head: WireRequest, exchange: Exchange) -> bool:
    return is_aws(head.host) or (_is_endpoint(head.host, exchange) and scope_of(head) is not None)


def may_be_for_aws(url: str) -> bool:
    """Tell whether a URL's host is an AWS host, or the endpoint of a client inside the mock."""
    exchange = _live.current()
    host = WireRequest("", url, {}).host
    return exchange is not None and (is_aws(host) or _is_endpoint(host, exchange))


def _is_endpoint(host: str, exchange: Exchange) -> bool:
    """Tell whether a host is the endpoint of a client; a bucket's name may come first."""
    return bool(exchange.hosts.services_at(host))


def is_of(function: object, library: str) -> bool:
    """Tell whether a function is a library's own, not the replacement of another mock."""
    return str(getattr(function, "__module__", "")).partition(".")[0] == library


def _decode(value: str | bytes) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
