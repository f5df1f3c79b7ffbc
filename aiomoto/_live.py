"""The exchanges of the active mocks, and which of them a request belongs to."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Any, NamedTuple

from moto.core.models import botocore_stubber

from aiomoto._copies import become_copies
from aiomoto._errors import AiomotoError, RequestBlockedError
from aiomoto._exchange import Exchange, describe
from aiomoto._wire.message import WireRequest

_active: tuple[Exchange, ...] = ()
_entered: ContextVar[tuple[Exchange, ...]] = ContextVar("aiomoto_entered", default=())

# For explicitly wired sessions while no mock is active: Moto's backends, with Moto's current configuration.
_unmocked = Exchange()


def add(exchange: Exchange) -> None:
    """Make an exchange active, and the innermost of the current context. The lock of Moto's backends is held."""
    global _active
    exchange.hosts = _active[0].hosts if _active else exchange.hosts
    exchange.successor = current
    _active = (*_active, exchange)
    # Not reset by token, since a fixture enters in one context and leaves in another. Ended ones are skipped.
    exchange.around = tuple(each for each in _entered.get() if each.is_active)
    enter(exchange)


def _become_copies() -> None:
    become_copies(_active)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_become_copies)


def enter(exchange: Exchange) -> None:
    """Make an active exchange the innermost of the current context, inside those around it."""
    _entered.set((*exchange.around, exchange))


def remove(exchange: Exchange) -> None:
    """Make an exchange inactive, whichever others have come or gone since it was added. The same lock is held."""
    global _active
    exchange.is_active = False
    _active = tuple(each for each in _active if each is not exchange)
    exchange.hosts.forget(exchange)


def active() -> tuple[Exchange, ...]:
    """The exchanges of all active mocks."""
    return _active


def current() -> Exchange | None:
    """The innermost active exchange of the current context, else the newest active one, else ``None``."""
    inner = next((each for each in reversed(_entered.get()) if each.is_active), None)
    return inner or next((each for each in reversed(_active) if each.is_active), None)


def open_port() -> int | None:
    """Return the port of an endpoint that is open: the innermost active mock's own, or else another one's."""
    inner = current()
    exchanges = (inner, *reversed(_active)) if inner else ()
    return next((each.port for each in exchanges if each.is_active and each.port is not None), None)


def refuse_motos_own_mock(*_: Any, **__: Any) -> None:
    """Refuse to work inside Moto's own mock, unless one of aiomoto's is active too.

    Moto's mock responds inside the client, with a response that an asynchronous client cannot await.

    Raises:
        AiomotoError: only Moto's own mock is active.
    """
    if botocore_stubber.enabled and current() is None:
        raise AiomotoError(
            "an explicitly wired session cannot be used inside Moto's own mock_aws: use aiomoto.mock_aws instead, or "
            "no mock"
        )


class ClientEndpoint(NamedTuple):
    """Where a client inside a mock sends its requests.

    Attributes:
        host: its host, port included.
        service: botocore's name of its service.
        path: the path of its endpoint URL.
        owner: the exchange that it belongs to. Its host is forgotten with that.
    """

    host: str
    service: str
    path: str
    owner: Exchange

    def join(self) -> None:
        """Treat its host as one of AWS's while its owner is active."""
        self.owner.hosts.add(self.host, self.service, self.path, owner=self.owner)


def exchange_for(head: WireRequest, session: Any, *, outlives_mock: bool) -> Exchange:
    """The exchange that answers a request of one of our sessions.

    A client may outlive the mock that it was created in. If it is used in another mock, its host belongs to that one
    from then on.

    Args:
        head: the request, for the message.
        session: the session.
        outlives_mock: whether the session was wired explicitly, and so needs no active mock.

    Raises:
        RequestBlockedError: the session was created inside a mock, and no mock is active any more.
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
