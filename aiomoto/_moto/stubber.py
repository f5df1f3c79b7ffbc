"""Switch off Moto's own hook into clients, a ``before-send`` handler."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.core.botocore_stubber import BotocoreStubber


def _stand_aside(original: Callable[..., Any]) -> Callable[..., None]:
    @wraps(original)
    def handler(self: object, *args: object, **kwargs: object) -> None:
        """Return no response, so that the request reaches the HTTP session's ``send``."""

    return handler


REPLACEMENTS: tuple[tuple[Any, str, Any], ...] = ((BotocoreStubber, "__call__", _stand_aside),)
