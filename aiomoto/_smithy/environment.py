"""Hide the machine's credentials, profiles and files from the SDK, which reads ``os.environ`` in a few modules.

In these, the name ``os`` refers to an object whose ``environ`` hides what a mock hides; all else is the module's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from types import ModuleType
from typing import Any

from aiomoto._environment.variables import CLEAN, FAKE_KEYS, HIDDEN, REGION, environment
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target

_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
# What the SDK must find set even if the test has not set it.
_ALWAYS = {name: CLEAN[name] for name in (*_FILES, "AWS_EC2_METADATA_DISABLED")}


class _Environ(Mapping[str, str]):
    """``os.environ`` without the variables that a mock hides, but for those that the test has set."""

    def __getitem__(self, name: str) -> str:
        if not environment.hides or name not in HIDDEN:
            return os.environ[name]
        value = environment.tests_own(name) or _ALWAYS.get(name)
        if value is None and name in FAKE_KEYS and any(map(environment.tests_own, FAKE_KEYS)):
            value = FAKE_KEYS[name]  # the test has set the other one
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in {**os.environ, **_ALWAYS} if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Os:
    """Stands for the module ``os`` inside another one."""

    environ = _Environ()

    def getenv(self, key: str, default: Any = None) -> Any:
        """Read a variable."""
        return self.environ.get(key, default)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def os_targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in a module that reads the environment."""
    return ((module, "os", lambda original: _Os()),)


# ---------------------------------------------------------------- configuration


def config_targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``smithy_aws_core.config.merged_config``."""
    return ((module.MergedConfig, "get", _get),)


def _get(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get(self: Any, *args: Any, **kwargs: Any) -> Any:
        value = original(self, *args, **kwargs)
        is_region = argument(args, kwargs, 1, "key") == "region"
        return REGION if value is None and is_region and environment.hides else value

    return get


def validation_targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``smithy_aws_core.config.aws_config``."""
    return ((module, "validate_profile", _validate_profile),)


def _validate_profile(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def validate_profile(*args: Any, **kwargs: Any) -> None:
        # If its files are hidden, a profile does not exist, as on a machine without any.
        is_hidden = environment.hides and not any(map(environment.tests_own, _FILES))
        if not is_hidden or argument(args, kwargs, 1, "available_profiles"):
            original(*args, **kwargs)

    return validate_profile
