"""Sign requests inside a mock with no keys that were found outside, and with fake keys if a client has none.

A client keeps its credentials for its whole life. One that was created before the mock may have found real ones, or
none, as on CI. The client itself stays as it is: after the mock it signs with its own credentials again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import botocore.auth
from aiobotocore.credentials import AioCachedCredentialFetcher, AioCredentials, AioRefreshableCredentials
from aiobotocore.signers import AioRequestSigner
from botocore.credentials import (
    CachedCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
    ReadOnlyCredentials,
    RefreshableCredentials,
)
from botocore.signers import RequestSigner
from botocore.tokens import FrozenAuthToken

from aiomoto._botocore.credentials import keys_of_mock
from aiomoto._botocore.notes import Notes
from aiomoto._botocore.provenance import is_found, is_found_token
from aiomoto._environment.variables import environment
from aiomoto._patching.replacements import Target
from aiomoto._patching.required_names import check_instance

FAKE_TOKEN = "FOOBARTOKEN"


class _Attributes:
    """The attributes that an object had when the note was created."""

    def __init__(self, owner: Any) -> None:
        self._attributes = dict(vars(owner))

    def end(self, owner: Any) -> None:
        vars(owner).update(self._attributes)


class _Twin:
    """A copy that replaces an object inside the mock, and is dropped with it."""

    def __init__(self, owner: Any) -> None:
        self.twin: Any = None

    def end(self, owner: Any) -> None:
        """No-op: the object itself has not changed."""


_refreshed: Notes[_Attributes] = Notes("refreshed", _Attributes)
_caches: Notes[_Twin] = Notes("cache", _Twin)


def end() -> None:
    """Undo all refreshes of explicit credentials inside the mock, and drop the caches of the mock."""
    _refreshed.end()
    _caches.end()


class _Overlay(dict[Any, Any]):
    """A cache that reads from another one too, and writes only to itself."""

    def __init__(self, cache: Any) -> None:
        super().__init__()
        self._cache = cache

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self._cache

    def __missing__(self, key: Any) -> Any:
        return self._cache[key]


def _frozen_keys() -> ReadOnlyCredentials:
    keys = keys_of_mock(asynchronous=False)
    return ReadOnlyCredentials(keys.access_key, keys.secret_key, keys.token)


# ---------------------------------------------------------------- signers


def _auth_with_token(signer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return an authentication with a fake bearer token if a token is required and the client's own is hidden."""
    version = kwargs.get("signature_version") or (args[2] if len(args) > 2 else None) or signer.signature_version
    kind = botocore.auth.AUTH_TYPE_MAPS.get(version)
    if kind is None or not kind.REQUIRES_TOKEN:
        return None
    check_instance(signer, "botocore.signers", "RequestSigner")
    token = signer._auth_token
    return kind(FrozenAuthToken(FAKE_TOKEN)) if token is None or is_found_token(token) else None


def _for_mock(signer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], mock: object) -> dict[str, Any]:
    """Add keys for a client that has none, and this mock's cache of S3 Express sessions, to the arguments."""
    try:
        needs_keys = signer._credentials is None and len(args) < 4 and not kwargs.get("request_credentials")
    except AttributeError:
        check_instance(signer, "botocore.signers", "RequestSigner")
        raise
    if needs_keys:
        kwargs = kwargs | {"request_credentials": keys_of_mock(asynchronous=isinstance(signer, AioRequestSigner))}
    if (cache := kwargs.get("identity_cache")) is not None:
        note = _caches.of(cache, mock)
        if note.twin is None:
            check_instance(cache, "botocore.utils", "IdentityCache")
            note.twin = type(cache)(cache._client, cache._credential_cls)
        kwargs = kwargs | {"identity_cache": note.twin}
    return kwargs


def _get_auth_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_auth_instance(self: Any, *args: Any, **kwargs: Any) -> Any:
        if mock := environment.hides:
            if auth := _auth_with_token(self, args, kwargs):
                return auth
            kwargs = _for_mock(self, args, kwargs, mock)
        return original(self, *args, **kwargs)

    return get_auth_instance


def _get_auth_instance_async(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def get_auth_instance(self: Any, *args: Any, **kwargs: Any) -> Any:
        if mock := environment.hides:
            if auth := _auth_with_token(self, args, kwargs):
                return auth
            kwargs = _for_mock(self, args, kwargs, mock)
        return await original(self, *args, **kwargs)

    return get_auth_instance


# ---------------------------------------------------------------- credentials


def _get_frozen_credentials(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_frozen_credentials(self: Any) -> Any:
        if (mock := environment.hides) and is_found(self, mock):
            return _frozen_keys()
        return original(self)

    return get_frozen_credentials


def _get_frozen_credentials_async(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def get_frozen_credentials(self: Any) -> Any:
        if (mock := environment.hides) and is_found(self, mock):
            return _frozen_keys()
        return await original(self)

    return get_frozen_credentials


def _refresh_needed(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def refresh_needed(self: Any, *args: Any, **kwargs: Any) -> Any:
        needed = original(self, *args, **kwargs)
        if needed and (mock := environment.hides):
            if is_found(self, mock):
                return False  # a refresh may run a program or ask for a password
            _refreshed.of(self, mock)
        return needed

    return refresh_needed


def _fetch_credentials(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def fetch_credentials(self: Any) -> Any:
        return original(_without_cache(self, mock) if (mock := environment.hides) else self)

    return fetch_credentials


def _without_cache(fetcher: Any, mock: object) -> Any:
    """Copy a fetcher of role credentials, so that Moto's do not get into its cache, which may be files on disk."""
    note = _caches.of(fetcher, mock)
    if note.twin is None:
        check_instance(fetcher, "botocore.credentials", "CachedCredentialFetcher")
        twin = object.__new__(type(fetcher))
        vars(twin).update(vars(fetcher), _cache=_Overlay(fetcher._cache))
        note.twin = twin
    return note.twin


REPLACEMENTS: tuple[Target, ...] = (
    *((RequestSigner, name, _get_auth_instance) for name in ("get_auth_instance", "get_auth")),
    *((AioRequestSigner, name, _get_auth_instance_async) for name in ("get_auth_instance", "get_auth")),
    (Credentials, "get_frozen_credentials", _get_frozen_credentials),
    (RefreshableCredentials, "get_frozen_credentials", _get_frozen_credentials),
    (AioCredentials, "get_frozen_credentials", _get_frozen_credentials_async),
    (AioRefreshableCredentials, "get_frozen_credentials", _get_frozen_credentials_async),
    (RefreshableCredentials, "refresh_needed", _refresh_needed),
    (DeferredRefreshableCredentials, "refresh_needed", _refresh_needed),
    (CachedCredentialFetcher, "fetch_credentials", _fetch_credentials),
    (AioCachedCredentialFetcher, "fetch_credentials", _fetch_credentials),
)
