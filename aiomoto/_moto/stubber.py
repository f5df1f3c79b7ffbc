"""Moto's own hook into clients, a ``before-send`` handler, and how it is kept out of asynchronous ones."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore.endpoint import EndpointCreator
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber


def detach_moto_stubber() -> None:
    """Take Moto's handler off the client that is being made, if an ``EndpointCreator`` is making one.

    The handler answers with a synchronous response, which an asynchronous client cannot await. While one of our mocks
    is live it stands aside anyway; a session that is wired by hand has nothing but its own constructor, from which the
    creator, and with it the new client's events, is a frame or two up.
    """
    frame = inspect.currentframe()
    for _ in range(6):
        frame = frame.f_back if frame else None
        creator = frame.f_locals.get("self") if frame else None
        if isinstance(creator, EndpointCreator):
            creator._event_emitter.unregister("before-send", botocore_stubber)
            return


def _stand_aside(original: Callable[..., Any]) -> Callable[..., None]:
    @wraps(original)
    def handler(self: Any, *args: Any, **kwargs: Any) -> None:
        """Answer nothing, so that the request goes on to the session's ``send``."""

    return handler


REPLACEMENTS: tuple[tuple[Any, str, Any], ...] = ((BotocoreStubber, "__call__", _stand_aside),)
