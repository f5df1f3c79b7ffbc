"""Create the exchange of a mock that starts: in the world of the context, or in a new one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from aiomoto import _live
from aiomoto._calls.record import Slept
from aiomoto._exchange import Exchange
from aiomoto._moto.worlds import World
from aiomoto._options import Options

_WORLD = "_aiomoto_world"


def new_exchange(options: Options, instance: object, slept: list[Slept], *args: Any, **kwargs: Any) -> Exchange:
    """Create the exchange of a mock, and enter its world if it is isolated.

    Args:
        options: the mock's options.
        instance: the test instance whose method the mock decorates, if it does. Its methods share a world.
        slept: where skipped waits are noted.
        *args: the exchange's own arguments.
        **kwargs: the exchange's own arguments.
    """
    world = _enter_own_world(options, instance) if options.isolated else _live.joined_world()
    kind: Any = _kind(options, is_isolated=world is not None)
    exchange: Any = kind(*args, **kwargs) if world is None else kind(world, *args, **kwargs)
    if isinstance(options.strict, Mapping):
        exchange.off = frozenset(name for name, is_on in options.strict.items() if not is_on)
    exchange.slept = slept if options.sleep == "instant" else None
    exchange.left_open.notes_places = options.leaks != "ignore"
    return exchange  # type: ignore[no-any-return]


def _kind(options: Options, *, is_isolated: bool) -> type[Exchange]:
    """The class of the exchange. Its parts are imported by mocks that have them only."""
    parts: list[type[Exchange]] = []
    if options.iam:
        from aiomoto._enforcing_exchange import EnforcingExchange

        parts.append(EnforcingExchange)
    if options.strict is not False:
        from aiomoto._strict_exchange import StrictExchange

        parts.append(StrictExchange)
    if is_isolated:
        from aiomoto._isolated import IsolatedExchange

        parts.append(IsolatedExchange)
    return _combined(tuple(parts) or (Exchange,))


@cache
def _combined(parts: tuple[type[Exchange], ...]) -> type[Exchange]:
    return parts[0] if len(parts) == 1 else type("".join(part.__name__ for part in parts), parts, {})


def _enter_own_world(options: Options, instance: object) -> World:
    world = None if options.reset or instance is None else vars(instance).get(_WORLD)
    if world is None or world.is_over:
        world = World()
        if instance is not None:
            with suppress(AttributeError):
                object.__setattr__(instance, _WORLD, world)
    _live.enter_world(world)
    return world
