"""Attach the operation's model to each request that a client prepares.

A client's endpoint creates a request for each attempt, and knows the operation's model, whatever the client's session,
endpoint and signing name, also in clients created before the mock. The HTTP session below sees only the request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from aiobotocore.endpoint import AioEndpoint
from botocore.endpoint import Endpoint

from aiomoto._aws.endpoint_hosts import root_of
from aiomoto._aws.operations import shared_model
from aiomoto._wire.message import OPERATION, ROOT


def _with_model(endpoint: Any, request: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    model = kwargs.get("operation_model") if len(args) < 2 else args[1]
    if model is not None:
        setattr(request, OPERATION, shared_model(model))
        if root := root_of(endpoint.host):
            setattr(request, ROOT, root)
    return request


def _create_request(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def create_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_model(self, original(self, *args, **kwargs), args, kwargs)

    return create_request


def _create_request_async(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def create_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_model(self, await original(self, *args, **kwargs), args, kwargs)

    return create_request


REPLACEMENTS = (
    (Endpoint, "create_request", _create_request),
    (AioEndpoint, "create_request", _create_request_async),
)
