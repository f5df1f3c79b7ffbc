"""An in-process socket to Moto for ``http.client`` and urllib3: it takes one request and returns the response."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import RawIOBase
from typing import Any, NamedTuple

from aiomoto._exchange import Exchange
from aiomoto._http.urllib3.delivery import Incoming, ResponseFile
from aiomoto._wire.failures import FailureKind, WireFailure
from aiomoto._wire.http1 import RequestReader, framed_pieces, write_head
from aiomoto._wire.message import framed


class MotoRoute(NamedTuple):
    """How a socket's request gets to Moto.

    Attributes:
        exchange: the exchange that answers it.
        url_of: returns the URL for the target of a request line.
        library: the name of the library that sends it.
        error: returns the library's error for a failed connection, given the read timeout in seconds.
        is_decided: the whole URL was known when this exchange was chosen. If not, the next request on the same
            connection might have another one, so that the connection ends with the response.
    """

    exchange: Exchange
    url_of: Callable[[str], str]
    library: str
    error: Callable[[FailureKind, float | None], Exception]
    is_decided: bool = False


class _Broken(RawIOBase):
    """A response that raises an error when it is read."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def readable(self) -> bool:
        """Return ``True``."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raise the error."""
        raise self._error from None


@contextmanager
def logging_broken_bodies(connection: Any) -> Iterator[None]:
    """Log the request that a connection sends to Moto as failed if its body raises."""
    try:
        yield
    except BaseException as error:
        if isinstance(connection.sock, MotoSocket):
            connection.sock.log_broken(error)
        raise


class MotoSocket:
    """The part of a socket that ``http.client`` and urllib3 use."""

    def __init__(self, route: MotoRoute, timeout: float | None = None) -> None:
        self.is_decided = route.is_decided
        self._route = route
        self._request = RequestReader()
        self._timeout = timeout
        self._file: ResponseFile | None = None
        self._failed_to_connect: Exception | None = None
        self._is_logged_as_broken = False

    def settimeout(self, seconds: float | None) -> None:
        """Set the read timeout in seconds; ``None`` means no limit."""
        self._timeout = seconds

    def sendall(self, data: Any) -> None:
        """Take the next piece of the request.

        Raises:
            OSError: a fault rule says that the connection cannot be opened. This is raised with the request's end.
        """
        self._request.feed(data)
        if self._request.is_complete and not self.is_decided and self._file is None:
            self._file = self._open()
            if self._failed_to_connect is not None:
                raise self._failed_to_connect

    def log_broken(self, error: BaseException) -> None:
        """Log the request as failed, once, if it has begun: its body has raised this error."""
        request = self._request
        if request.target and not request.is_complete and not self._is_logged_as_broken:
            self._is_logged_as_broken = True
            head = request.request(self._route.url_of(request.target)).with_body(None)
            self._route.exchange.log_broken(head, self._route.library, error)

    def makefile(self, *args: Any, **kwargs: Any) -> ResponseFile:
        """Return a file with the response."""
        return self._file or self._open()

    def _open(self) -> ResponseFile:
        # Errors are raised when the file is read: http.client cannot close a response without a file.
        try:
            return self._response()
        except WireFailure as failure:
            error = self._route.error(failure.kind, self._timeout)
            if failure.kind in ("connect_error", "connect_timeout", "dns", "tls"):
                self._failed_to_connect = error
            return ResponseFile(_Broken(error))
        except Exception as error:
            return ResponseFile(_Broken(error))

    def _response(self) -> ResponseFile:
        if not self._request.is_complete:
            # Its body has broken off, but urllib3 still reads a response. A real server would wait for the rest.
            raise WireFailure("read_timeout")
        wire = self._request.request(self._route.url_of(self._request.target))
        wire_response = framed(self._route.exchange.answer(wire, self._route.library, self._timeout), wire)
        if not self._route.is_decided:
            wire_response = wire_response._replace(headers=(*wire_response.headers, ("connection", "close")))
        return ResponseFile(Incoming(write_head(wire_response), framed_pieces(wire_response), self._timeout))

    def shutdown(self, how: int) -> None:
        """No-op."""

    def close(self) -> None:
        """No-op."""
