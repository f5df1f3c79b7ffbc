"""Create the exchange of a mock that starts: in the world of the context, or in a new one."""

from __future__ import annotations

from contextlib import suppress
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
    if options.strict is not False:
        from aiomoto._strict_exchange import strict_exchange  # mocks that are not strict do without it

        exchange = strict_exchange(options.strict, world, *args, **kwargs)
    elif world is None:
        exchange = Exchange(*args, **kwargs)
    else:
        from aiomoto._isolated import IsolatedExchange  # tests without isolated mocks do without it

        exchange = IsolatedExchange(world, *args, **kwargs)
    if options.iam:
        from aiomoto._enforcing_exchange import enforcing  # mocks that check no permissions do without it

        exchange.__class__ = enforcing(type(exchange))
    exchange.slept = slept if options.sleep == "instant" else None
    exchange.left_open.notes_places = options.leaks != "ignore"
    return exchange


def _enter_own_world(options: Options, instance: object) -> World:
    world = None if options.reset or instance is None else vars(instance).get(_WORLD)
    if world is None or world.is_over:
        world = World()
        if instance is not None:
            with suppress(AttributeError):
                object.__setattr__(instance, _WORLD, world)
    _live.enter_world(world)
    return world
