"""A real HTTP server on the loopback interface that gives one recorded answer to whatever it is asked."""

from __future__ import annotations

import re
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# Responses with these have no body on a wire, and nothing that says how long it is.
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class Answer(NamedTuple):
    """What the server puts on the wire."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Received(NamedTuple):
    """What the server took from the wire: header names in lower case, their values decoded as Latin-1, in one line and
    without spaces at the ends, the body with its transfer coding undone.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class LoopbackServer(ThreadingTCPServer):
    """Answers each request with ``answer``, and keeps what it ``received``. Connections stay open, as AWS keeps them.

    ``events`` has "received GET" and "finished GET", in their order: finished is a response that was written, most of
    which the client has read if it is larger than the buffers of sockets.

    A ``ThreadingTCPServer`` and not an ``HTTPServer``, which looks for its own host name in DNS.
    """

    daemon_threads = True
    block_on_close = False  # clients may keep connections open longer than the server lives

    def __init__(self, *, tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if tls:
            self.socket = _tls_context().wrap_socket(self.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_address[1]}"
        self.answer = Answer(200)
        self.received: list[Received] = []
        self.events: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up half way, which is theirs to do."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)


def _tls_context() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now, day = datetime.now(timezone.utc), timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        chain = Path(folder, "server.pem")
        chain.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
        context.load_cert_chain(chain)
    return context


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def _answer(self) -> None:
        headers = {name.lower(): _in_one_line(value) for name, value in self.headers.items()}
        self.server.received.append(Received(self.command, self.path, headers, self._read_body()))
        self.server.events.append(f"received {self.command}")
        status, pairs, body = self.server.answer
        if self.command == "HEAD" or status in BODILESS:
            body = b""
        elif not any(name.lower() == "content-length" for name, _ in pairs):
            pairs = (*pairs, ("content-length", str(len(body))))
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in pairs)]
        self.close_connection |= ("connection", "close") in pairs
        self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.server.events.append(f"finished {self.command}")
        if self.close_connection:
            self.rfile.read()  # more of the body than was declared: hanging up on it would break off the response

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = _answer

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            length = self.headers.get("content-length", "0").strip(" \t")
            if not length.isdecimal():
                self.close_connection = True
                raise ConnectionAbortedError
            return self.rfile.read(int(length))
        chunks = []
        while size := int(self.rfile.readline() or b"0", 16):  # nothing more comes where a body has broken off
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(chunks)

    def log_message(self, *args: Any) -> None:
        """Write nothing to standard error."""


def _in_one_line(value: str) -> str:
    return re.sub(r"[ \t]*\r?\n[ \t]+", " ", value).strip(" \t")


@contextmanager
def loopback_server(*, tls: bool = False) -> Iterator[LoopbackServer]:
    """Run a server in a thread of its own, which nobody has to trust."""
    with LoopbackServer(tls=tls) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
