"""A socket to Moto, for ``http.client`` and what is built on it: it takes one request, and gives the response."""

from __future__ import annotations

from collections.abc import Callable
from io import RawIOBase
from typing import Any, NamedTuple

from aiomoto._exchange import Exchange
from aiomoto._http.http1 import RequestReader
from aiomoto._http.urllib3_delivery import Incoming, ResponseFile
from aiomoto._wire.delivery import Delivery
from aiomoto._wire.failures import FailureKind, WireFailure
from aiomoto._wire.message import on_wire


class Way(NamedTuple):
    """How a request goes to Moto: by which exchange, for which library, and what that raises for a failure.

    Attributes:
        exchange: what answers.
        url_of: the URL for the target in a request line.
        library: the library that sends.
        error: the library's error for a failed connection, given the seconds for which it waits for data.
        is_decided: whether all of the request was looked at. If not, the next one on the same connection may go
            elsewhere: the connection ends with the response.
    """

    exchange: Exchange
    url_of: Callable[[str], str]
    library: str
    error: Callable[[FailureKind, float | None], Exception]
    is_decided: bool = False


class _Broken(RawIOBase):
    """A response that is an error as soon as it is read."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raise the error."""
        raise self._error from None


class MotoSocket:
    """What ``http.client`` and urllib3 ask of a socket."""

    def __init__(self, way: Way, timeout: float | None = None) -> None:
        self.is_decided = way.is_decided
        self._way = way
        self._request = RequestReader()
        self._timeout = timeout

    def settimeout(self, seconds: float | None) -> None:
        """Wait no longer than so many seconds for the response."""
        self._timeout = seconds

    def sendall(self, data: Any) -> None:
        """Take the next piece of the request."""
        self._request.feed(data)

    def makefile(self, *args: Any, **kwargs: Any) -> ResponseFile:
        """The response, as a file."""
        # An error too is read: without its file http.client's response cannot be closed, and Python says so.
        try:
            return self._response()
        except WireFailure as failure:
            return ResponseFile(_Broken(self._way.error(failure.kind, self._timeout)))
        except Exception as error:
            return ResponseFile(_Broken(error))

    def _response(self) -> ResponseFile:
        wire = self._request.request(self._way.url_of(self._request.target))
        reply = on_wire(self._way.exchange.answer(wire, self._way.library, self._timeout), wire)
        if not self._way.is_decided:
            reply = reply._replace(headers=(*reply.headers, ("connection", "close")))
        pieces = (reply.delivery or Delivery()).pieces(reply.body)
        return ResponseFile(Incoming(reply.head(), pieces, self._timeout))

    def shutdown(self, how: int) -> None:
        """No-op."""

    def close(self) -> None:
        """No-op."""
