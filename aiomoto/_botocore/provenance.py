"""Tell whether credentials were found by a session's default chain, or given to it explicitly.

A mock hides credentials that were found, and keeps those that were given. In doubt they count as found.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from botocore.credentials import (
    AssumeRoleProvider,
    BaseAssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
)
from botocore.tokens import DeferredRefreshableToken, FrozenAuthToken, SSOTokenProvider

from aiomoto._environment.variables import environment
from aiomoto._patching.required_names import check_instance

# The attribute of credentials that holds the mock in which they were found, or given to a session.
OWNING_MOCK = "_aiomoto_mock"


def is_found(credentials: Any, mock: object) -> bool:
    """Tell whether a default chain has found credentials outside the mock."""
    attributes = vars(credentials)
    if attributes.get("method") not in _provider_methods() or attributes.get(OWNING_MOCK) is mock:
        return False
    refresh = attributes.get("_refresh_using")
    return refresh is None or _is_chains_refresher(refresh)


def is_found_token(token: Any) -> bool:
    """Tell whether a default chain has found a bearer token outside the mock: by SSO, or in the environment."""
    if isinstance(token, FrozenAuthToken):
        return environment.was_there("AWS_BEARER_TOKEN_BEDROCK", token.token)
    refresh = vars(token).get("_refresh_using") if isinstance(token, DeferredRefreshableToken) else None
    return isinstance(getattr(refresh, "__self__", None), SSOTokenProvider)


def extends_default(resolver: Any) -> bool:
    """Tell whether a session has created this resolver; providers may have been added since.

    A default chain contains providers that read profiles with the library's own functions.
    """
    if not isinstance(resolver, CredentialResolver):
        return False
    for provider in resolver.providers:
        if isinstance(provider, AssumeRoleProvider):
            # If this name were missing, a session's own resolver would count as given, and find real credentials.
            check_instance(provider, "botocore.credentials", "AssumeRoleProvider")
    return any(is_library_code(getattr(provider, "_load_config", None)) for provider in resolver.providers)


def is_given_resolver(resolver: Any) -> bool:
    """Tell whether somebody has given a session this resolver, or a provider in it."""
    return not extends_default(resolver) or any(map(is_custom, resolver.providers))


def is_custom(provider: Any) -> bool:
    """Tell whether a provider is not one of a default chain: it has another class, or its own environment or files."""
    if not is_library_code(type(provider)) or getattr(provider, "environ", os.environ) is not os.environ:
        return True
    load_config = getattr(provider, "_load_config", None)
    return load_config is not None and not is_library_code(load_config)


def is_library_code(function_or_class: Any) -> bool:
    """Tell whether a function or class is defined in botocore or aiobotocore."""
    module = getattr(function_or_class, "__module__", None) or ""
    return module.partition(".")[0] in ("botocore", "aiobotocore")


@cache
def _provider_methods() -> frozenset[str]:
    return frozenset(str(each.METHOD) for each in CredentialProvider.__subclasses__() if is_library_code(each))


def _is_chains_refresher(refresh: Any) -> bool:
    # The refresher that asks for a one-time password wraps another one (``create_mfa_serial_refresher``).
    wrapper = getattr(refresh, "__self__", refresh)
    if is_library_code(type(wrapper)) and "_refresh" in getattr(wrapper, "__dict__", {}):
        return _is_chains_refresher(wrapper._refresh)
    fetcher = getattr(refresh, "__self__", None)
    if fetcher is None:
        # A chain's refreshers are created in its providers. Users may call ``create_assume_role_refresher``.
        return is_library_code(refresh) and "Provider." in getattr(refresh, "__qualname__", "")
    if isinstance(fetcher, BaseAssumeRoleCredentialFetcher):
        # A user's fetcher creates clients with the session's ``create_client``, a chain's with the library's function.
        return is_library_code(type(fetcher)) and _creates_clients_of_chain(fetcher)
    return is_library_code(type(fetcher))


def _creates_clients_of_chain(fetcher: Any) -> bool:
    creator = getattr(fetcher, "_client_creator", None)
    return getattr(creator, "__module__", None) in ("botocore.credentials", "aiobotocore.credentials")
