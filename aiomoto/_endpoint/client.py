"""Send plain requests to the loopback endpoint of another process: its own parent's, for a forked child."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from http.client import HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from threading import Thread

from aiomoto import _loops
from aiomoto._wire.delivery import CHUNK_SIZE, Delivery
from aiomoto._wire.failures import FailureKind, WireFailure
from aiomoto._wire.http1 import write_request
from aiomoto._wire.message import WireRequest, WireResponse

_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding")


def send(request: WireRequest, port: int, read_timeout: float | None) -> WireResponse:
    """Send a request to an endpoint, and return its response when it is there.

    Args:
        request: the request, to whatever host: the endpoint gets the whole URL, as a proxy does.
        port: the endpoint's port.
        read_timeout: how long to wait for the response, in seconds; ``None`` for no limit.

    Raises:
        ConnectionRefusedError: the endpoint is closed.
        WireFailure: no response arrives.
    """
    with _connect(port) as connection:
        return _converse(connection, request, read_timeout)


async def send_async(request: WireRequest, port: int, read_timeout: float | None) -> WireResponse:
    """The same without blocking the event loop. Cancelling the task closes the connection."""
    outcome: Future[WireResponse] = Future()
    done = _loops.signal()

    def work() -> None:
        try:
            outcome.set_result(_converse(connection, request, read_timeout))
        except BaseException as error:
            outcome.set_exception(error)
        done.set()

    with _connect(port) as connection:
        Thread(target=work, name="aiomoto request to the parent process", daemon=True).start()
        try:
            await done.wait(None)
        except BaseException:
            connection.shutdown(socket.SHUT_RDWR)  # so that the parent, and the thread, stop waiting
            raise
    return outcome.result()


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def _converse(connection: socket.socket, request: WireRequest, read_timeout: float | None) -> WireResponse:
    connection.settimeout(read_timeout)
    try:
        connection.sendall(write_request(request))
        # Not an HTTPConnection: its patches would answer the request in this process.
        response = HTTPResponse(connection, method=request.method)
        response.begin()
    except TimeoutError:
        raise WireFailure("read_timeout") from None
    except RemoteDisconnected:
        raise WireFailure("disconnect") from None
    except (HTTPException, OSError):
        raise WireFailure("reset") from None
    headers = tuple(pair for pair in response.getheaders() if pair[0].lower() not in _HOP_BY_HOP)
    body, failure = _read(response)
    if failure is None:
        return WireResponse(response.status, headers, body)
    # One byte more than arrives.
    return WireResponse(response.status, headers, body + b"\0", Delivery(length=len(body), ending=failure))


def _read(response: HTTPResponse) -> tuple[bytes, FailureKind | None]:
    """Read the body; return what has arrived of it, and how its connection failed, if it did."""
    body = bytearray()
    try:
        while piece := response.read(CHUNK_SIZE):
            body += piece
    except TimeoutError:
        return bytes(body), "read_timeout"
    except IncompleteRead as error:
        return bytes(body) + error.partial, "disconnect"
    except OSError:
        return bytes(body), "reset"
    return bytes(body), "disconnect" if response.length else None
