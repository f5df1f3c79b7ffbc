"""The exchanges that are live, and which of them a request belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from threading import RLock

from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange, describe
from aiomoto._lock import surviving_fork
from aiomoto._wire.message import WireRequest

_live: tuple[Exchange, ...] = ()
_entered: ContextVar[tuple[Exchange, ...]] = ContextVar("aiomoto_entered", default=())
# Re-entrant: at any allocation a generator that was left half way in a mock may be collected, which ends that mock.
_lock = surviving_fork(RLock())

# For sessions wired by hand while no mock is live: Moto's backends with the configuration that is in place.
_unmocked = Exchange()


def add(exchange: Exchange) -> None:
    """Make an exchange live, and the innermost one of the current context."""
    global _live
    with _lock:
        exchange.hosts = _live[0].hosts if _live else exchange.hosts
        _live = (*_live, exchange)
    # Never reset by token: a fixture enters in one context and leaves in another. The ended ones are passed over.
    exchange.around = tuple(each for each in _entered.get() if each.live)
    enter(exchange)


def enter(exchange: Exchange) -> None:
    """Make a live exchange the innermost one of the current context, inside of those around it."""
    _entered.set((*exchange.around, exchange))


def remove(exchange: Exchange) -> None:
    """End an exchange, whichever others have come or gone since it was added."""
    global _live
    exchange.live = False
    with _lock:
        _live = tuple(each for each in _live if each is not exchange)


def current() -> Exchange | None:
    """The innermost live exchange of the current context, else the newest live one, else ``None``."""
    inner = next((each for each in reversed(_entered.get()) if each.live), None)
    return inner or next((each for each in reversed(_live) if each.live), None)


def exchange_for(head: WireRequest, *, outlives_mock: bool) -> Exchange:
    """The exchange that answers a request of one of our sessions.

    Args:
        head: the request, for the message.
        outlives_mock: whether the session was wired by hand, and so works with no mock live.

    Raises:
        RequestBlockedError: the session came from a mock, and none is live any more.
    """
    if exchange := current():
        return exchange
    if outlives_mock:
        return _unmocked
    raise RequestBlockedError(
        f"{describe(head)} was blocked: this client was created inside mock_aws(), which has ended. "
        "Use it inside the mock, or create a new client after it"
    )
