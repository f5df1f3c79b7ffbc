"""The AWS environment of a mocked test: the same on every machine, and put back exactly.

A developer's profile, SSO login, role or container must not change what a test does, and no test may see real keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

# Moto's own fake keys (moto.core.models.MockAWS).
ACCESS_KEY = "FOOBARKEY"
SECRET_KEY = "FOOBARSECRET"
REGION = "us-east-1"

# The values of some variables; ``None`` where one is taken out.
Variables = Mapping[str, str | None]

CLEAN: dict[str, str | None] = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_EC2_METADATA_DISABLED": "true",
    # Empty, and there on every platform.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    # Whatever else leads botocore to credentials or changes whose they are (botocore.credentials, botocore.tokens).
    "AWS_SESSION_TOKEN": None,  # a token beside the fake keys fails Moto's IAM checks
    "AWS_SECURITY_TOKEN": None,
    "AWS_CREDENTIAL_EXPIRATION": None,
    "AWS_ACCOUNT_ID": None,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": None,  # it may require the account that is hidden
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
    "AWS_ROLE_ARN": None,
    "AWS_ROLE_SESSION_NAME": None,
    "AWS_WEB_IDENTITY_TOKEN_FILE": None,
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": None,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": None,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": None,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": None,
    "AWS_BEARER_TOKEN_BEDROCK": None,
}

_ENDPOINT_URL = "AWS_ENDPOINT_URL"
# Beside an endpoint of one's own, the first is ignored with it and the others are errors.
_BESIDE_ENDPOINT = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT")
_LOOPBACK = ("127.0.0.1", "localhost", ".localhost")


def variables_for_endpoint(url: str) -> dict[str, str | None]:
    """The variables that lead AWS clients, of other languages and in child processes too, to an endpoint.

    Keys are not among them. A region that is set stays; clients differ in which of its variables they read, and what is
    in one of them is for those of the other too.
    """
    others = [name for name in os.environ if name.startswith(f"{_ENDPOINT_URL}_")]
    return {
        **dict.fromkeys([*others, *_BESIDE_ENDPOINT]),
        _ENDPOINT_URL: url,
        # pyarrow, polars and deltalake once read only this one, or only the other.
        f"{_ENDPOINT_URL}_S3": url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": region(),
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION") or region(),
        **{name: _with_loopback(os.environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def region() -> str:
    """The region that the environment names, or the one that a mock falls back to."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION


def keys() -> tuple[str, str, str | None]:
    """Access key, secret key and session token of the environment, or the fake ones."""
    access_key, secret_key = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        return access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN")
    return ACCESS_KEY, SECRET_KEY, None


def _with_loopback(hosts: str) -> str:
    return ",".join(dict.fromkeys([host for host in hosts.split(",") if host] + list(_LOOPBACK)))


def hides_files() -> bool:
    """Tell whether the config and credentials files of this machine are hidden, and the test has no others."""
    return all(os.environ.get(name) == os.devnull for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"))


class CleanEnvironment:
    """Fake credentials and nothing else that leads to an account, while at least one user wants it so.

    Each user finds what it asks for on entering, whatever the test did to it since the last one. Each leaves it as
    found, in any order: who leaves early hands what he found to the next who changed the same variable.
    """

    def __init__(self) -> None:
        self._found: dict[object, dict[str, str | None]] = {}

    def enter(self, user: object, variables: Variables = CLEAN) -> None:
        """Set and take out variables for one more user."""
        self._found[user] = {name: os.environ.get(name) for name in variables}
        for name, value in variables.items():
            _put(name, value)

    def leave(self, user: object) -> None:
        """Put back what this user found; nothing happens if it never entered."""
        if user not in self._found:
            return
        users = list(self._found)
        later = [self._found[each] for each in users[users.index(user) + 1 :]]
        for name, value in self._found[user].items():
            if heir := next((found for found in later if name in found), None):
                heir[name] = value
            else:
                _put(name, value)
        # Last, so that what Ctrl-C has stopped half way can be done again.
        del self._found[user]


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
