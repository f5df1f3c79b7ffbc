"""The exchanges of the active mocks, and which of them a request belongs to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, NamedTuple

from moto.core.models import botocore_stubber

from aiomoto._copies import become_copies
from aiomoto._errors import AiomotoError, RequestBlockedError
from aiomoto._exchange import Exchange, describe
from aiomoto._moto import worlds
from aiomoto._moto.switch import are_more_active
from aiomoto._moto.worlds import World
from aiomoto._wire.message import WireRequest

_active: tuple[Exchange, ...] = ()
_entered: ContextVar[tuple[Exchange, ...]] = ContextVar("aiomoto_entered", default=())

# Those of isolated mocks that the pytest plugin has started for running tests.
of_tests: list[Exchange] = []

# For explicitly wired sessions while no mock is active: Moto's backends, with Moto's current configuration.
_unmocked = Exchange()


def add(exchange: Exchange) -> None:
    """Make an exchange active, and the innermost of the current context. The lock of Moto's backends is held."""
    global _active
    world = exchange.world
    for each in _active:
        if each.world is world:
            exchange.hosts, exchange.timeline = each.hosts, each.timeline
            break
    exchange.successor = current if world is None else partial(_newest_in, world)
    _active = (*_active, exchange)
    # Not reset by token, since a fixture enters in one context and leaves in another. Ended ones are skipped.
    exchange.around = tuple(each for each in _entered.get() if each.is_active and each.world is world)
    enter(exchange)


def _become_copies() -> None:
    become_copies(_active)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_become_copies)


def enter(exchange: Exchange) -> None:
    """Make an active exchange the innermost of the current context, inside those around it."""
    _entered.set((*exchange.around, exchange))
    worlds.enter(exchange.world)


@contextmanager
def inside(exchange: Exchange) -> Iterator[None]:
    """Make an active exchange the innermost of the current context for a block."""
    with worlds.inside(exchange.world):
        token = _entered.set((*exchange.around, exchange))
        try:
            yield
        finally:
            _entered.reset(token)


def enter_world(world: World) -> None:
    """Make a world the one of the current context, until :func:`leave_world`, unless it is that already."""
    if worlds.current() is not world:
        world.outside = (_entered.get(), worlds.current())
        _entered.set(())
        worlds.enter(world)


def leave_world(world: World | None) -> None:
    """Go back to what was around a world, if this is its context and no mock in it is active any more."""
    if world is None or worlds.current() is not world or _newest_in(world) is not None:
        return
    entered, outer = world.outside
    while outer is not None and outer.is_over:  # mocks may end in any order
        entered, outer = outer.outside
    _entered.set(entered)
    worlds.enter(outer)


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
    """The exchange that a request of the current context belongs to; ``None`` if no mock is active.

    It is the innermost active one of the context, or of the isolated mock that the context is in; else the newest
    active one that is not isolated; else that of the only running test; else one that refuses all requests.
    """
    return _in_context() or _shared()


def joined_world() -> World | None:
    """The world of the isolated mock that the current context is in; ``None`` if there is none, or if it has ended."""
    exchange = _in_context()
    return exchange.world if exchange is not None and exchange.is_active else None


def _in_context() -> Exchange | None:
    for each in reversed(_entered.get()):
        if each.is_active:
            return each
    world = worlds.current()
    return None if world is None else _newest_in(world) or _refusal(_ENDED)


def _shared() -> Exchange | None:
    newest = _newest_in(None)
    if newest is not None or not _active:
        return newest
    if are_more_active(len(_active)):  # Moto's own
        return _unmocked
    return of_tests[0] if len(of_tests) == 1 else _refusal(_UNKNOWN)


def _newest_in(world: World | None) -> Exchange | None:
    for each in reversed(_active):
        if each.world is world and each.is_active:
            return each
    return None


_ENDED = (
    "the mock_aws(isolated=True) that this code ran in has ended. Await or cancel its tasks, and join its threads, "
    "before the mock ends"
)
_UNKNOWN = (
    "only isolated mocks are active, and nothing tells which of them this call belongs to. Its task, thread or event "
    "loop was started outside of them, and its client was created there. Start or create one of them inside `with "
    "mock_aws(isolated=True):`, or leave out isolated=True"
)


def _refusal(reason: str) -> Exchange | None:
    if not _active:
        return None
    from aiomoto._isolated import Refusal  # tests without isolated mocks do without it

    return Refusal(reason)


def open_port() -> int | None:
    """Return the port of an endpoint that is open: the innermost active mock's own, or else another one's."""
    inner = current()
    exchanges = (inner, *(each for each in reversed(_active) if each.world is inner.world)) if inner else ()
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

    It belongs to the mock of the current context, else to the isolated mock in which its client was created, else to
    a mock that is not isolated. A client may outlive the mock that it was created in. If it is used in another mock,
    its host belongs to that one from then on.

    Args:
        head: the request, for the message.
        session: the session.
        outlives_mock: whether the session was wired explicitly, and so needs no active mock.

    Raises:
        RequestBlockedError: the session was created inside a mock, and no mock is active any more.
    """
    exchange = _in_context() or _of_client(session)
    if exchange is None:
        exchange = _newest_in(None) or _unmocked if outlives_mock else _shared()
    if exchange is None:
        raise RequestBlockedError(
            f"{describe(head)} was blocked: this client was created inside mock_aws(), which has ended. "
            "Use it inside the mock, or create a new client after it"
        )
    endpoint: ClientEndpoint | None = getattr(session, "moto_endpoint", None)
    if endpoint is not None and not endpoint.owner.is_active and exchange.is_active and exchange is not _unmocked:
        session.moto_endpoint = endpoint._replace(owner=exchange)
        session.moto_endpoint.join()
    return exchange


def _of_client(session: Any) -> Exchange | None:
    """The exchange of the isolated mock that a client was created in, if there is one."""
    endpoint: ClientEndpoint | None = getattr(session, "moto_endpoint", None)
    owner: Exchange | None = getattr(session, "created_in", None) if endpoint is None else endpoint.owner
    if owner is None or owner.world is None:
        return None
    return owner if owner.is_active else _newest_in(owner.world) or _refusal(_ENDED)
