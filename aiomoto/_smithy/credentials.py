"""The SDK's credentials inside a mock: given ones are kept, and those that it finds belong to the mock.

A chain that was created before the mock holds what it has found there. In its place a new one is asked, which finds
what the test has set.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from aiomoto._environment.variables import ACCESS_KEY, FAKE_KEYS, SECRET_KEY, environment
from aiomoto._patching.places import argument, with_argument
from aiomoto._patching.replacements import Target

# The mock in which each chain was created, and what stands for one from before a mock.
_created_in: WeakKeyDictionary[Any, object] = WeakKeyDictionary()
_in_place_of: WeakKeyDictionary[Any, tuple[object, Any]] = WeakKeyDictionary()


def chain_targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``smithy_aws_core.identity.chain``."""
    chain = module.IdentityChain
    return (chain, "__init__", _init), (chain, "get_identity", _get_identity)


def _init(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if mock := environment.hides:
            _created_in[self] = mock
            if kwargs.get("identity_type") is _identity_class():
                found = argument(args, kwargs, 0, "resolvers")
                args, kwargs = with_argument(args, kwargs, 0, "resolvers", [*found, _fakes()])
        original(self, *args, **kwargs)

    return __init__


def _get_identity(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def get_identity(self: Any, *args: Any, **kwargs: Any) -> Any:
        mock = environment.hides
        is_found = mock and _created_in.get(self) is not mock and self.identity_type is _identity_class()
        chain = await _new_chain(self, mock) if is_found else self
        return await original(chain, *args, **kwargs)

    return get_identity


async def _new_chain(chain: Any, mock: object) -> Any:
    known = _in_place_of.get(chain)
    if known is None or known[0] is not mock:
        known = _in_place_of[chain] = (mock, await type(chain).create(_identity_class()))
    return known[1]


# ---------------------------------------------------------------- the environment


def environment_targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``smithy_aws_core.identity.environment``."""
    return ((module.EnvironmentCredentialsResolver, "get_identity", _from_environment),)


def _from_environment(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def get_identity(self: Any, *args: Any, **kwargs: Any) -> Any:
        # Not the original, which keeps in the resolver what it has found.
        return identity_of_test() if environment.hides else await original(self, *args, **kwargs)

    return get_identity


def identity_of_test() -> Any:
    """The credentials that the test has set in the environment, or else the fake ones."""
    key, secret = (environment.tests_own(name) or FAKE_KEYS[name] for name in FAKE_KEYS)
    return _identity_class()(
        access_key_id=key,
        secret_access_key=secret,
        session_token=environment.tests_own("AWS_SESSION_TOKEN"),
        account_id=environment.tests_own("AWS_ACCOUNT_ID"),
    )


def _fakes() -> Any:
    from smithy_aws_core.identity.static import StaticCredentialsResolver

    return StaticCredentialsResolver(_identity_class()(access_key_id=ACCESS_KEY, secret_access_key=SECRET_KEY))


def _identity_class() -> Any:
    from smithy_aws_core.identity.components import AWSCredentialsIdentity

    return AWSCredentialsIdentity
