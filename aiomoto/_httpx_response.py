"""Genuine responses of httpx and httpx2, which are two packages with the same classes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from typing import Any

from aiomoto._wire import CHUNK_SIZE, WireResponse


def response_for(httpx: Any, reply: WireResponse, request: Any) -> Any:
    """Make the ``Response`` to a ``Request`` of the same package, its body still to be streamed."""
    return httpx.Response(
        reply.status,
        headers=reply.raw_headers(),
        stream=_body_class(httpx)(reply.body),
        request=request,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": reply.reason.encode()},
    )


@lru_cache(maxsize=2)
def _body_class(httpx: Any) -> Any:
    import anyio.lowlevel  # comes with httpx

    class Body(httpx.SyncByteStream, httpx.AsyncByteStream):  # type: ignore[misc]
        """A body in chunks of at most 64 KiB; on a loop, other tasks have a turn between them."""

        def __init__(self, data: bytes) -> None:
            self._rest = memoryview(data)
            self._is_closed = False

        def __iter__(self) -> Iterator[bytes]:
            while self._rest:
                yield self._next()

        async def __aiter__(self) -> AsyncIterator[bytes]:
            while self._rest:
                yield self._next()
                if self._rest:
                    await anyio.lowlevel.checkpoint()

        def _next(self) -> bytes:
            if self._is_closed:
                raise httpx.ReadError("the response was closed before its end")
            chunk, self._rest = self._rest[:CHUNK_SIZE], self._rest[CHUNK_SIZE:]
            return bytes(chunk)

        def close(self) -> None:
            """Read no further."""
            self._is_closed = True

        async def aclose(self) -> None:
            """Read no further."""
            self._is_closed = True

    return Body
