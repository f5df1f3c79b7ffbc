"""HTTP/1.1 as bytes: a request is read, and the head of a response written (RFC 9112)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from aiomoto._wire.message import BODILESS, WireRequest, WireResponse, encode_headers

GO_AHEAD = b"HTTP/1.1 100 Continue\r\n\r\n"


def write_head(response: WireResponse) -> bytes:
    """Status line and headers of a response, with its body's length among them, as a server would send them."""
    # No response of Moto's comes in chunks, whatever it says.
    pairs = [pair for pair in response.headers if pair[0].lower() != "transfer-encoding"]
    has_length = any(name.lower() == "content-length" for name, _ in pairs)
    if not has_length and response.status not in BODILESS:
        pairs.append(("content-length", str(len(response.body))))
    return write_lines(response, pairs)


def write_lines(response: WireResponse, headers: Iterable[tuple[str, str]]) -> bytes:
    """Status line of a response and these headers, as bytes."""
    lines = [
        f"HTTP/1.1 {response.status} {response.reason}".encode(),
        *(b"%b: %b" % pair for pair in encode_headers(headers)),
    ]
    # What a client stored with a line break in it must not begin a header of its own.
    return b"\r\n".join([_LINE_BREAKS.sub(b" ", line) for line in lines]) + b"\r\n\r\n"


_LINE_BREAKS = re.compile(rb"[\r\n\0]+")


class RequestReader:
    """Takes one request apart while it comes in, in pieces of any size.

    It trusts the client to send what an HTTP library sends.

    Attributes:
        is_complete: whether all of the request is there.
        target: what the request line asks for.
    """

    def __init__(self) -> None:
        self.is_complete = False
        self.target = ""
        self._method = ""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._unread = bytearray()
        self._left = 0  # bytes of the body, or of its current chunk
        self._step: Callable[[], bool] = self._read_head

    @property
    def waits_for_go_ahead(self) -> bool:
        """Whether the client sends its body only when it has been told to go ahead."""
        return not self.is_complete and self._headers.get("expect", "").lower() == "100-continue"

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next piece."""
        self._unread += data
        while not self.is_complete and self._step():
            pass

    def request(self, url: str) -> WireRequest:
        """The complete request, which is for this URL."""
        # With a target in absolute form, as for a proxy, the Host header says nothing: RFC 9112, 3.2.2.
        ignored = () if self.target.startswith("/") else ("host",)
        headers = {name: value for name, value in self._headers.items() if name not in ignored}
        return WireRequest(self._method, url, headers, b"".join(self._body), is_plain=True)

    # Each step reads one part, and tells whether there was enough for it.

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
