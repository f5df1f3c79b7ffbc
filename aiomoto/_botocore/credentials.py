"""The credentials of sessions inside a mock: explicit ones are kept, all others belong to the mock.

Inside a mock a session's default chain sees only what the test has set since the mock began, and falls back to the
fake keys. What it finds is forgotten when the mock ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from aiobotocore.credentials import AioCredentials, AioEnvProvider
from aiobotocore.session import AioSession
from botocore.credentials import Credentials, EnvProvider
from botocore.session import Session
from botocore.tokens import TokenProviderChain

from aiomoto._botocore.provenance import (
    OWNING_MOCK,
    extends_default,
    is_custom,
    is_found,
    is_found_token,
    is_library_code,
)
from aiomoto._botocore.sessions import notes, reads_files_of_test
from aiomoto._environment.variables import ACCESS_KEY, SECRET_KEY, environment
from aiomoto._patching.replacements import Target
from aiomoto._patching.required_names import check_instance

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_RELATED = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID")
_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"
_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
# The providers that read only config files (botocore.credentials.ProfileProviderBuilder).
_FILE_PROVIDERS = ("assume-role", "sso", "shared-credentials-file", "login", "custom-process", "config-file")


def keys_of_mock(*, asynchronous: bool) -> Any:
    """Return the default keys inside a mock: those that the test has set in the environment, or the fake ones."""
    environ = _environ()
    kind = AioCredentials if asynchronous else Credentials
    return kind(*(environ[name] for name in _KEYS), environ.get("AWS_SESSION_TOKEN"), method=EnvProvider.METHOD)


def _environ() -> dict[str, str]:
    """Return the environment variables for credentials that the SDKs see inside a mock."""
    fakes = dict(zip(_KEYS, (ACCESS_KEY, SECRET_KEY), strict=True))
    tests_own = {name: environment.tests_own(name) for name in (*_KEYS, *_RELATED)}
    return fakes | {name: value for name, value in tests_own.items() if value}


def _given(session: Any, mock: object) -> Any:
    """Return the credentials that a session was given explicitly, or ``None``."""
    credentials = vars(session).get("_credentials")
    if credentials is None or not is_found(credentials, mock):
        return credentials
    if "credential_provider" in _deferred(session) and not hasattr(credentials, "_refresh_using"):
        # The session's chain has never run: somebody has assigned them.
        vars(credentials)[OWNING_MOCK] = mock
        return credentials
    return None


def _deferred(session: Any) -> Any:
    """Return the factories of the components that a session has not created yet, by name."""
    check_instance(session, "botocore.session", "Session")
    check_instance(session._components, "botocore.session", "ComponentLocator")
    return session._components._deferred


def _resolver(session: Any) -> Any:
    """Return the provider or resolver of the credentials of a session that was given none."""
    registered, create = _registered(session), session._create_credential_resolver
    if registered is None and not is_library_code(create):
        registered = create()
    if registered is not None and not extends_default(registered):
        return registered
    last = _env_provider(session)
    is_extended = registered is not None and any(map(is_custom, registered.providers))
    if not is_extended and not _has_sources(session):
        return last
    fresh = create()
    usable = {each.METHOD: each for each in fresh.providers if _is_usable(each, session)}
    chain = list(usable.values())
    if is_extended:
        mixed = (each if is_custom(each) else usable.get(each.METHOD) for each in registered.providers)
        chain = [each for each in mixed if each is not None]
    return type(fresh)(providers=[*chain, last])


def _registered(session: Any) -> Any:
    """Return the session's resolver if it exists already or somebody has registered another one, else ``None``."""
    factory = _deferred(session).get("credential_provider")
    is_own = factory is not None and factory == session._create_credential_resolver
    return None if is_own else session.get_component("credential_provider")


def _env_provider(session: Any) -> Any:
    return (AioEnvProvider if isinstance(session, AioSession) else EnvProvider)(environ=_environ())


