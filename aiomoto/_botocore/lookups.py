"""Hide what the SDKs look up outside their sessions: instance metadata, bearer tokens, client-side monitoring."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import botocore.handlers
import botocore.tokens
from aiobotocore.utils import AioIMDSFetcher
from botocore.monitoring import SocketPublisher
from botocore.utils import IMDSFetcher

from aiomoto._environment.variables import environment
from aiomoto._patching.replacements import Target

_DISABLED = "AWS_EC2_METADATA_DISABLED"
_TOKEN = "AWS_BEARER_TOKEN_BEDROCK"


def _is_process_environ(environ: Any) -> bool:
    """Tell whether an optional argument stands for the environment of this process."""
    return environ is None or environ is os.environ


def _init_fetcher(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        # A test that passes another environment wants to use Moto's instance metadata.
        if environment.hides and len(args) < 4 and _is_process_environ(kwargs.get("env")):
            kwargs["env"] = {**os.environ, _DISABLED: environment.tests_own(_DISABLED) or "true"}
        original(self, *args, **kwargs)

    return init


def _get_token_from_environment(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_token_from_environment(*args: Any, **kwargs: Any) -> Any:
        token = original(*args, **kwargs)
        environ = args[1] if len(args) > 1 else kwargs.get("environ")
        if token is None or not environment.hides or not _is_process_environ(environ):
            return token
        return token if token == environment.tests_own(_TOKEN) else None

    return get_token_from_environment


def _publish(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def publish(self: Any, event: Any) -> None:
        """Publish nothing: a report of a mocked call would leave the process."""

    return publish


REPLACEMENTS: tuple[Target, ...] = (
    (IMDSFetcher, "__init__", _init_fetcher),
    (AioIMDSFetcher, "__init__", _init_fetcher),
    (botocore.handlers, "get_token_from_environment", _get_token_from_environment),
    (botocore.tokens, "get_token_from_environment", _get_token_from_environment),
    (SocketPublisher, "publish", _publish),
)
