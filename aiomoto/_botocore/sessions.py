"""Hide config files, profiles and variables from before the mock from botocore's sessions.

Sessions themselves stay as they are: what one reads inside a mock is kept for the mock, and dropped with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from botocore.configloader import load_config, raw_config_parse
from botocore.configprovider import EnvironmentProvider
from botocore.exceptions import ConfigNotFound, ProfileNotFound
from botocore.session import Session

from aiomoto._botocore.notes import Notes
from aiomoto._botocore.provenance import is_given_resolver
from aiomoto._environment.variables import HIDDEN, REGION, environment
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target
from aiomoto._patching.required_names import check_instance

FILES = {"config_file": "AWS_CONFIG_FILE", "credentials_file": "AWS_SHARED_CREDENTIALS_FILE"}
# The components that a session creates lazily from its configuration (botocore.session.ComponentLocator). Those that it
# creates inside a mock would be wrong after it, so that the session must create them again.
_LAZY_COMPONENTS = {
    "_components": ("credential_provider", "token_provider", "data_loader"),
    "_internal_components": ("monitor", "smart_defaults_factory"),
}
# The only expensive one: it holds the service models that the session has parsed.
_MODELS = "data_loader"
_models: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


class SessionNote:
    """What a session has read inside the mock, and the components that it had not created before.

    Attributes:
        config: the contents of its config files.
        credentials: its credentials.
        auth_token: its bearer token.
    """

    def __init__(self, session: Any) -> None:
        self.config: dict[str, Any] | None = None
        self.credentials: Any = None
        self.auth_token: Any = None
        self._not_created: list[tuple[Any, str, Any]] = []
        for attribute, names in _LAZY_COMPONENTS.items():
            locator = vars(session).get(attribute)
            deferred = vars(locator).get("_deferred", {}) if locator is not None else {}
            self._not_created += [(locator, name, deferred[name]) for name in names if name in deferred]
            if _MODELS in deferred and _MODELS in names and (models := _models.get(session)):
                deferred[_MODELS] = lambda: models

    def end(self, owner: Any) -> None:
        """Make the session create again the components that it created inside the mock.

        A component that the test itself has registered stays. The service models that the session has parsed are kept
        for its next mock: a test suite's default session is used in all mocks.
        """
        for locator, name, factory in self._not_created:
            component = vars(locator)["_components"].get(name)
            if name == _MODELS:
                if component is not None:
                    _models[owner] = component
            elif component is None and name in vars(locator)["_deferred"]:
                continue  # it was not created inside the mock either
            elif name == "credential_provider" and is_given_resolver(component):
                continue
            locator.lazy_register_component(name, factory)


notes: Notes[SessionNote] = Notes("session", SessionNote)


def reads_files_of_test(given: Mapping[str, Any]) -> bool:
    """Tell whether a session reads config files inside the mock: those that it was given, or the test has set.

    Args:
        given: the session's instance variables.
    """
    return any(_file(given, name) != os.devnull for name in FILES)


def _file(given: Mapping[str, Any], logical_name: str) -> Any:
    return given.get(logical_name) or environment.tests_own(FILES[logical_name]) or os.devnull


def _profile(session: Any) -> Any:
    names = session.session_var_map["profile"][1]
    tests_own = (environment.tests_own(name) for name in ([names] if isinstance(names, str) else names or ()))
    given = session.instance_variables().get("profile")
    return next((name for name in (given, *tests_own) if name is not None), None)


def _read_files(session: Any) -> dict[str, Any]:
    """Read the config files, in the form of ``Session.full_config``."""
    config: dict[str, Any] = {"profiles": {}}
    if not reads_files_of_test(session.instance_variables()):
        return config
    try:
        config = load_config(session.get_config_variable("config_file"))
        profiles = config["profiles"]
    except ConfigNotFound:
        profiles = config["profiles"]
    try:
        for name, values in raw_config_parse(session.get_config_variable("credentials_file")).items():
            profiles.setdefault(name, {}).update(values)
    except ConfigNotFound:
        pass
    return config


# ---------------------------------------------------------------- replacements


def _get_config_variable(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_config_variable(self: Any, *args: Any, **kwargs: Any) -> Any:
        logical_name = argument(args, kwargs, 0, "logical_name")
        if mock := environment.hides:
            notes.of(self, mock)
            if logical_name in FILES:
                return _file(self.instance_variables(), logical_name)
            if logical_name == "profile":
                return _profile(self)
        value = original(self, *args, **kwargs)
        return REGION if value is None and logical_name == "region" else value

    return get_config_variable


def _instance_variables(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def instance_variables(self: Any) -> dict[str, Any]:
        variables: dict[str, Any] = original(self)
        # If its files are hidden, a profile does not exist, as on a machine without any.
        if "profile" in variables and environment.hides and not reads_files_of_test(variables):
            del variables["profile"]
        return variables

    return instance_variables


def _full_config(original: Any) -> property:
    def full_config(self: Any) -> Any:
        if not (mock := environment.hides):
            return original(self)
        note = notes.of(self, mock)
        if note.config is None:
            note.config = _read_files(self)
        return note.config

    return property(full_config)


def _get_scoped_config(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_scoped_config(self: Any) -> Any:
        if not environment.hides:
            return original(self)
        # Not the original, which caches the profiles in the session.
        profiles, profile = self.full_config["profiles"], self.get_config_variable("profile")
        if profile is not None and profile not in profiles:
            raise ProfileNotFound(profile=profile)
        return profiles.get(profile or "default", {})

    return get_scoped_config


def _available_profiles(original: Any) -> property:
    def available_profiles(self: Any) -> Any:
        return list(self.full_config["profiles"]) if environment.hides else original(self)

    return property(available_profiles)


def _profile_property(original: Any) -> property:
    def profile(self: Any) -> Any:
        # Not the original, which caches the profile in the session.
        return self.get_config_variable("profile") if environment.hides else original(self)

    return property(profile)


def _provide(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def provide(self: Any) -> Any:
        value = original(self)
        if value is None or not environment.hides:
            return value
        check_instance(self, "botocore.configprovider", "EnvironmentProvider")
        if self._name not in HIDDEN or self._env is not os.environ:
            return value
        return environment.tests_own(self._name)

    return provide


REPLACEMENTS: tuple[Target, ...] = (
    (Session, "get_config_variable", _get_config_variable),
    (Session, "instance_variables", _instance_variables),
    (Session, "full_config", _full_config),
    (Session, "get_scoped_config", _get_scoped_config),
    (Session, "available_profiles", _available_profiles),
    (Session, "profile", _profile_property),
    (EnvironmentProvider, "provide", _provide),
)
