"""Log requests that cannot be sent, or whose body raises while it is read."""

from __future__ import annotations

from typing import TypeVar

from aiomoto._exchange import Exchange
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest


class Sending:
    """A context in which a request is sent. If that raises, the request is logged as failed.

    Args:
        exchange: the exchange that logs the request.
        head: the request without its body.
        backend: what sends it, as for ``Exchange.answer``.
    """

    __slots__ = ("_backend", "_exchange", "head")

    def __init__(self, exchange: Exchange, head: WireRequest, backend: str) -> None:
        self._exchange, self.head, self._backend = exchange, head, backend

    @property
    def is_instant(self) -> bool:
        """Whether the mock skips the waits of clients."""
        return self._exchange.slept is not None

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if error is not None:
            self._exchange.log_broken(self.head, self._backend, error)


Error = TypeVar("Error", bound=Exception)


def unsent_error(error: Error, failure: WireFailure) -> Error:
    """Explain the error of a client whose request did not arrive whole."""
    error.args = (f"{error}: {failure.reason}",)
    return error
