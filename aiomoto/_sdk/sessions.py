"""What botocore's sessions do inside a mock: fall back to a region, pass over profiles, and forget it all after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from botocore.credentials import CredentialProvider
from botocore.session import Session

from aiomoto._environment import REGION, hides_files
from aiomoto._lock import surviving_fork
from aiomoto._places import argument

# Where a session keeps what it once loaded: the config files, the profile, credentials, and the component registry
# with the credential and token providers (botocore.session.Session, ComponentLocator).
_LOADED = ("_config", "_profile_map", "_credentials", "_auth_token")
_REGISTRY = ("_components", "_deferred")
# What finds each of the last two, and how it is made: a chain for the profile that the session had at that time.
_FOUND_BY = {
    "_credentials": ("credential_provider", "_create_credential_resolver"),
    "_auth_token": ("token_provider", "_create_token_resolver"),
}
# The one component that costs much and knows nothing of credentials: the service models that the session has parsed.
_MODELS = "data_loader"
# Where it is noted in the session itself, for as long as a mock is live.
_BEFORE = "_aiomoto_before"


class SessionMemory:
    """Remembers what sessions had loaded when a mock met them first, so that a session from before works after it.

    Sessions load credentials and config files once. One that first did so inside a mock would go on with the fake keys.
    """

    def __init__(self) -> None:
        self._noted: WeakSet[Any] = WeakSet()
        self._models: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._lock = surviving_fork(Lock())

    def note(self, session: Any) -> None:
        """Note what a session has loaded so far, the first time, and so before any thread loads more."""
        with self._lock:
            if session in self._noted:
                return
            loaded = {name: vars(session)[name] for name in _LOADED if name in vars(session)}
            registry = vars(session.__dict__.get("_components", object))
            before = (loaded, {name: dict(registry[name]) for name in _REGISTRY if name in registry})
            # In the session, which it refers to: anywhere else it would keep the session alive as long as the mock.
            vars(session)[_BEFORE] = before
            self._noted.add(session)
            if hides_files():
                _hide_what_was_found(session, registry)
            if (models := self._models.get(session)) and _MODELS in registry["_deferred"]:
                registry["_deferred"][_MODELS] = lambda: models

    def forget_mock(self) -> None:
        """Let every session that was noted forget what it has loaded since.

        What it has parsed of the service models it gets again in the next mock: a test suite's default session is used
        in all of its mocks.
        """
        for session in list(self._noted):
            loaded, registry = vars(session).get(_BEFORE, ({}, {}))
            vars(session).update(loaded)
            if registry:
                if models := vars(session._components)["_components"].get(_MODELS):
                    self._models[session] = models
                vars(session._components).update(registry)
            vars(session).pop(_BEFORE, None)
        self._noted.clear()


def _hide_what_was_found(session: Any, registry: Any) -> None:
    """Have a session look for credentials again, in the clean environment. Those that it was given it keeps."""
    for name, (component, create) in _FOUND_BY.items():
        if getattr(vars(session).get(name), "method", None) in _ways_to_find():
            vars(session)[name] = None
            registry["_components"].pop(component, None)
            registry["_deferred"][component] = getattr(session, create)


@cache
def _ways_to_find() -> frozenset[str]:
    return frozenset(str(each.METHOD) for each in CredentialProvider.__subclasses__())


memory = SessionMemory()


def _get_config_variable(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_config_variable(self: Any, *args: Any, **kwargs: Any) -> Any:
        memory.note(self)
        value = original(self, *args, **kwargs)
        return REGION if value is None and argument(args, kwargs, 0, "logical_name") == "region" else value

    return get_config_variable


def _instance_variables(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def instance_variables(self: Any) -> dict[str, Any]:
        variables: dict[str, Any] = original(self)
        # A profile whose files are hidden is left out: a machine that has none is no different.
        return {name: value for name, value in variables.items() if name != "profile" or not hides_files()}

    return instance_variables


REPLACEMENTS: tuple[tuple[Any, str, Any], ...] = (
    (Session, "get_config_variable", _get_config_variable),
    (Session, "instance_variables", _instance_variables),
)
