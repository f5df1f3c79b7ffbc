"""s3fs's file systems in isolated mocks: each world has instances of its own, and sees its own listings of directories.

fsspec caches an instance by the arguments it was created with, and an instance caches listings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from aiomoto._moto import worlds
from aiomoto._moto.views import View
from aiomoto._patching.replacements import Target

MODULE = "fsspec.spec"
_LISTINGS = ("_cache", "_times")


def targets(spec: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``fsspec.spec``."""
    return ((spec, "tokenize", _tokenize),)


def _tokenize(original: Callable[..., str]) -> Callable[..., str]:
    """Give instances that are created in a world keys of its own in fsspec's caches."""

    @wraps(original)
    def tokenize(*args: Any, **kwargs: Any) -> str:
        world = worlds.current()
        return original(*args, **kwargs) if world is None else original(*args, world.number, **kwargs)

    return tokenize


def separate_listings(fs: Any) -> None:
    """Keep the listings of a file system apart for each world: it may be used in several."""
    listings = vars(fs.dircache)
    for name in _LISTINGS:
        if not isinstance(listings[name], View):
            listings[name] = View(listings[name], dict)


def join_listings(fs: Any) -> None:
    """Undo :func:`separate_listings`."""
    listings = vars(fs.dircache)
    for name in _LISTINGS:
        if isinstance(view := listings.get(name), View):
            listings[name] = view.shared
