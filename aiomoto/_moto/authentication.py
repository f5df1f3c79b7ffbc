"""Moto's simulation of IAM in isolated mocks: each has its own switch, and its own count of unauthenticated requests.

Moto keeps both for the process: the switch in a module, the count in a class.
"""

from __future__ import annotations

import sys
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


def _switch(module: ModuleType) -> Any:
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
    settings.__class__ = _Settings


def join() -> None:
    """Undo what :func:`separate` has done beside the attributes. It does no harm to call this again."""
    settings.__class__ = ModuleType
