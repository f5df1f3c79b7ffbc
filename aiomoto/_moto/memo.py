"""What Moto works out anew in each call of an operation, and always to the same end.

Each of these looks only at what its result depends on, and leaves all else to the original: with a version that lacks
one of them, or does it another way, calls are slower and otherwise the same.
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

from aiomoto._patching.places import remembers

_once = partial(remembers, libraries=("moto",))

# In older versions of Moto, its services write their answers themselves.
_Picker: Any = None
with suppress(ImportError):
    _Picker = import_module("moto.core.serialize").XFormedAttributePicker


class _MethodNames(Collection[str]):
    """The names of the methods of a class, which are asked for one name and would be listed with 200 look-ups."""

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
        """Compare a host with ten patterns once. Moto does it six times for each request."""
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
        """Remember under which names an object may have a field. Moto tries five aliases for each."""
        # These are all that Moto's own aliases depend on.
        providers, owner = tuple(self.alias_providers), context.obj
        if hasattr(owner, "Meta") or not are_motos(providers):
            return original(self, context)  # type: ignore[no-any-return]
        asked = (type(self), providers, context.key, context.shape, owner.__class__.__name__)
        if asked not in found:
            found[asked] = tuple(original(self, context))
        return found[asked]

    return get_possible_keys


@_once
def _get_random_string(original: Any) -> Any:
    @wraps(original)
    def get_random_string(
        self: random.Random, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> str:
        """Draw what ``choice()`` draws, without its three calls for each of the 52 letters of a request's id."""
        pool = string.ascii_letters + string.digits if include_digits else string.ascii_letters
        bits, draw = len(pool).bit_length(), self.getrandbits
        letters: list[str] = []
        while len(letters) < length:
            if (number := draw(bits)) < len(pool):
                letters.append(pool[number])
        return "".join(letters).lower() if lower_case else "".join(letters)

    return get_random_string


_WANTED: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (moto.core.responses, "method_names_from_class", _method_names_from_class),
    (_Picker, "get_possible_keys", _get_possible_keys),
    (MotoRandom, "get_random_string", _get_random_string),
)
REPLACEMENTS = tuple(each for each in _WANTED if each[1] in getattr(each[0], "__dict__", ()))


def s3_targets(responses: ModuleType) -> tuple[tuple[Any, str, Callable[[Any], Any]], ...]:
    """What is replaced in ``moto.s3.responses``."""
    name = "subdomain_based_buckets"
    found = vars(responses.S3Response).get(name)
    # In older versions it is a method of the object, and asks for more than the host.
    if type(found) is not staticmethod:
        return ()
    return ((responses.S3Response, name, lambda _: staticmethod(_subdomain_based_buckets(found.__func__))),)


TARGETS = {"moto.s3.responses": s3_targets}
