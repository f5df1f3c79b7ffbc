"""Requests that HTTP libraries make to AWS past its SDKs: presigned URLs and forms, public objects, instance metadata.

Each library has a module that knows how it sends. Here is what they share: which of its requests are for Moto.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiomoto import _live
from aiomoto._exchange import Exchange
from aiomoto._moto.router import is_aws
from aiomoto._wire.message import WireRequest
from aiomoto._wire.scope import scope_of


def head_of(method: str | bytes, url: str, headers: Iterable[tuple[str | bytes, str | bytes]]) -> WireRequest:
    """Turn what a library is about to send into plain values, all but the body."""
    return WireRequest(_text(method).upper(), url, {_text(name): _text(value) for name, value in headers})


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
    exchange = _live.current()
    if exchange is None or not _is_for_aws(head, exchange) or exchange.lets_out(head):
        return None
    return None if beside_other_mock and not exchange.has_route(head) else exchange


def _is_for_aws(head: WireRequest, exchange: Exchange) -> bool:
    return is_aws(head.host) or (_is_endpoint(head.host, exchange) and scope_of(head) is not None)


def may_be_for_aws(url: str) -> bool:
    """Tell whether a URL's host is one that Moto answers for."""
    exchange = _live.current()
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
