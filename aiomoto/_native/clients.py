"""Clients on Rust's object_store, which read the endpoint from the environment: without one, they are refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from types import ModuleType
from typing import Any

from aiomoto._native.classes import Importers, stand_in_for
from aiomoto._native.destination import blocked_error, is_s3, leads_to_aws, names_endpoint
from aiomoto._patching.places import argument
from aiomoto._patching.replacements import Target

_importers = Importers("obstore")


def _refuse(client: str, options: dict[str, Any] | None) -> None:
    if leads_to_aws() and not names_endpoint(options):
        raise blocked_error(client)


# ---------------------------------------------------------------- obstore


def _obstore_targets(store: ModuleType) -> tuple[Target, ...]:
    importers = _importers.names_of(vars(store).get("S3Store"))
    return ((store, "S3Store", _s3_store), *((module, name, _s3_store) for module, name in importers))


@lru_cache(maxsize=8)
def _s3_store(original: Any) -> Any:
    def create(cls: Any, /, *args: Any, **options: Any) -> Any:
        _refuse("obstore.store.S3Store", {**(options.get("config") or {}), **options})
        return cls(*args, **options)

    def from_url(url: str, **options: Any) -> Any:
        """Create a store from a URL, as obstore does."""
        _refuse(f"obstore's store for {url}", {**(options.get("config") or {}), **options})
        return original.from_url(url, **options)

    return stand_in_for(original, create, from_url=staticmethod(from_url))


# ---------------------------------------------------------------- deltalake


def _deltalake_targets(table: ModuleType) -> tuple[Target, ...]:
    return ((table.DeltaTable, "__init__", _delta_table),)  # which writers create first


def _delta_table(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        url = argument(args, kwargs, 0, "table_uri")
        if is_s3(url):
            _refuse(f"deltalake's table {url}", args[2] if len(args) > 2 else kwargs.get("storage_options"))
        original(self, *args, **kwargs)

    return __init__


# ---------------------------------------------------------------- polars


def _polars_targets(polars: ModuleType) -> tuple[Target, ...]:
    provider = vars(polars).get("CredentialProviderAWS")
    if provider is None:  # older versions ask nobody for credentials
        return ()
    owner = next(cls for cls in provider.__mro__ if "__call__" in vars(cls))
    return ((owner, "__call__", _credentials_of(provider)),)


def _credentials_of(provider: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def replacement(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def __call__(self: Any) -> Any:
            # polars asks for credentials before it sends anything to S3, unless it was given some.
            if isinstance(self, provider):
                _refuse("polars on S3", getattr(self, "_storage_options", None))
            return original(self)

        return __call__

    return replacement


TARGETS = {
    "deltalake.table": _deltalake_targets,
    "obstore.store": _obstore_targets,
    "polars": _polars_targets,
}
