"""HTTP/1.1 as bytes: parse and write requests, write the head of a response (RFC 9112)."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import aclosing

from aiomoto._wire.delivery import Piece
from aiomoto._wire.message import BODILESS, WireRequest, WireResponse, encode_headers

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def write_head(response: WireResponse) -> bytes:
    """Write the status line and the headers of a response, including its content length, as a server would."""
    if response.source is not None:
        return write_lines(response, response.headers)
    # Moto's bodies are whole, even where its headers say "chunked".
    pairs = [pair for pair in response.headers if pair[0].lower() != "transfer-encoding"]
    has_length = any(name.lower() == "content-length" for name, _ in pairs)
    if not has_length and response.status not in BODILESS:
        pairs.append(("content-length", str(len(response.body))))
    return write_lines(response, pairs)


def write_request(request: WireRequest) -> bytes:
    """Write a request as clients send it to a proxy, with the whole URL in its first line (RFC 9112, 3.2.2)."""
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _WRITTEN_ANEW}
    headers["Host"] = request.split.netloc.rpartition("@")[2]
    headers["Connection"] = "close"
    if request.body is not None:
        headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {request.url}".encode() + b" HTTP/1.1"]
    lines += [b"%b: %b" % pair for pair in encode_headers(headers.items())]
    return _head(lines) + (request.body or b"")


def write_lines(response: WireResponse, headers: Iterable[tuple[str, str]]) -> bytes:
    """Write the status line of a response, followed by ``headers`` in place of its own."""
    lines = [
        f"HTTP/1.1 {response.status} {response.reason}".encode(),
        *(b"%b: %b" % pair for pair in encode_headers(headers)),
    ]
    return _head(lines)


def _head(lines: list[bytes]) -> bytes:
    # Metadata that a client stored with a line break in it must not inject a header.
    return b"\r\n".join([_LINE_BREAKS.sub(b" ", line) for line in lines]) + b"\r\n\r\n"


def framed_pieces(response: WireResponse) -> Generator[Piece]:
    """Yield the pieces of a body as a server writes them, in chunks if its length is not known (RFC 9112, 7.1)."""
    if not response.is_chunked:
        yield from response.pieces()
        return
    for wait, data in response.pieces():
        yield Piece(wait, _chunk(data))
    yield Piece(0, _LAST_CHUNK)


async def framed_pieces_async(response: WireResponse) -> AsyncGenerator[Piece]:
    """The same on an event loop, for a response with a source."""
    is_chunked = response.is_chunked
    async with aclosing(response.pieces_async()) as pieces:
        async for wait, data in pieces:
            yield Piece(wait, _chunk(data) if is_chunked else data)
    if is_chunked:
        yield Piece(0, _LAST_CHUNK)


def _chunk(data: bytes) -> bytes:
    # An empty chunk would be the last one.
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


_WRITTEN_ANEW = ("connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding")
_LAST_CHUNK = b"0\r\n\r\n"
_LINE_BREAKS = re.compile(rb"[\r\n\0]+")


class RequestReader:
    """Parses one request incrementally, from pieces of any size.

    It expects well-formed input, as HTTP libraries send it.

    Attributes:
        is_complete: whether the whole request has been read.
        target: the target of the request line.
    """

    def __init__(self) -> None:
        self.is_complete = False
        self.target = ""
        self._method = ""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._unread = bytearray()
        self._left = 0  # bytes still missing from the body, or from its current chunk
        self._step: Callable[[], bool] = self._read_head

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for ``100 Continue`` before it sends the body."""
        return not self.is_complete and self._headers.get("expect", "").lower() == "100-continue"

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Parse the next piece."""
        self._unread += data
        while not self.is_complete and self._step():
            pass

    def request(self, url: str) -> WireRequest:
        """Return the complete request, addressed to ``url``."""
        # With an absolute target, as sent to a proxy, the Host header is ignored: RFC 9112, 3.2.2.
        ignored = () if self.target.startswith("/") else ("host",)
        headers = {name: value for name, value in self._headers.items() if name not in ignored}
        return WireRequest(self._method, url, headers, b"".join(self._body), is_plain=True)

    # Each step parses one part. It returns False if more data is needed.

    def _read_head(self) -> bool:
        head = self._take_until(b"\r\n\r\n")
        if head is None:
            return False
        request_line, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
        method, _, rest = request_line.partition(" ")
        self._method, self.target = method.upper(), rest.rpartition(" ")[0]
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            self._headers[name] = f"{self._headers[name]}, {value}" if name in self._headers else value
        if "chunked" in self._headers.get("transfer-encoding", "").lower():
            self._step = self._read_chunk_size
        else:
            self._left = int(self._headers.get("content-length", 0))
            self._step = self._read_body
        return True

    def _read_body(self) -> bool:
        self._take_left()
        self.is_complete = not self._left
        return self.is_complete

    def _read_chunk_size(self) -> bool:
        line = self._take_until(b"\r\n")
        if line is None:
            return False
        self._left = int(line.partition(b";")[0], 16)
        self._step = self._read_chunk if self._left else self._read_trailer
        return True

    def _read_chunk(self) -> bool:
        self._take_left()
        if self._left or self._take_until(b"\r\n") is None:
            return False
        self._step = self._read_chunk_size
        return True

    def _read_trailer(self) -> bool:
        line = self._take_until(b"\r\n")
        self.is_complete = line == b""
        return line is not None

    def _take_left(self) -> None:
        data = bytes(self._unread[: self._left])
        del self._unread[: self._left]
        self._left -= len(data)
        if data:
            self._body.append(data)

    def _take_until(self, end: bytes) -> bytes | None:
        index = self._unread.find(end)
        if index < 0:
            return None
        data = bytes(self._unread[:index])
        del self._unread[: index + len(end)]
        return data
