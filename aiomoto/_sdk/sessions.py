"""What botocore's sessions do inside a mock: fall back to a region, pass over profiles, and forget it all after it."""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from aiomoto._environment import REGION, hides_files
from aiomoto._lock import surviving_fork

# Where a session keeps what it once loaded: the config files, the profile, credentials, and the component registry
# with the credential and token providers (botocore.session.Session, ComponentLocator).
_LOADED = ("_config", "_profile_map", "_credentials", "_auth_token")
_REGISTRY = ("_components", "_deferred")
# The one component that costs much and knows nothing of credentials: the service models that the session has parsed.
_MODELS = "data_loader"
# Where it is noted in the session itself, for as long as a mock is live.
_BEFORE = "_aiomoto_before"


class SessionMemory:
    """Remembers what sessions had loaded when a mock first saw them, so that a session from before works after it.

    Sessions load credentials and config files once. One that first did so inside a mock would go on with the fake keys.
    """

    def __init__(self) -> None:
        self._seen: WeakSet[Any] = WeakSet()
        self._models: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._lock = surviving_fork(Lock())

    def see(self, session: Any) -> None:
        """Note what a session has loaded so far, the first time it is seen, and so before any thread loads more."""
        with self._lock:
            if session in self._seen:
                return
            loaded = {name: vars(session)[name] for name in _LOADED if name in vars(session)}
            registry = vars(session.__dict__.get("_components", object))
            before = (loaded, {name: dict(registry[name]) for name in _REGISTRY if name in registry})
            # In the session, which it refers to: anywhere else it would keep the session alive as long as the mock.
            vars(session)[_BEFORE] = before
            self._seen.add(session)
            if (models := self._models.get(session)) and _MODELS in registry["_deferred"]:
                registry["_deferred"][_MODELS] = lambda: models

    def forget_mock(self) -> None:
        """Let every session that was seen forget what it has loaded since.

        What it has parsed of the service models it gets again in the next mock: a test suite's default session is used
        in all of its mocks.
        """
        for session in list(self._seen):
            loaded, registry = vars(session).get(_BEFORE, ({}, {}))
            vars(session).update(loaded)
            if registry:
                if models := vars(session._components)["_components"].get(_MODELS):
                    self._models[session] = models
                vars(session._components).update(registry)
            vars(session).pop(_BEFORE, None)
        self._seen.clear()


def region_fallback(name: str, value: Any) -> Any:
    """The value of a config variable, or a region where none is configured."""
    return REGION if name == "region" and value is None else value


def without_hidden_profile(variables: dict[str, Any]) -> dict[str, Any]:
    """A session's own variables, but for a profile whose files are hidden: a machine that has none is no different."""
    return {name: value for name, value in variables.items() if name != "profile" or not hides_files()}
