"""Answer requests to AWS that are sent with ``http.client``, ``urllib.request`` or httplib2.

Requests of urllib3 and requests get here only if somebody else has replaced aiomoto's patches of these libraries.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import wraps
from http.client import HTTPS_PORT, RemoteDisconnected
from types import ModuleType
from typing import Any

import urllib3.connection

from aiomoto._exchange import Exchange
from aiomoto._http import plain_requests
from aiomoto._http.moto_socket import MotoRoute, MotoSocket, logging_broken_bodies
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target
from aiomoto._wire.failures import FailureKind, os_error


def _putrequest(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def putrequest(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Begin a request. The connection may be older than the mock."""
        leads_to_moto = isinstance(self.sock, MotoSocket)
        if leads_to_moto and self.sock.is_decided:
            return original(self, *args, **kwargs)
        url = _join(_base_url(self), argument(args, kwargs, 1, "url"))
        head = plain_requests.head_of(argument(args, kwargs, 0, "method"), url, ())
        exchange = plain_requests.exchange_for(head)
        if exchange is not None and not leads_to_moto:
            if self.sock is not None:
                self.sock.close()  # not the connection, which has already started a request
            self.sock = _socket_for(self, exchange)
        elif exchange is None and (leads_to_moto or self.sock is None) and plain_requests.passes_through(head):
            with plain_requests.passing_through(head):  # connect() alone does not know the URL
                self.connect()
        return original(self, *args, **kwargs)

    return putrequest


def _request(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        with logging_broken_bodies(self):
            return original(self, *args, **kwargs)

    return request


def _connecting(original: Callable[..., Any]) -> Callable[..., Any]:
    """Replace a ``connect()``, which knows the host but not the request that follows."""

    @wraps(original)
    def connect(self: Any, *args: Any, **kwargs: Any) -> Any:
        exchange = plain_requests.exchange_for(plain_requests.head_of("GET", f"{_base_url(self)}/", ()))
        if exchange is None:
            return original(self, *args, **kwargs)
        self.sock = _socket_for(self, exchange)
        self.is_verified = True  # as urllib3 does
        return None

    return connect


def connect_targets(module: str) -> tuple[Target, ...]:
    """List every ``connect()`` in the connection classes of a module."""
    classes = (cls for cls in _with_subclasses(_CONNECTION) if cls.__module__ == module)
    return tuple((cls, "connect", _connecting) for cls in classes if "connect" in vars(cls))


def _with_subclasses(cls: type) -> Iterator[type]:
    yield cls
    subclasses: list[type] = cls.__subclasses__()
    for subclass in subclasses:
        yield from _with_subclasses(subclass)


def _httplib2_targets(httplib2: ModuleType) -> tuple[Target, ...]:
    return connect_targets(httplib2.__name__)  # its classes have their own connect()


# http.client's own class: under that name there may be vcrpy's.
_CONNECTION = next(cls for cls in urllib3.connection.HTTPConnection.__mro__ if cls.__module__ == "http.client")

REPLACEMENTS: tuple[Target, ...] = (
    (_CONNECTION, "putrequest", _putrequest),
    (_CONNECTION, "request", _request),
    *connect_targets("http.client"),
    *connect_targets("urllib3.connection"),
)
TARGETS = {"httplib2": _httplib2_targets}


def _base_url(connection: Any) -> str:
    """Return the base URL of a connection's server; with a tunnel, of the server behind the proxy."""
    if tunnel := getattr(connection, "_tunnel_host", None):
        return _origin("https", tunnel, getattr(connection, "_tunnel_port", None) or HTTPS_PORT)
    scheme = "https" if connection.default_port == HTTPS_PORT else "http"
    return _origin(scheme, connection.host, connection.port)


def _origin(scheme: str, host: str, port: int) -> str:
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" if port == _PORTS[scheme] else f"{scheme}://{host}:{port}"


_PORTS = {"http": 80, "https": HTTPS_PORT}


def _join(base: str, target: str) -> str:
    # It is absolute already if it is for a proxy.
    return base + target if target.startswith("/") else target


def _socket_for(connection: Any, exchange: Exchange) -> MotoSocket:
    base = _base_url(connection)
    seconds = connection.timeout if isinstance(connection.timeout, int | float) else socket.getdefaulttimeout()
    library = "urllib3" if type(connection).__module__.startswith("urllib3") else "http.client"
    return MotoSocket(MotoRoute(exchange, lambda target: _join(base, target), library, _error), seconds)


def _error(kind: FailureKind, timeout: float | None) -> Exception:
    if kind == "disconnect":
        return RemoteDisconnected("Remote end closed connection without response")
    return os_error(kind)
