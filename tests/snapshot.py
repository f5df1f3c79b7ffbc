"""What a mock could leave behind in the process: every attribute of the AWS and HTTP libraries, and the settings."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from inspect import ismodule
from operator import is_
from typing import Any

_LIBRARIES = (
    "aiobotocore",
    "aiohttp",
    "boto3",
    "botocore",
    "fsspec",
    "httpx",
    "httpx2",
    "moto.backend_index",
    "moto.core",
    "moto.s3.responses",
    "moto.settings",
    "moto.sqs.models",
    "requests",
    "responses",
    "s3fs",
    "s3transfer",
    "smithy_aws_core",
    "smithy_core",
    "smithy_http",
    "urllib3",
)
# Python's own notes on a class, made when first asked for, a counter that Moto never winds back, and its lists of the
# instances of its models.
_IGNORED = (
    "__annotations__",
    "__annotations_cache__",
    "__slotnames__",
    "instances",
    "instances_tracked",
    "request_count",
)
# A lock that fsspec creates when it first needs one.
_CREATED_ONCE = "fsspec.asyn._lock"
_MISSING = object()


# Each namespace, of a module or a class, by its full name.
Snapshot = dict[str, dict[str, Any]]


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Fail if anything of the process is not the same after the body as before it, also when the body raises."""
    before = snapshot()
    try:
        yield
    finally:
        left = changes(before, snapshot())
        assert not left, "left behind: " + "; ".join(left)


def snapshot() -> Snapshot:
    """Every attribute of the loaded libraries' modules and classes, the environment, and Moto's settings."""
    found = {name: dict(vars(owner)) for name, owner in _owners().items()}
    for owner, values in _settings().items():
        found.setdefault(owner, {}).update(values)
    return found


def _owners() -> dict[str, Any]:
    """The modules and classes to look at, by their full names.

    They are listed anew when modules have come, not at each look: what takes the place of a class differs from it in
    the module that has it.
    """
    modules = {name: module for name, module in list(sys.modules.items()) if _is_watched(name)}
    if modules != _listed.get("modules"):
        names = [list(vars(module).values()) for module in modules.values()]
        # In their order: of two with one name, as a named tuple and the class that is based on it, the first counts.
        classes = dict.fromkeys(value for values in names for value in values if isinstance(value, type))
        watched = {f"{each.__module__}.{each.__qualname__}": each for each in reversed(classes) if _is_of_library(each)}
        _listed.update(modules=modules, owners=watched | modules)
    return _listed["owners"]


_listed: dict[str, dict[str, Any]] = {}


def _is_of_library(kind: type) -> bool:
    return _is_watched(kind.__module__)


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Name what differs between two snapshots, apart from modules that were loaded in between."""
    return sorted(
        f"{owner}.{name}"
        for owner in before.keys() & after.keys()
        if not _is_identical(before[owner], after[owner])
        for name in before[owner].keys() | after[owner].keys()
        if not _same(owner, name, before[owner].get(name, _MISSING), after[owner].get(name, _MISSING))
    )


def _is_identical(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether two namespaces have the same objects under the same names: nearly all, so the quick way counts."""
    return before.keys() == after.keys() and all(map(is_, before.values(), after.values()))


def _settings() -> Snapshot:
    from botocore.handlers import BUILTIN_HANDLERS
    from moto.core.config import default_user_config
    from moto.core.models import botocore_stubber, responses_mock

    return {
        "botocore.handlers": {"BUILTIN_HANDLERS[]": list(BUILTIN_HANDLERS)},
        "moto.core.config": {"default_user_config[]": copy.deepcopy(dict(default_user_config))},
        "moto.core.models": {
            "botocore_stubber.enabled": botocore_stubber.enabled,
            "responses_mock.registered()": len(responses_mock.registered()),
        },
        "os": {"environ": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}},
    }


@cache
def _is_watched(module: str) -> bool:
    return any(module == library or module.startswith(f"{library}.") for library in _LIBRARIES)


def _same(owner: str, name: str, one: Any, other: Any) -> bool:
    if owner in sys.modules:
        # A submodule becomes an attribute of its package whenever somebody first imports it.
        if name.startswith("__") or ismodule(one) or ismodule(other) or f"{owner}.{name}" == _CREATED_ONCE:
            return True
    elif name in _IGNORED:
        return True
    # Identity for what could have been replaced; values for what has no identity worth the name.
    return one is other or (isinstance(one, (int, str, list, dict)) and type(one) is type(other) and one == other)
