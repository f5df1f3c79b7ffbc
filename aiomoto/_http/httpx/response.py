"""Genuine responses of httpx and httpx2, which are two packages with the same classes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from threading import TIMEOUT_MAX
from typing import Any

from aiomoto import _clock, _loops
from aiomoto._http.httpx.failures import body_error
from aiomoto._http.pool import Lease
from aiomoto._wire.delivery import CHUNK_SIZE, Piece
from aiomoto._wire.failures import FailureKind, WireFailure
from aiomoto._wire.message import WireResponse


def response_for(
    httpx: Any,
    wire_response: WireResponse,
    request: Any,
    read_timeout: float | None = None,
    lease: Lease | None = None,
) -> Any:
    """Create the ``Response`` to a ``Request`` of the same package. Its body has not been read.

    Args:
        httpx: the package.
        wire_response: Moto's response.
        request: the request.
        read_timeout: the seconds that the client waits for more of the body; ``None`` means no limit.
        lease: its place in the client's pool, if that is counted.
    """
    return httpx.Response(
        wire_response.status,
        headers=wire_response.raw_headers(),
        stream=_stream(httpx, wire_response, request, read_timeout, lease),
        request=request,
        extensions=_extensions(wire_response),
    )


def core_response_for(
    httpcore: Any, wire_response: WireResponse, request: Any, read_timeout: float | None = None
) -> Any:
    """Create the ``Response`` of httpcore or httpcore2, the package below httpx."""
    stream = _stream(httpcore, wire_response, request, read_timeout, None)
    return httpcore.Response(
        wire_response.status, headers=wire_response.raw_headers(), content=stream, extensions=_extensions(wire_response)
    )


def _stream(
    package: Any, wire_response: WireResponse, request: Any, read_timeout: float | None, lease: Lease | None
) -> Any:
    if wire_response.arrives_whole:
        return _body_class(package)(wire_response.body, lease)
    return _scripted_class(package)(wire_response, request, read_timeout, lease)


class _Leased:
    """A body that holds a connection of its client, if those are counted."""

    _lease: Lease | None

    def abandon(self) -> None:
        """The client is being closed."""
        if self._lease is not None:
            self._lease.abandon()

    def _note_reading(self) -> None:
        if self._lease is not None:
            self._lease.note_reading()

    def _end_lease(self) -> None:
        if self._lease is not None:
            self._lease.end()


def _extensions(wire_response: WireResponse) -> dict[str, bytes]:
    return {"http_version": b"HTTP/1.1", "reason_phrase": wire_response.reason.encode()}


def _stream_classes(package: Any) -> tuple[Any, ...]:
    names = ("SyncByteStream", "AsyncByteStream")  # httpcore has none: it takes any iterable
    return tuple(getattr(package, name) for name in names if hasattr(package, name))


@lru_cache(maxsize=4)
def _body_class(package: Any) -> Any:
    class Body(_Leased, *_stream_classes(package)):  # type: ignore[misc]
        """A body in chunks of at most 64 KiB. On an event loop, other tasks run between the chunks."""

        def __init__(self, data: bytes, lease: Lease | None) -> None:
            self._lease = lease
            self._rest = memoryview(data)
            self._has_begun = False
            self._is_closed = False
            self._is_cut = False

        def __iter__(self) -> Iterator[bytes]:
            while self._rest or self._is_cut:
                yield self._next()

        def __aiter__(self) -> AsyncIterator[bytes]:
            # Not a generator: when a response is closed, httpx abandons its iterator, and trio warns of that.
            return self

        async def __anext__(self) -> bytes:
            if not self._rest and not self._is_cut:
                raise StopAsyncIteration
            if self._has_begun:
                import anyio.lowlevel  # comes with httpx

                await anyio.lowlevel.checkpoint()
            return self._next()

        def _next(self) -> bytes:
            if self._is_closed:
                raise package.ReadError("the response was closed before its end")
            if not self._rest:
                raise package.ReadError("the client was closed before the response had come in")
            self._has_begun = True
            self._note_reading()
            chunk, self._rest = self._rest[:CHUNK_SIZE], self._rest[CHUNK_SIZE:]
            return bytes(chunk)

        def hang_up(self) -> None:
            """Deliver only what has arrived. The first chunk arrives together with the headers."""
            arrived = self._rest[: 0 if self._has_begun else CHUNK_SIZE]
            self._is_cut = len(arrived) < len(self._rest)
            self._rest = arrived

        def close(self) -> None:
            """Stop reading."""
            self._is_closed = True

        async def aclose(self) -> None:
            """Stop reading."""
            self._is_closed = True
            self._end_lease()

    return Body


@lru_cache(maxsize=4)
def _scripted_class(package: Any) -> Any:
    class ScriptedBody(_Leased, *_stream_classes(package)):  # type: ignore[misc]
        """A body that arrives as over a bad network."""

        def __init__(
            self, wire_response: WireResponse, request: Any, read_timeout: float | None, lease: Lease | None
        ) -> None:
            self._lease = lease
            self._response = wire_response
            self._pieces: Any = None
            self._length = len(wire_response.body)
            self._received = 0
            self._is_closed = False
            self._reading: Any = None
            self._request = request
            self._read_timeout = TIMEOUT_MAX if read_timeout is None else read_timeout

        def __iter__(self) -> Iterator[bytes]:
            self._pieces = self._response.pieces()
            try:
                for piece in self._pieces:
                    _clock.pause(min(piece.wait, self._read_timeout))
                    yield self._arrived(piece)
            except WireFailure as failure:
                raise self._error(failure.kind, is_sync=True) from None

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                while piece := await self._next():
                    await _loops.sleep(min(piece.wait, self._read_timeout))
                    yield self._arrived(piece)
            except WireFailure as failure:
                raise self._error(failure.kind, is_sync=False) from None

        async def _next(self) -> Piece | None:
            if self._is_closed:
                raise package.ReadError("the response was closed before its end")
            if self._response.source is None:
                self._pieces = self._pieces or self._response.pieces()
                return next(self._pieces, None)
            import anyio  # comes with httpx

            self._pieces = self._pieces or self._response.pieces_async()
            seconds = None if self._read_timeout == TIMEOUT_MAX else self._read_timeout
            with anyio.move_on_after(seconds) as self._reading:
                return await anext(self._pieces, None)
            if self._is_closed:
                raise package.ReadError("the response was closed before its end")
            raise WireFailure("read_timeout")

        def _arrived(self, piece: Piece) -> bytes:
            if piece.wait > self._read_timeout:
                raise WireFailure("read_timeout")
            self._received += len(piece.data)
            self._note_reading()
            return piece.data

        def close(self) -> None:
            """Stop, and close the source of the body."""
            self._is_closed = True
            if self._pieces is not None:
                self._pieces.close()

        async def aclose(self) -> None:
            """The same on an event loop."""
            self._is_closed = True
            self._end_lease()
            if self._reading is not None and getattr(self._pieces, "ag_running", False):
                self._reading.cancel()  # a task is waiting for the next piece
            elif self._pieces is not None and self._response.source is not None:
                await self._pieces.aclose()

        def _error(self, kind: FailureKind, *, is_sync: bool) -> Any:
            return body_error(kind, self._request, self._received, self._length, is_sync=is_sync)

    return ScriptedBody
