"""The calls of the SDK, each of which may take several attempts. The SDK sends neither an id nor a number with them.

A pipeline runs a call. What it sends in the meantime is sent in its context, or in a task that it creates.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from types import ModuleType
from typing import Any
from uuid import uuid4

from aiomoto._aws.endpoint_hosts import root_of
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target
from aiomoto._wire.message import ATTEMPT, INVOCATION_ID


class Invocation:
    """One call of an operation.

    Args:
        endpoint: the endpoint URL that its client is configured with; ``None`` for that of AWS.

    Attributes:
        id: what all its attempts have in common.
        attempts: how many have been sent so far.
        root: the path of the endpoint URL; empty if it has none.
        service: the name of the service in its model, ``"bedrockruntime"``.
    """

    def __init__(self, service: str, endpoint: str | None) -> None:
        self.id = str(uuid4())
        self.attempts = 0
        self.root = root_of(endpoint) if endpoint else ""
        self.service = service

    def next_attempt(self) -> dict[str, Any]:
        """Count one more attempt, and return what identifies it."""
        self.attempts += 1
        return {ATTEMPT: self.attempts, INVOCATION_ID: self.id}


_current: ContextVar[Invocation | None] = ContextVar("aiomoto_sdk_invocation", default=None)


def current() -> Invocation | None:
    """The call that is running; ``None`` if a transport is used without a client."""
    return _current.get()


def _counting(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        token = _current.set(_invocation_of(argument(args, kwargs, 0, "call")))
        try:
            return await original(self, *args, **kwargs)
        finally:
            _current.reset(token)

    return run


def _invocation_of(call: Any) -> Invocation:
    config = call.context.get("config")
    endpoint: Any = getattr(config, "endpoint_uri", None)
    url = endpoint.build() if hasattr(endpoint, "build") else endpoint
    return Invocation(call.operation.schema.id.namespace.rpartition(".")[2], url)


def targets(client: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``smithy_core.aio.client``: all ways to run a call."""
    names = ("__call__", "input_stream", "output_stream", "duplex_stream")
    return tuple((client.RequestPipeline, name, _counting) for name in names)
