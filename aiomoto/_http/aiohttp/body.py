"""Send requests as aiobotocore's session and aiohttp do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from io import IOBase
from typing import Any

import wrapt  # comes with aiobotocore
from aiohttp import ClientRequest
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import StreamWriter
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpchecksum import AwsChunkedWrapper
from multidict import CIMultiDict
from yarl import URL

from aiomoto._http.aiohttp.failures import sending_error
from aiomoto._http.sending import Sending
from aiomoto._wire.message import WireRequest, copy_piece, goes_unchanged, in_one_chunk, received


async def sent(request: AWSPreparedRequest, sending: Sending) -> WireRequest:
    """Return a prepared request as a server receives it from aiohttp. Its body is read from its current position.

    Args:
        request: the request.
        sending: the context in which to read the body. It gets the body's own errors.

    Raises:
        WireFailure: the server waits for more of the body, or hangs up.
        Exception: what aiohttp raises if it cannot send such headers or such a body, or reading it fails.
    """
    head, body = sending.head, request.body
    if goes_unchanged(head, body):
        return head.with_body(body)
    if not head.has_plain_headers:
        with sending:
            await write_headers(headers_of(request))
    if isinstance(body, AwsChunkedWrapper):
        return head.with_body(in_one_chunk(await _read(_frames_of(body), request.url, sending)))
    pieces = _Pieces()
    with sending:
        writing = _writing(_build(request), pieces)
    await _read(writing, request.url, sending)
    with sending:
        return received(head, b"".join(pieces))


def headers_of(request: AWSPreparedRequest) -> CIMultiDict[str]:
    items = request.headers.items()
    return CIMultiDict((name, value.decode() if isinstance(value, bytes) else value) for name, value in items)


async def write_headers(headers: CIMultiDict[str]) -> None:
    """Write headers to nowhere: aiohttp refuses what it cannot send."""
    await StreamWriter(_Nowhere(), asyncio.get_running_loop()).write_headers("", headers)  # type: ignore[arg-type]


def _build(request: AWSPreparedRequest) -> ClientRequest:
    """Build the request that aiohttp sends, as ``AIOHTTPSession.send`` and ``ClientSession`` do."""
    headers = headers_of(request)
    chunked = headers.get("Transfer-Encoding", "").lower() == "chunked" or None
    if chunked:
        del headers["Transfer-Encoding"]  # aiobotocore passes it as an argument
    body = _LeftOpen(request.body) if isinstance(request.body, IOBase) else request.body
    url, loop = URL(request.url, encoded=True), asyncio.get_running_loop()
    return ClientRequest(request.method, url, headers=headers, data=body, chunked=chunked, loop=loop)


async def _nothing() -> None:
    """Write the body of a request that has none."""


def _writing(built: ClientRequest, pieces: _Pieces) -> Awaitable[None]:
    payload: Any = built.body
    if not payload:
        return _nothing()
    if hasattr(payload, "write_with_length"):  # since aiohttp 3.12; before, it was the server that cut the body
        return payload.write_with_length(pieces, _declared(built.headers))  # type: ignore[no-any-return]
    return payload.write(pieces)  # type: ignore[no-any-return]


def _declared(headers: CIMultiDict[str]) -> int | None:
    length = headers.get("Content-Length")
    if length is None:
        return None
    if not (length.isascii() and length.isdigit()):
        raise ValueError(f"Invalid Content-Length header: {length!r}")
    return int(length)


async def _read(reading: Any, url: str, sending: Sending) -> Any:
    try:
        with sending:
            return await reading
    except asyncio.CancelledError as error:
        if _is_being_cancelled():
            raise
        raise sending_error(error, url) from error  # aiohttp reads bodies in another task
    except Exception as error:
        raise sending_error(error, url) from error


async def _frames_of(body: Any) -> list[bytes]:
    return [frame async for frame in body]


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    # Python 3.10 does not tell; then assume a cancellation, since ignoring one would be worse.
    return task is None or not hasattr(task, "cancelling") or task.cancelling() > 0


class _LeftOpen(wrapt.ObjectProxy):  # type: ignore[misc, type-arg, unused-ignore]
    """A file that aiohttp cannot close: aiobotocore passes files like this too, so that it can send them again."""

    def close(self) -> None:
        """No-op."""


class _Nowhere:
    """Stands for a protocol and its transport, and drops what is written."""

    connected = True

    @property
    def transport(self) -> _Nowhere:
        return self

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        pass


class _Pieces(list[bytes], AbstractStreamWriter):
    """Collects the pieces of a body."""

    async def write(self, chunk: bytes | bytearray | memoryview) -> None:
        """Add the next piece."""
        self.append(copy_piece(chunk))

    async def write_eof(self, chunk: bytes = b"") -> None:
        """Add the last piece."""
        self.append(copy_piece(chunk))

    async def drain(self) -> None:
        """No-op."""

    def enable_compression(self, encoding: str = "deflate", strategy: int | None = None) -> None:
        """No-op."""

    def enable_chunking(self) -> None:
        """No-op."""

    async def write_headers(self, status_line: str, headers: Any) -> None:
        """No-op."""
