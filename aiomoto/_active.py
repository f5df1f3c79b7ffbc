"""The exchanges that are live, and which of them a request belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, NamedTuple

from moto.core.models import botocore_stubber

from aiomoto._errors import AiomotoError, RequestBlockedError
from aiomoto._exchange import Exchange, describe
from aiomoto._wire.message import WireRequest

_active: tuple[Exchange, ...] = ()
_entered: ContextVar[tuple[Exchange, ...]] = ContextVar("aiomoto_entered", default=())

# For sessions wired by hand while no mock is live: Moto's backends with the configuration that is in place.
_unmocked = Exchange()


def add(exchange: Exchange) -> None:
    """Make an exchange live, and the innermost one of the current context. The lock of Moto's backends is held."""
    global _active
    exchange.hosts = _active[0].hosts if _active else exchange.hosts
    exchange.successor = current
    _active = (*_active, exchange)
    # Never reset by token: a fixture enters in one context and leaves in another. The ended ones are passed over.
    exchange.around = tuple(each for each in _entered.get() if each.is_active)
    enter(exchange)


def enter(exchange: Exchange) -> None:
    """Make a live exchange the innermost one of the current context, inside of those around it."""
    _entered.set((*exchange.around, exchange))


def remove(exchange: Exchange) -> None:
    """End an exchange, whichever others have come or gone since it was added. The same lock is held."""
    global _active
    exchange.is_active = False
    _active = tuple(each for each in _active if each is not exchange)
    exchange.hosts.forget(exchange)


def current() -> Exchange | None:
    """The innermost live exchange of the current context, else the newest live one, else ``None``."""
    inner = next((each for each in reversed(_entered.get()) if each.is_active), None)
    return inner or next((each for each in reversed(_active) if each.is_active), None)


def refuse_motos_own_mock(*_: Any, **__: Any) -> None:
    """Refuse to be in use where no mock of ours is active and one of Moto's own is.

    That answers in the client, with a response that an asynchronous one cannot await.

    Raises:
        AiomotoError: it is so.
    """
    if botocore_stubber.enabled and current() is None:
        raise AiomotoError(
            "Moto's own mock_aws is active, inside of which a session that is wired to Moto by hand cannot be used: "
            "use aiomoto.mock_aws in its place, or no mock"
        )


class ClientEndpoint(NamedTuple):
    """Where a client inside a mock sends its requests.

    Attributes:
        host: its host, port included.
        service: botocore's name of its service.
        path: the path that it has for a root.
        owner: the exchange that it belongs to, with which its host leaves.
    """

    host: str
    service: str
    path: str
    owner: Exchange

    def join(self) -> None:
        """Have its host be one of AWS's, for as long as its owner is active."""
        self.owner.hosts.add(self.host, self.service, self.path, owner=self.owner)


def exchange_for(head: WireRequest, session: Any, *, outlives_mock: bool) -> Exchange:
    """The exchange that answers a request of one of our sessions.

    A client may outlive the mock that it was made in, with which its host has left. Where another one answers it, the
    host is that one's from then on.

    Args:
        head: the request, for the message.
        session: the session.
        outlives_mock: whether the session was wired by hand, and so works with no mock live.

    Raises:
        RequestBlockedError: the session came from a mock, and none is live any more.
    """
    if exchange := current():
        endpoint: ClientEndpoint | None = getattr(session, "moto_endpoint", None)
        if endpoint is not None and not endpoint.owner.is_active:
            session.moto_endpoint = endpoint._replace(owner=exchange)
            session.moto_endpoint.join()
        return exchange
    if outlives_mock:
        return _unmocked
    raise RequestBlockedError(
        f"{describe(head)} was blocked: this client was created inside mock_aws(), which has ended. "
        "Use it inside the mock, or create a new client after it"
    )
