"""A real HTTP server on the loopback interface that gives one recorded answer to whatever it is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Thread
from typing import Any, NamedTuple

# Responses with these have no body on a wire, and nothing that says how long it is.
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class Answer(NamedTuple):
    """What the server puts on the wire."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Received(NamedTuple):
    """What the server took from the wire: header names in lower case, the body with its transfer coding undone."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class LoopbackServer(ThreadingTCPServer):
    """Answers each request with ``answer``, and keeps what it ``received``. Connections stay open, as AWS keeps them.

    A ``ThreadingTCPServer`` and not an ``HTTPServer``, which looks for its own host name in DNS.
    """

    daemon_threads = True
    block_on_close = False  # clients may keep connections open longer than the server lives

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.answer = Answer(200)
        self.received: list[Received] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up half way, which is theirs to do."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Received(self.command, self.path, headers, self._read_body()))
        status, pairs, body = self.server.answer
        if self.command == "HEAD" or status in BODILESS:
            body = b""
        elif not any(name.lower() == "content-length" for name, _ in pairs):
            pairs = (*pairs, ("content-length", str(len(body))))
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in pairs)]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = _answer

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(chunks)

    def log_message(self, *args: Any) -> None:
        """Write nothing to standard error."""


@contextmanager
def loopback_server() -> Iterator[LoopbackServer]:
    """Run a server in a thread of its own."""
    with LoopbackServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
