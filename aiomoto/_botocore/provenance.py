"""Where credentials are from: the default chain of a session, or somebody who gave them to it.

A mock hides the first and keeps the second. Where it cannot be told, they count as found, and are hidden.
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

# The attribute of credentials that says which mock they belong to: they were found inside of it, or given to a session.
OF_MOCK = "_aiomoto_of_mock"


def is_found(credentials: Any, mock: object) -> bool:
    """Tell whether a default chain has found credentials outside of the mock."""
    attributes = vars(credentials)
    if attributes.get("method") not in _ways_to_find() or attributes.get(OF_MOCK) is mock:
        return False
    refresh = attributes.get("_refresh_using")
    return refresh is None or _is_of_chain(refresh)


def is_found_token(token: Any) -> bool:
    """Tell whether a default chain has found a bearer token outside: by a sign-on, or in the environment."""
    if isinstance(token, FrozenAuthToken):
        return environment.was_there("AWS_BEARER_TOKEN_BEDROCK", token.token)
    refresh = vars(token).get("_refresh_using") if isinstance(token, DeferredRefreshableToken) else None
    return isinstance(getattr(refresh, "__self__", None), SSOTokenProvider)


def extends_default(resolver: Any) -> bool:
    """Tell whether a session has built this resolver, whatever was put into it since.

    All of a default chain that reads profiles does so by functions of the library's own.
    """
    if not isinstance(resolver, CredentialResolver):
        return False
    for provider in resolver.providers:
        if isinstance(provider, AssumeRoleProvider):
            # Without this name a session's own resolver would count as given, and find real credentials.
            check_instance(provider, "botocore.credentials", "AssumeRoleProvider")
    return any(is_librarys(getattr(provider, "_load_config", None)) for provider in resolver.providers)


def is_given_resolver(resolver: Any) -> bool:
    """Tell whether somebody has given a session this resolver, or a provider in it."""
    return not extends_default(resolver) or any(map(is_foreign, resolver.providers))


def is_foreign(provider: Any) -> bool:
    """Tell whether a provider is none of a default chain's: of another class, or with sources of its own."""
    if not is_librarys(type(provider)) or getattr(provider, "environ", os.environ) is not os.environ:
        return True
    load_config = getattr(provider, "_load_config", None)
    return load_config is not None and not is_librarys(load_config)


def is_librarys(function_or_class: Any) -> bool:
    """Tell whether a function or a class is one of botocore's or aiobotocore's."""
    module = getattr(function_or_class, "__module__", None) or ""
    return module.partition(".")[0] in ("botocore", "aiobotocore")


@cache
def _ways_to_find() -> frozenset[str]:
    return frozenset(str(each.METHOD) for each in CredentialProvider.__subclasses__() if is_librarys(each))


def _is_of_chain(refresh: Any) -> bool:
    # A refresher that asks for a one-time password is around another one (``create_mfa_serial_refresher``).
    around = getattr(refresh, "__self__", refresh)
    if is_librarys(type(around)) and "_refresh" in getattr(around, "__dict__", {}):
        return _is_of_chain(around._refresh)
    fetcher = getattr(refresh, "__self__", None)
    if fetcher is None:
        # Those of a chain are made by its providers. ``create_assume_role_refresher`` is for everybody.
        return is_librarys(refresh) and "Provider." in getattr(refresh, "__qualname__", "")
    if isinstance(fetcher, BaseAssumeRoleCredentialFetcher):
        # In recipes it makes its clients by the session's ``create_client``, in a chain by a function of the chain's.
        return is_librarys(type(fetcher)) and _makes_nested_clients(fetcher)
    return is_librarys(type(fetcher))


def _makes_nested_clients(fetcher: Any) -> bool:
    creator = getattr(fetcher, "_client_creator", None)
    return getattr(creator, "__module__", None) in ("botocore.credentials", "aiobotocore.credentials")
