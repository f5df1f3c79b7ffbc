"""HTTP to a loopback endpoint, as low as a test wants it: requests that are only just signed, and bare bytes."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

SECONDS = 60  # more than anything here takes


class Answer(NamedTuple):
    """What came back: header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def signed(service: str | None = "s3") -> dict[str, str]:
    """The header that says what a request is for. Moto does not look at the signature."""
    scope = f"Credential=FOOBARKEY/20260101/us-east-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"} if service else {}


@contextmanager
def connection_to(url: str) -> Iterator[HTTPConnection]:
    """A connection that stays open from one request to the next."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)) as connection:
        yield connection


def ask(
    connection: HTTPConnection,
    method: str,
    target: str,
    body: bytes | Iterable[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    service: str | None = "s3",
) -> Answer:
    """Send a request, signed for a service unless that is ``None``, and read the answer."""
    connection.request(method, target, body, {**signed(service), **(headers or {})})
    response = connection.getresponse()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def send(
    url: str,
    method: str,
    target: str,
    body: bytes | Iterable[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    service: str | None = "s3",
) -> Answer:
    """The same on a connection of its own."""
    with connection_to(url) as connection:
        return ask(connection, method, target, body, headers, service)


@contextmanager
def socket_to(url: str) -> Iterator[socket.socket]:
    """A bare socket."""
    split = urlsplit(url)
    with socket.create_connection((split.hostname, split.port), timeout=SECONDS) as sock:
        yield sock


def head(method: str, target: str, url: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The head of a request, signed for S3, in bytes."""
    pairs = {"Host": urlsplit(url).netloc, **signed(), **(headers or {})}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in pairs.items()), "", ""]
    return "\r\n".join(lines).encode()


def read_to_end(sock: socket.socket) -> bytes:
    """Whatever comes until the other side closes or resets the connection."""
    received = b""
    try:
        while chunk := sock.recv(65536):
            received += chunk
    except ConnectionError:
        pass
    return received
