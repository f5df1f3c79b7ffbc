"""Memoise what Moto recomputes identically on every call.

Each replacement falls back to the original for arguments that it does not know. With a version of Moto that lacks one
of the functions, calls are slower, and otherwise the same.
"""

from __future__ import annotations

import os
import random
import string
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache, partial, wraps
from importlib import import_module
from inspect import isfunction
from types import ModuleType, SimpleNamespace
from typing import Any

import moto.core.responses
from moto import settings
from moto.moto_api._internal.moto_random import MotoRandom

from aiomoto._patching.places import memoising

_once = partial(memoising, libraries=("moto",))

# Older versions of Moto have no serializer.
_Picker: Any = None
with suppress(ImportError):
    _Picker = import_module("moto.core.serialize").XFormedAttributePicker


class _MethodNames(Collection[str]):
    """The method names of a class, looked up one by one: Moto lists all of them, with 200 lookups, to find one."""

    def __init__(self, owner: Any, list_them: Callable[[Any], list[str]]) -> None:
        self._owner = owner
        self._list_them = list_them

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and isfunction(getattr(self._owner, name, None))

    def __iter__(self) -> Iterator[str]:
        return iter(self._list_them(self._owner))

    def __len__(self) -> int:
        return len(self._list_them(self._owner))


@_once
def _method_names_from_class(original: Any) -> Any:
    @wraps(original)
    def method_names_from_class(clazz: Any) -> Collection[str]:
        return _MethodNames(clazz, original)

    return method_names_from_class


@_once
def _subdomain_based_buckets(original: Any) -> Any:
    @lru_cache(maxsize=1024)
    def remembered(host: str, _ignored: object, _custom_endpoints: object) -> Any:
        return original(SimpleNamespace(headers={"host": host}))

    @wraps(original)
    def subdomain_based_buckets(request: Any) -> Any:
        """Match a host against Moto's ten patterns once, and not six times per request."""
        host = request.headers.get("host")
        if not host:
            return original(request)
        ignored = settings.S3_IGNORE_SUBDOMAIN_BUCKETNAME
        return remembered(host, ignored, os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS"))

    return subdomain_based_buckets


@_once
def _get_possible_keys(original: Any) -> Any:
    found: dict[tuple[Any, ...], tuple[str, ...]] = {}

    @lru_cache(maxsize=64)
    def are_motos(providers: tuple[Any, ...]) -> bool:
        return all(each.__module__ == original.__module__ for each in providers)

    @wraps(original)
    def get_possible_keys(self: Any, context: Any) -> Iterable[str]:
        """Memoise the names under which an object may have a field: Moto computes five aliases for each field."""
        # Moto's own aliases depend on nothing else.
        providers, owner = tuple(self.alias_providers), context.obj
        if hasattr(owner, "Meta") or not are_motos(providers):
            return original(self, context)  # type: ignore[no-any-return]
        key = (type(self), providers, context.key, context.shape, owner.__class__.__name__)
        if key not in found:
            found[key] = tuple(original(self, context))
        return found[key]

    return get_possible_keys


@_once
def _get_random_string(original: Any) -> Any:
    @wraps(original)
    def get_random_string(
        self: random.Random, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> str:
        """Draw the same letters as ``choice()``, without its three calls for each of the 52 letters of a request id."""
        pool = string.ascii_letters + string.digits if include_digits else string.ascii_letters
        bits, draw = len(pool).bit_length(), self.getrandbits
        letters: list[str] = []
        while len(letters) < length:
            if (number := draw(bits)) < len(pool):
                letters.append(pool[number])
        return "".join(letters).lower() if lower_case else "".join(letters)

    return get_random_string


@_once
def _camelcase_to_underscores(original: Any) -> Any:
    remembered = lru_cache(maxsize=4096)(original)

    @wraps(original)
    def camelcase_to_underscores(argument: str) -> str:
        """Convert a name once: Moto goes through it letter by letter, twenty times for a message of SQS."""
        return remembered(argument)  # type: ignore[no-any-return]

    return camelcase_to_underscores


_CANDIDATES: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (moto.core.responses, "method_names_from_class", _method_names_from_class),
    (moto.core.responses, "camelcase_to_underscores", _camelcase_to_underscores),
    (_Picker, "get_possible_keys", _get_possible_keys),
    (MotoRandom, "get_random_string", _get_random_string),
)
REPLACEMENTS = tuple(each for each in _CANDIDATES if each[1] in getattr(each[0], "__dict__", ()))


def s3_targets(responses: ModuleType) -> tuple[tuple[Any, str, Callable[[Any], Any]], ...]:
    """What is patched in ``moto.s3.responses``."""
    name = "subdomain_based_buckets"
    found = vars(responses.S3Response).get(name)
    # In older versions it is an instance method, and depends on more than the host.
    if type(found) is not staticmethod:
        return ()
    return ((responses.S3Response, name, lambda _: staticmethod(_subdomain_based_buckets(found.__func__))),)


def sqs_targets(models: ModuleType) -> tuple[tuple[Any, str, Callable[[Any], Any]], ...]:
    """What is patched in ``moto.sqs.models``."""
    name = "camelcase_to_underscores"
    return ((models, name, _camelcase_to_underscores),) if name in vars(models) else ()


TARGETS = {"moto.s3.responses": s3_targets}
