"""Worlds: what Moto holds for one isolated mock, apart from what it holds for all other mocks.

Without an isolated mock there is no world, and Moto keeps its data where it always does. While there is one,
``_moto.isolation`` makes Moto look into the world of the current context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from random import Random
from typing import Any

from moto.core.base_backend import BaseBackend

from aiomoto._cleanup import run_all

_numbers = count()


class World:
    """What Moto holds for one isolated mock, and for those that are nested in it.

    Attributes:
        number: distinguishes it from all others.
        used: the services that have backends, as ``BackendDict._instances`` lists them.
        models: the instances that Moto tracks, by class.
        random: where Moto's random values come from, once they have been seeded here.
        request_count: the requests that Moto's authentication has counted.
        unauthenticated: how many requests it lets pass, once that has been set here.
        is_over: whether its mocks have ended.
        outside: what was around its mock: the exchanges of the context, and its world.
    """

    outside: tuple[Any, World | None]

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.used: list[Any] = []
        self.models: dict[type, list[Any]] = {}
        self.random: Random | None = None
        self.request_count = 0
        self.unauthenticated: float | None = None
        self.is_over = False
        # By the id() of the container that holds the same for all other mocks. Those of services are never collected.
        self._accounts: dict[int, dict[str, Any]] = {}
        self._contents: dict[int, tuple[object, Any]] = {}
        self._users: tuple[object, ...] = ()

    def accounts_of(self, backends: object) -> dict[str, Any]:
        """The accounts of a service."""
        key = id(backends)
        return self._accounts[key] if key in self._accounts else self._accounts.setdefault(key, {})

    def content_of(self, container: object, new: Callable[[], Any]) -> Any:
        """What is here in place of one of Moto's containers.

        Args:
            container: the container.
            new: creates what is here at first.
        """
        key = id(container)
        if key not in self._contents:
            self._contents[key] = (container, new())
        return self._contents[key][1]

    def join(self, user: object) -> None:
        """Add a mock."""
        self._users = (*self._users, user)

    def leave(self, user: object, *, is_kept: bool = False) -> None:
        """Remove a mock. The last one ends the world, unless that is kept for the next method of a test."""
        self._users = tuple(each for each in self._users if each is not user)
        if not self._users and not is_kept and not self.is_over:
            self.is_over = True
            with inside(self):
                self._end()

    def _end(self) -> None:
        accounts = [each for of_service in self._accounts.values() for each in of_service.values()]
        backends = [backend for each in accounts for backend in list(each.values())]
        # Those that have files or threads of their own end them in a reset() of their own. The Moto API's resets all.
        own = [each for each in backends if type(each).reset is not BaseBackend.reset]
        try:
            run_all(each.reset for each in own if type(each).__module__ != "moto.moto_api._internal.models")
        finally:
            for each in accounts:
                each.clear()  # Moto's cache of regions keeps it alive
            self.used, self.models, self.random, self._accounts, self._contents = [], {}, None, {}, {}


_current: ContextVar[World | None] = ContextVar("aiomoto_world", default=None)
# The world of the current context; ``None`` for what all other mocks share.
current = _current.get


def enter(world: World | None) -> None:
    """Make a world the one of the current context."""
    _current.set(world)


@contextmanager
def inside(world: World | None) -> Iterator[None]:
    """Make a world the one of the current context for a block."""
    token = _current.set(world)
    try:
        yield
    finally:
        _current.reset(token)
