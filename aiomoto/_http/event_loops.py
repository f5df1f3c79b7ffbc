"""Refuse connections of asyncio and trio to AWS that no patched HTTP library opens."""

from __future__ import annotations

from asyncio import BaseEventLoop
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from aiomoto._http import plain_requests
from aiomoto._patching.replacements import Target


def _create_connection(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def create_connection(self: Any, *args: Any, **kwargs: Any) -> Any:
        host = args[1] if len(args) > 1 else kwargs.get("host")
        # For a socket that is connected already, server_hostname is the only host.
        _refuse(host, kwargs.get("server_hostname"))
        return await original(self, *args, **kwargs)

    return create_connection


def _getaddrinfo(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def getaddrinfo(self: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse(args[0] if args else kwargs.get("host"))
        return await original(self, *args, **kwargs)

    return getaddrinfo


def _of_trio(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def connect(*args: Any, **kwargs: Any) -> Any:
        _refuse(args[0] if args else kwargs.get("host"))
        return await original(*args, **kwargs)

    return connect


def _trio_targets(trio: ModuleType) -> tuple[Target, ...]:
    # anyio looks the name up itself. trio's own functions do not use the public getaddrinfo.
    return ((trio, "open_tcp_stream", _of_trio), (trio.socket, "getaddrinfo", _of_trio))


def _refuse(*hosts: Any) -> None:
    for host in hosts:
        if host:
            plain_requests.refuse_connection(host.decode() if isinstance(host, bytes) else str(host))


REPLACEMENTS = (
    (BaseEventLoop, "create_connection", _create_connection),
    (BaseEventLoop, "getaddrinfo", _getaddrinfo),
)
TARGETS = {"trio": _trio_targets}
