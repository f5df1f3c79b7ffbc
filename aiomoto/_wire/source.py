"""A body that comes into being while it is sent: events or pieces, as a test's list or generator yields them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from aiomoto._wire.delivery import Piece

# Whether code of a test is answering a call. What it calls itself is no affair of the client's, but of AWS's.
is_answering: ContextVar[bool] = ContextVar("aiomoto_is_answering", default=False)


@contextmanager
def answering() -> Iterator[None]:
    """Run code that answers a call."""
    token = is_answering.set(True)
    try:
        yield
    finally:
        is_answering.reset(token)


class Encoder(Protocol):
    """Encodes what a source yields.

    Attributes:
        is_over: whether the body has ended, whatever the source would still yield.
    """

    is_over: bool

    def head(self) -> Iterator[bytes]:
        """What is sent before the first item."""

    def encode(self, item: Any) -> Piece:
        """Encode one item, or raise if a body cannot have it."""

    def encode_error(self, error: Exception) -> Piece:
        """Encode an error that ends the body, or raise it if a body cannot tell of it."""


class Source:
    """A body whose pieces are made one at a time, when the client reads them.

    Args:
        encoder: encodes the items, for one response.

    Attributes:
        items: what a test has given: an iterable, also an asynchronous one.
        sent: what has been sent so far, for the call log; ``None`` if it does not keep bodies.
    """

    def __init__(self, items: Iterable[Any] | AsyncIterable[Any], encoder: Encoder) -> None:
        self.items = items
        self.sent: bytearray | None = None
        self._encoder = encoder

    def pieces(self) -> Generator[Piece]:
        """Yield the pieces of the body. Closing this closes the items.

        Raises:
            Exception: what the items raise, if a body cannot tell of it, or an item that a body cannot have.
        """
        assert not isinstance(self.items, AsyncIterable)  # without an event loop, somebody else has iterated them
        items = iter(self.items)
        try:
            yield from map(self._noted, self._head())
            while not self._encoder.is_over:
                try:
                    with answering():
                        item = next(items)
                except StopIteration:
                    return
                except Exception as error:
                    yield self._noted(self._encoder.encode_error(error))
                    return
                yield self._noted(self._encoder.encode(item))
        finally:
            if hasattr(items, "close"):
                items.close()

    async def pieces_async(self) -> AsyncGenerator[Piece]:
        """Yield the same on an event loop."""
        items = aiter(self.items if isinstance(self.items, AsyncIterable) else _on_loop(self.items))
        try:
            for piece in self._head():
                yield self._noted(piece)
            while not self._encoder.is_over:
                try:
                    with answering():
                        item = await anext(items)
                except StopAsyncIteration:
                    return
                except Exception as error:
                    yield self._noted(self._encoder.encode_error(error))
                    return
                yield self._noted(self._encoder.encode(item))
        finally:
            if hasattr(items, "aclose"):
                await items.aclose()

    def _head(self) -> Iterator[Piece]:
        return (Piece(0, data) for data in self._encoder.head())

    def _noted(self, piece: Piece) -> Piece:
        if self.sent is not None:
            self.sent += piece.data
        return piece


async def _on_loop(items: Iterable[Any]) -> AsyncGenerator[Any]:
    iterator = iter(items)
    try:
        for item in iterator:
            yield item
    finally:
        if hasattr(iterator, "close"):
            iterator.close()
