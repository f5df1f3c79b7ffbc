"""Make Moto keep apart what it holds for each isolated mock. Installed with the first one, and removed with the last.

Each container in which Moto keeps data reads and writes that of the current context's world; without one, its own.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from moto.core.base_backend import BackendDict, InstanceTrackerMeta
from moto.moto_api._internal.moto_random import MotoRandom

from aiomoto._moto import authentication, stores, worlds
from aiomoto._moto.configuration import configurations
from aiomoto._moto.views import OF_DICTS, Accounts, Used, View
from aiomoto._moto.worlds import World
from aiomoto._patching.attributes import Attributes


class Isolation:
    """What is set in Moto while there are isolated mocks. Its methods are called under the lock of Moto's backends."""

    def __init__(self) -> None:
        self._attributes = Attributes()
        self._accounts = Accounts()
        self.is_installed = False

    def install(self) -> None:
        """Install it, if it is not installed.

        Raises:
            AiomotoError: the installed Moto keeps its data elsewhere.
        """
        if self.is_installed:
            return
        stores.check_for_isolation()
        try:
            self._set()
        except BaseException:
            self.remove()  # half of it would mix the data of mocks
            raise

    def _set(self) -> None:
        self._attributes.put(BackendDict, "__missing__", self._accounts.missing())
        for backends in BackendDict._instances:
            self._accounts.take(backends)
        for name in OF_DICTS:
            self._attributes.put(BackendDict, name, self._accounts.method(name))
        creating = self._accounts.creating(BackendDict._create_account_specific_backend)
        self._attributes.put(BackendDict, creating.__name__, creating)
        self._attributes.put(BackendDict, "_instances", Used(BackendDict._instances))
        self._attributes.put(InstanceTrackerMeta, "__new__", staticmethod(_new_model(InstanceTrackerMeta.__new__)))
        self._attributes.put(InstanceTrackerMeta, _TRACKED, property(_tracked, _track))
        self._attributes.put(MotoRandom, "seed", _seed(MotoRandom.seed))
        authentication.separate(self._attributes)
        self.is_installed = True
        for name in stores.MODULES:
            self.found(name)

    def found(self, name: str) -> None:
        """Set what belongs into a module, which has been imported if it is loaded."""
        if self.is_installed:
            for path in stores.PLACES:
                if path[0] == name:
                    self._view(path)
            for path in stores.CACHED:
                if path[0] == name:
                    self._cache_weakly(path)

    def seed(self, world: World) -> None:
        """Give a world random values of its own, which each request needs many of: most worlds do without."""
        world.random = random.Random()
        for name in ("random", "getrandbits") if "random" not in vars(MotoRandom) else ():
            self._attributes.put(MotoRandom, name, _drawn(name, getattr(MotoRandom, name)))

    def remove(self) -> None:
        """Restore everything. It does no harm to call this again."""
        self.is_installed = False
        authentication.join()
        self._accounts.give_back()
        self._attributes.put_back()
        self._accounts = Accounts()  # the last one would keep alive what is deleted from now on

    def _view(self, path: stores.Path) -> None:
        shared = stores.loaded(path)
        if shared is None:
            return
        owner, name = stores.owner_of(path)
        if isinstance(shared, View):  # imported from a module that has one already
            shared = shared.shared
        # A world begins with the settings of the process, and with no data.
        new: Callable[[], Any] = partial(dict, shared) if path in stores.SETTINGS else dict
        if path in stores.CONFIGURED:
            new = configurations.initial
        if isinstance(shared, defaultdict):
            new = partial(defaultdict, shared.default_factory)
        self._attributes.put(owner, name, View(shared, new), before=shared)

    def _cache_weakly(self, path: stores.Path) -> None:
        cached = stores.loaded(path)
        if hasattr(cached, "cache_info"):  # not in all versions of Moto, and not if this has been done
            owner, name = stores.owner_of(path)
            self._attributes.put(owner, name, _weakly_cached(cached))


# ---------------------------------------------------------------- other places


# Where a model keeps its instances, which Moto 5.1.0 names otherwise.
_TRACKED = "instances_tracked" if "instances_tracked" in InstanceTrackerMeta.__new__.__code__.co_names else "instances"


def _new_model(original: Any) -> Callable[..., Any]:
    def __new__(meta: type, name: str, bases: Any, body: dict[str, Any]) -> Any:
        # A class cannot get an attribute any more that its metaclass has as a property.
        return original(meta, name, bases, {**body, _TRACKED: []})

    return __new__


def _tracked(model: type) -> list[Any]:
    world = worlds.current()
    shared: list[Any] = vars(model)[_TRACKED]
    return shared if world is None else world.models.setdefault(model, [])


def _track(model: type, instances: list[Any]) -> None:
    _tracked(model)[:] = instances


def _seed(original: Any) -> Callable[..., Any]:
    def seed(self: Any, *args: Any, **kwargs: Any) -> None:
        world = worlds.current()
        if world is None:
            original(self, *args, **kwargs)
            return
        isolation.seed(world)
        assert world.random is not None
        world.random.seed(*args, **kwargs)

    return seed


def _drawn(name: str, original: Any) -> Callable[..., Any]:
    def draw(self: Any, *args: Any) -> Any:
        world = worlds.current()
        if world is None or world.random is None:
            return original(self, *args)
        return getattr(world.random, name)(*args)

    return draw


def _weakly_cached(cached: Any) -> Callable[..., Any]:
    results: WeakKeyDictionary[Any, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()

    def method(self: Any, *args: Any) -> Any:
        if worlds.current() is None:
            return cached(self, *args)
        own = results.setdefault(self, {})
        if args not in own:
            own[args] = cached.__wrapped__(self, *args)
        return own[args]

    return method


isolation = Isolation()
