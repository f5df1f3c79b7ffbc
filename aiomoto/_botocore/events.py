"""What botocore's event system works out anew for each session and client, and is the same for all of them.

A new session registers some 120 handlers. For each one botocore looks whether the event's name has an alias, in a list
of 45, and inspects the handler's signature, which together is most of what a new session costs.
"""

from __future__ import annotations

from functools import partial, wraps
from types import FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary

import botocore.hooks
from botocore.hooks import EVENT_ALIASES, EventAliaser

from aiomoto._patching.places import remembers

_aliases: dict[str, str] = {}
_takes_kwargs: WeakKeyDictionary[FunctionType, Any] = WeakKeyDictionary()


def _init_event_aliaser(original: Any) -> Any:
    @wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        """Share the names that were looked up, with all that have the same aliases."""
        original(self, *args, **kwargs)
        event_aliases = args[1] if len(args) > 1 else kwargs.get("event_aliases")
        if event_aliases is None or event_aliases == EVENT_ALIASES:
            self._alias_name_cache = _aliases

    return init


@partial(remembers, libraries=("botocore",))
def _accepts_kwargs(original: Any) -> Any:
    @wraps(original)
    def accepts_kwargs(func: Any) -> Any:
        # A method is another object each time; its function is not.
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
# With a botocore that lacks one of them, mocks are slower and otherwise the same.
REPLACEMENTS: tuple[tuple[Any, str, Any], ...] = tuple(each for each in _WANTED if each[1] in vars(each[0]))
