"""What a mock could leave behind in the process: every attribute of the AWS and HTTP libraries, and the settings."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import isclass, ismodule
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


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Fail if anything of the process is not the same after the body as before it, also when the body raises."""
    before = snapshot()
    try:
        yield
    finally:
        left = changes(before, snapshot())
        assert not left, "left behind: " + "; ".join(left)


def snapshot() -> dict[str, Any]:
    """Every attribute of the loaded libraries' modules and classes, the environment, and Moto's settings, by name."""
    found: dict[str, Any] = {}
    for module_name, module in list(sys.modules.items()):
        if not _is_watched(module_name):
            continue
        for name, value in list(vars(module).items()):
            # A submodule becomes an attribute of its package whenever somebody first imports it.
            if name.startswith("__") or ismodule(value):
                continue
            found[f"{module_name}.{name}"] = value
            if isclass(value) and _is_watched(value.__module__):
                owner = f"{value.__module__}.{value.__qualname__}"
                own = [(name, each) for name, each in list(vars(value).items()) if name not in _IGNORED]
                found.update({f"{owner}.{name}": each for name, each in own})
    return found | _settings()


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Name what differs between two snapshots, apart from modules that were loaded in between."""
    loaded_before = {name.rpartition(".")[0] for name in before}
    return sorted(
        name
        for name in before.keys() | after.keys()
        if name.rpartition(".")[0] in loaded_before and not _same(before.get(name, _MISSING), after.get(name, _MISSING))
    )


def _settings() -> dict[str, Any]:
    from botocore.handlers import BUILTIN_HANDLERS
    from moto.core.config import default_user_config
    from moto.core.models import botocore_stubber, responses_mock

    return {
        "botocore.handlers.BUILTIN_HANDLERS[]": list(BUILTIN_HANDLERS),
        "moto.core.config.default_user_config[]": copy.deepcopy(dict(default_user_config)),
        "moto.core.models.botocore_stubber.enabled": botocore_stubber.enabled,
        "moto.core.models.responses_mock.registered()": len(responses_mock.registered()),
        "os.environ": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
    }


def _is_watched(module: str) -> bool:
    return any(module == library or module.startswith(f"{library}.") for library in _LIBRARIES)


def _same(one: Any, other: Any) -> bool:
    # Identity for what could have been replaced; values for what has no identity worth the name.
    return one is other or (isinstance(one, (int, str, list, dict)) and type(one) is type(other) and one == other)
