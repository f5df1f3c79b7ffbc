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
    settings = _settings()
    found = {name: dict(vars(module)) for name, module in list(sys.modules.items()) if _is_watched(name)}
    # In their order: of two with one name, as a named tuple and the class that is based on it, the first counts.
    classes = dict.fromkeys(value for names in found.values() for value in names.values() if isinstance(value, type))
    for each in classes:
        if _is_watched(each.__module__):
            found.setdefault(f"{each.__module__}.{each.__qualname__}", dict(vars(each)))
    for owner, values in settings.items():
        found.setdefault(owner, {}).update(values)
    return found


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
        if name.startswith("__") or ismodule(one) or ismodule(other):
            return True
    elif name in _IGNORED:
        return True
    # Identity for what could have been replaced; values for what has no identity worth the name.
    return one is other or (isinstance(one, (int, str, list, dict)) and type(one) is type(other) and one == other)