def _has_sources(session: Any) -> bool:
    """Tell whether the test has set anything that a default chain could find."""
    return any(map(environment.tests_own, (*_KEYS, _TOKEN_FILE, *_CONTAINER))) or reads_files_of_test(
        session.instance_variables()
    )


def _is_usable(provider: Any, session: Any) -> bool:
    """Tell whether a provider finds something, and only what the test has set inside the mock."""
    has_files = reads_files_of_test(session.instance_variables())
    if isinstance(provider, EnvProvider):
        provider.environ = _environ()
        return any(map(environment.tests_own, _KEYS))
    if provider.METHOD == "assume-role-with-web-identity":
        # It prefers the environment to the config files.
        return bool(environment.tests_own(_TOKEN_FILE)) or (has_files and _TOKEN_FILE not in os.environ)
    if provider.METHOD == "container-role":
        return any(map(environment.tests_own, _CONTAINER))
    return has_files and provider.METHOD in _FILE_PROVIDERS


def _keep(note: Any, credentials: Any, mock: object) -> Any:
    note.credentials = credentials
    if hasattr(credentials, "__dict__"):
        vars(credentials)[OWNING_MOCK] = mock
    return credentials


# ---------------------------------------------------------------- replacements


def _get_credentials(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_credentials(self: Any) -> Any:
        if not (mock := environment.hides):
            return original(self)
        note = notes.of(self, mock)
        if (credentials := _given(self, mock) or note.credentials) is not None:
            return credentials
        resolver = _resolver(self)
        found = resolver.load() if isinstance(resolver, EnvProvider) else resolver.load_credentials()
        return _keep(note, found, mock)

    return get_credentials


def _get_credentials_async(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def get_credentials(self: Any) -> Any:
        if not (mock := environment.hides):
            return await original(self)
        note = notes.of(self, mock)
        if (credentials := _given(self, mock) or note.credentials) is not None:
            return credentials
        resolver = _resolver(self)
        found = await (resolver.load() if isinstance(resolver, EnvProvider) else resolver.load_credentials())
        return _keep(note, found, mock)

    return get_credentials


def _get_auth_token(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_auth_token(self: Any, **kwargs: Any) -> Any:
        if not (mock := environment.hides):
            return original(self, **kwargs)
        note = notes.of(self, mock)
        service_token = _service_token(self, kwargs)
        if service_token is not None:
            return service_token
        given = vars(self).get("_auth_token")
        if given is not None and not is_found_token(given):
            return given
        if note.auth_token is None:
            note.auth_token = _token(self)
        return note.auth_token

    return get_auth_token


def _service_token(session: Any, kwargs: dict[str, Any]) -> Any:
    provider = _token_provider(session) if kwargs.get("signing_name") is not None else None
    return None if provider is None else provider.load_token(**kwargs)


def _token(session: Any) -> Any:
    provider = _token_provider(session)
    return None if provider is None else provider.load_token()


def _token_provider(session: Any) -> Any:
    """Return the provider of a session's bearer token, or ``None`` if it cannot find any."""
    factory = _deferred(session).get("token_provider")
    given: list[Any] = []
    if factory is None or factory != session._create_token_resolver:
        registered = session.get_component("token_provider")
        if not is_library_code(type(registered)):
            return registered
        given = [each for each in vars(registered).get("_providers", ()) if not is_library_code(type(each))]
    is_needed = environment.tests_own("AWS_BEARER_TOKEN_BEDROCK") or reads_files_of_test(session.instance_variables())
    chain = [*given, session._create_token_resolver()] if is_needed else given
    return TokenProviderChain(providers=chain) if chain else None


REPLACEMENTS: tuple[Target, ...] = (
    (Session, "get_credentials", _get_credentials),
    (AioSession, "get_credentials", _get_credentials_async),
    (Session, "get_auth_token", _get_auth_token),
)
