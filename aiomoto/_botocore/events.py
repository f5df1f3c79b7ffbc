"""Memoise what botocore's event system recomputes identically for each session and client.

A new session registers some 120 handlers. For each one botocore compares the event's name with a list of 45 aliases,
and inspects the handler's signature. Together this takes most of the time of creating a session.
"""

from __future__ import annotations

from functools import partial, wraps
from types import FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary

import botocore.hooks
from botocore.hooks import EVENT_ALIASES, EventAliaser

from aiomoto._patching.places import memoising
from aiomoto._patching.replacements import Target

_aliases: dict[str, str] = {}
_takes_kwargs: WeakKeyDictionary[FunctionType, Any] = WeakKeyDictionary()


def _init_event_aliaser(original: Any) -> Any:
    @wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        """Share the cache of names among all instances with the same aliases."""
        original(self, *args, **kwargs)
        event_aliases = args[1] if len(args) > 1 else kwargs.get("event_aliases")
        if event_aliases is None or event_aliases == EVENT_ALIASES:
            self._alias_name_cache = _aliases

    return init


@partial(memoising, libraries=("botocore",))
def _accepts_kwargs(original: Any) -> Any:
    @wraps(original)
    def accepts_kwargs(func: Any) -> Any:
        # A bound method is a new object each time; its function stays the same.
        function = func.__func__ if isinstance(func, MethodType) else func
        if not isinstance(function, FunctionType):
            return original(func)
        if function not in _takes_kwargs:
            _takes_kwargs[function] = original(func)
        return _takes_kwargs[function]

    return accepts_kwargs


_WANTED = (
    (EventAliaser, "__init__", _init_event_aliaser),
    (botocore.hooks, "accepts_kwargs", _accepts_kwargs),
)
# If a version of botocore lacks one of these names, mocks are only slower.
REPLACEMENTS: tuple[Target, ...] = tuple(each for each in _WANTED if each[1] in vars(each[0]))
