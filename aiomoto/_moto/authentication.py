"""Moto's simulation of IAM: on for single requests, and of its own in each isolated mock.

Moto keeps the switch in a module, and the count of unauthenticated requests in a class, both for the process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from types import ModuleType
from typing import Any

from moto import settings
from moto.core.responses import ActionAuthenticatorMixin

from aiomoto._moto import worlds
from aiomoto._patching.attributes import Attributes

_SWITCH = "INITIAL_NO_AUTH_ACTION_COUNT"


class _Counting(type):
    @property
    def request_count(cls) -> int:
        world = worlds.current()
        return ActionAuthenticatorMixin.request_count if world is None else world.request_count

    @request_count.setter
    def request_count(cls, count: int) -> None:
        if (world := worlds.current()) is None:
            ActionAuthenticatorMixin.request_count = count
        else:
            world.request_count = count


class _Counted(ActionAuthenticatorMixin, metaclass=_Counting):  # type: ignore[misc]
    """Stands for the class in the functions that count."""


_is_enforced: ContextVar[bool] = ContextVar("aiomoto_iam", default=False)


def _switch(module: ModuleType) -> Any:
    if _is_enforced.get():
        return 0
    world = worlds.current()
    shared = vars(module)[_SWITCH]
    return shared if world is None or world.unauthenticated is None else world.unauthenticated


def _set_switch(module: ModuleType, count: Any) -> None:
    if (world := worlds.current()) is None:
        vars(module)[_SWITCH] = count
    else:
        world.unauthenticated = count


# The type of ``moto.settings``.
_Settings = type("_Settings", (ModuleType,), {_SWITCH: property(_switch, _set_switch)})


def separate(attributes: Attributes) -> None:
    """Keep both apart for each world, until the attributes are put back and :func:`join` is called."""
    # The module that defines it is not the same in all versions of Moto.
    attributes.put(sys.modules[ActionAuthenticatorMixin.__module__], ActionAuthenticatorMixin.__name__, _Counted)
    _use(attributes)


def join() -> None:
    """Undo what :func:`separate` has done beside the attributes. It does no harm to call this again."""
    _leave(*(user for user in _users if isinstance(user, Attributes)))


@contextmanager
def enforced() -> Iterator[None]:
    """Let Moto check the permissions of what runs in the block, in this context."""
    token, user = _is_enforced.set(True), object()
    _use(user)
    try:
        yield
    finally:
        _leave(user)
        _is_enforced.reset(token)


# Who needs the switch to depend on the context. Handlers that wait run without the lock of Moto's backends.
_users: list[object] = []
_lock = Lock()


def _use(user: object) -> None:
    with _lock:
        _users.append(user)
        settings.__class__ = _Settings


def _leave(*users: object) -> None:
    with _lock:
        _users[:] = [each for each in _users if not any(each is user for user in users)]
        if not _users:
            settings.__class__ = ModuleType
