"""Configurations with a :class:`aiomoto.MotoHTTPClient`: they need neither credentials nor a region.

The SDK has no place where a transport could bring these along. So while such a transport exists, the resolution of
configurations is replaced; what has another transport resolves as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import finalize

from smithy_aws_core.config import aws_config
from smithy_aws_core.config.resolvers import resolve_region
from smithy_aws_core.config.types import UNSET

from aiomoto._environment.variables import ACCESS_KEY, REGION, SECRET_KEY
from aiomoto._patching.replacements import Replacements

_replacements = Replacements()
_held: set[int] = set()
_KEYS = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
_CREDENTIALS = (*_KEYS, "aws_session_token", "aws_credentials_identity_resolver")


def hold(transport: Any) -> None:
    """Have the configurations of a transport resolve, for as long as the transport exists.

    Raises:
        AiomotoError: this release of the SDK resolves configurations in another way.
    """
    _held.add(id(transport))
    finalize(transport, _release, id(transport)).atexit = False  # also where the rest fails
    _replacements.open()
    _replacements.put([(aws_config.AsyncAwsConfig, "_resolve_fields", _resolve_fields)], again=True)


def _release(number: int) -> None:
    _held.discard(number)
    if not _held:
        _replacements.close()


def _resolve_fields(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def resolve_fields(self: Any, overrides: dict[str, Any]) -> None:
        if id(overrides.get("transport")) in _held:
            overrides = await _completed(self.resolution_context(), overrides)
        await original(self, overrides)

    return resolve_fields


async def _completed(context: Any, overrides: dict[str, Any]) -> dict[str, Any]:
    keys = {} if any(overrides.get(name) is not None for name in _CREDENTIALS) else _KEYS
    is_given = "region" in overrides or (await resolve_region(context)).value is not UNSET
    return {**overrides, **keys, **({} if is_given else {"region": REGION})}
