"""Read request bodies as aiohttp does."""

from __future__ import annotations

import asyncio
from io import IOBase
from typing import Any

import wrapt  # comes with aiobotocore
from aiohttp import FormData
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import LookupError as NoPayload
from aiohttp.payload import Payload, get_payload
from botocore.httpchecksum import AwsChunkedWrapper

from aiomoto._http.aiohttp.failures import sending_error
from aiomoto._http.sending import Sending
from aiomoto._wire.message import copy_piece, in_one_chunk, is_in_memory


async def read_body(request: Any, sending: Sending) -> bytes | None:
    """Read the body of a prepared request as aiohttp does, from its current position.

    Args:
        request: the request.
        sending: the context in which to read the body. It gets the body's own errors.

    Raises:
        Exception: what aiohttp raises if it cannot send such a body, or reading it fails.
    """
    body = request.body
    if is_in_memory(body):
        return body  # type: ignore[no-any-return]
    if isinstance(body, AwsChunkedWrapper):
        return in_one_chunk(await _read(_frames_of(body), request.url, sending))
    pieces = _Pieces()
    await _read(_payload_of(body).write(pieces), request.url, sending)
    return b"".join(pieces)


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


def _payload_of(body: Any) -> Payload:
    """Turn a body into a payload, as aiohttp's ``ClientRequest.update_body_from_data`` does."""
    if isinstance(body, IOBase):
        body = _LeftOpen(body)
    try:
        return get_payload(body() if isinstance(body, FormData) else body, disposition=None)
    except NoPayload:
        payload: Payload = FormData(body)()
        return payload


class _LeftOpen(wrapt.ObjectProxy):  # type: ignore[misc, type-arg, unused-ignore]
    """A file that aiohttp cannot close: aiobotocore passes files like this too, so that it can send them again."""

    def close(self) -> None:
        """No-op."""


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
