"""Moto's configuration: validate it, and activate it for one mock at a time."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

from moto.backend_index import backend_url_patterns
from moto.core import config as moto_config
from moto.core.config import default_user_config

from aiomoto._aws.names import check_name, check_switch
from aiomoto._errors import ArgumentError
from aiomoto._moto.worlds import World

Config = dict[str, Any]


def own_config(config: object) -> Config | None:
    """Validate a configuration and return a copy of it.

    Raises:
        ArgumentError: it is not a dict of dicts, it has a section or a key that Moto does not read, or a value has the
            wrong type.
    """
    if config is None:
        return None
    if not (isinstance(config, Mapping) and all(isinstance(section, Mapping) for section in config.values())):
        raise ArgumentError(
            f"config must be a dict of dicts, such as {{'core': {{'mock_credentials': False}}}}, not {config!r}"
        )
    known = _known()
    for name, section in config.items():
        check_name("config", "section", name, known)
        for key, value in section.items():
            check_name(f"config[{name!r}]", "key", key, known[name])
            if known[name][key] is bool:
                check_switch(f"config[{name!r}][{key!r}]", value)
    own = {name: dict(section) for name, section in config.items()}
    if "core" in own:
        own["core"] = _own_core(own["core"])
    return copy.deepcopy(own)


def _own_core(core: Config) -> Config:
    passthrough = core.get("passthrough")
    if not (passthrough is None or isinstance(passthrough, Mapping)):
        raise ArgumentError(
            f"config['core']['passthrough'] must be a dict of lists, such as {{'urls': [...]}}, not {passthrough!r}"
        )
    for key in passthrough or ():
        check_name("config['core']['passthrough']", "key", key, ("services", "urls"))
    own = dict(core)
    if "service_whitelist" in core:
        own["service_whitelist"] = _own_list("service_whitelist", core["service_whitelist"])
    if passthrough is not None:
        own["passthrough"] = {name: _own_list(name, value) for name, value in passthrough.items()}
    return own


def _own_list(name: str, value: object) -> list[Any] | None:
    # Moto would take each letter of a string for a pattern, and pass nearly all requests through.
    if isinstance(value, (str, bytes)) or not (value is None or isinstance(value, Iterable)):
        raise ArgumentError(f"config's {name} must be a list of strings, such as [{value!r}], not {value!r}")
    if value is None:
        return None
    own = list(value)
    for each in own:
        if name == "urls":
            _check_pattern(each)
        else:
            check_name(f"config's {name}: Moto", "service", each, {service for service, _ in backend_url_patterns})
    return own


def _check_pattern(pattern: Any) -> None:
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise ArgumentError(
            f"config's urls must be regular expressions that match the beginning of a URL, not {pattern!r}: {error}"
        ) from None


def _known() -> dict[str, dict[str, Any]]:
    """The keys that Moto reads, by section, with their types: those that it declares and those that have a default."""
    declared = get_type_hints(getattr(moto_config, "DefaultConfig", object))
    known = {name: dict(get_type_hints(section)) for name, section in declared.items()}
    for name, section in dict(default_user_config).items():
        for key in section if isinstance(section, Mapping) else ():
            known.setdefault(name, {}).setdefault(key, None)
    return known


class Configurations:
    """The configuration of each owner. Moto reads one global dict, which holds that of the active owner.

    Changes that Moto's own API or a test makes to the dict belong to the active owner.

    Args:
        active: the dict that Moto reads.
    """

    def __init__(self, active: Any) -> None:
        self._active = active
        self._owner: object = None
        self._inactive: dict[object, Config] = {}
        self._activations = 0

    def section(self, owner: object, name: str) -> Mapping[str, Any]:
        """Read a section of an owner's configuration; of the active one, if the owner has none. Do not change it."""
        while True:
            activations = self._activations
            active: Any = self._active
            config = active if owner is self._owner else self._inactive.get(owner, active)
            section: Mapping[str, Any] = config.get(name, {})
            # Without Moto's lock, another thread may have activated another owner meanwhile: read again.
            if activations == self._activations:
                return section

    def add(self, owner: object, config: Config) -> None:
        """Add an owner, with the active configuration overlaid by the sections of ``config``, and activate it."""
        self._inactive[owner] = copy.deepcopy({**self._active, **config})
        self.activate(owner)

    def activate(self, owner: object) -> None:
        """Make an owner's configuration the one that Moto reads."""
        if owner is self._owner or owner not in self._inactive:
            return
        self._inactive[self._owner] = dict(self._active)  # no section belongs to two owners
        self._activations += 1
        self._owner = _NOBODY  # while the dict is half changed
        config = self._inactive[owner]
        self._active.update(config)
        for name in self._active.keys() - config.keys():
            del self._active[name]
        self._owner = owner
        self._activations += 1

    def remove(self, owner: object) -> None:
        """Remove an owner. If it was active, the configuration from before the first owner is active again."""
        if self._owner in (owner, _NOBODY):
            self.activate(None)
        self._inactive.pop(owner, None)

    def initial(self) -> Config:
        """A copy of the configuration from before the first owner."""
        return copy.deepcopy(dict(self._inactive.get(None, self._active)))


_NOBODY = object()
configurations = Configurations(default_user_config)


def configurations_in(world: World) -> Configurations:
    """The configurations of the mocks in a world, which begins with that of the process."""
    active = world.content_of(default_user_config, configurations.initial)
    found: Configurations = world.content_of(configurations, lambda: Configurations(active))
    return found
