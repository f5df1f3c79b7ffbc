"""Write requests as httpx does over HTTP/1.1: h11 refuses headers and bodies that cannot be sent."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any

from aiomoto._wire.message import copy_piece


class Writer:
    """Writes one request to nowhere.

    Args:
        package: httpx, httpx2, httpcore or httpcore2.
        request: a request of the package.

    Raises:
        LocalProtocolError: the package's own error: a header or the body cannot be sent. The methods raise it too.
    """

    def __init__(self, package: Any, request: Any) -> None:
        import h11  # comes with httpx

        self._h11 = h11
        self._package = package
        self._request = request
        self._connection = h11.Connection(h11.CLIENT)
        target = getattr(request.url, "raw_path", None) or request.url.target
        headers = getattr(request.headers, "raw", request.headers)
        self._send(self._h11.Request, method=request.method, target=target, headers=headers)

    def body(self, stream: Iterable[bytes]) -> bytes:
        """Write the body and the end of the request, and return the body."""
        pieces = [self._piece(data) for data in stream]
        self._send(self._h11.EndOfMessage)
        return b"".join(pieces)

    async def body_async(self, stream: AsyncIterable[bytes]) -> bytes:
        """The same on an event loop."""
        iterator = aiter(stream)
        try:
            pieces = [self._piece(data) async for data in iterator]
        finally:
            if hasattr(iterator, "aclose"):  # trio warns of generators that are left half read
                await iterator.aclose()
        self._send(self._h11.EndOfMessage)
        return b"".join(pieces)

    def _piece(self, data: Any) -> bytes:
        copied = copy_piece(data)
        self._send(self._h11.Data, data=copied)
        return copied

    def _send(self, event: Any, **fields: Any) -> None:
        try:
            self._connection.send(event(**fields))
        except self._h11.LocalProtocolError as error:
            named = {"request": self._request} if hasattr(self._package, "RequestError") else {}
            raise self._package.LocalProtocolError(str(error), **named) from error
