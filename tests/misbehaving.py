"""Real peers on the loopback interface that refuse, stall, hang up and reset, to compare faults with."""

from __future__ import annotations

import datetime
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.guard import NO_HOST

SIZE = 100_000  # bytes that a body is said to have
SENT = 5_000  # bytes of it that come

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\ncontent-type: binary/octet-stream\r\n\r\n" % SIZE


class Peer:
    """Someone at the other end of a connection.

    Attributes:
        url: where to find them.
        go_on: lets one that has sent a part of a body do what it does then.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.go_on = Event()


@contextmanager
def peer(kind: str) -> Iterator[Peer]:
    """A peer that does what the name says, to each connection: before an answer, or in the middle of its body."""
    with ExitStack() as stack:
        if kind == "dns":
            yield Peer(f"http://{NO_HOST}:8080")
        elif kind == "connect_error":
            with socket.create_server(("127.0.0.1", 0)) as closed:
                url = _url(closed)
            yield Peer(url)
        elif kind == "connect_timeout":
            yield Peer(_url(stack.enter_context(_full())))
        else:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            found = Peer(_url(server, "https" if kind == "tls" else "http"))
            stack.callback(found.go_on.set)
            Thread(target=_serve, args=(server, found, _BEHAVIOUR[kind]), daemon=True).start()
            yield found


def _url(server: socket.socket, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def _full() -> Iterator[socket.socket]:
    """A socket that listens and never accepts, its queue full, so that nothing answers the next connection."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server


def _serve(server: socket.socket, peer: Peer, behave: Callable[[socket.socket, Peer], None]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            Thread(target=_quietly, args=(behave, connection, peer), daemon=True).start()


def _quietly(behave: Callable[[socket.socket, Peer], None], connection: socket.socket, peer: Peer) -> None:
    with connection, suppress(OSError):
        behave(connection, peer)


def _read_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)


def _stall(connection: socket.socket, peer: Peer) -> None:
    peer.go_on.wait()


def _disconnect(connection: socket.socket, peer: Peer) -> None:
    _read_request(connection)


def _reset(connection: socket.socket, peer: Peer) -> None:
    _read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _tls(connection: socket.socket, peer: Peer) -> None:
    _tls_context().wrap_socket(connection, server_side=True)


def _then(behave: Callable[[socket.socket, Peer], None]) -> Callable[[socket.socket, Peer], None]:
    def send_a_part(connection: socket.socket, peer: Peer) -> None:
        _read_request(connection)
        connection.sendall(HEAD + b"x" * SENT)
        peer.go_on.wait()
        if behave is _reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return send_a_part


def _part_then_stall(connection: socket.socket, peer: Peer) -> None:
    _read_request(connection)
    connection.sendall(HEAD + b"x" * SENT)
    connection.recv(1)  # until the client hangs up


_BEHAVIOUR: dict[str, Callable[[socket.socket, Peer], None]] = {
    "read_timeout": _stall,
    "disconnect": _disconnect,
    "reset": _reset,
    "tls": _tls,
    "body disconnect": _then(_disconnect),
    "body reset": _then(_reset),
    "body stall": _part_then_stall,
}


@cache
def _tls_context() -> ssl.SSLContext:
    """A server's context with a certificate that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
        context.load_cert_chain(path)
    return context
