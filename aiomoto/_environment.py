"""The AWS environment of a mocked test: the same on every machine, and put back exactly.

A developer's profile, SSO login, role or container must not change what a test does, and no test may see real keys.
"""

from __future__ import annotations

import os

# Moto's own fake keys (moto.core.models.MockAWS).
ACCESS_KEY = "FOOBARKEY"
SECRET_KEY = "FOOBARSECRET"
REGION = "us-east-1"

_SET = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_EC2_METADATA_DISABLED": "true",
    # Empty, and there on every platform.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
# Whatever else leads botocore to credentials or changes whom they belong to (botocore.credentials, botocore.tokens).
_REMOVED = (
    "AWS_SESSION_TOKEN",  # a token beside the fake keys fails Moto's IAM checks
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",  # it may require the account that is hidden
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_BEARER_TOKEN_BEDROCK",
)


def hides_files() -> bool:
    """Tell whether the config and credentials files of this machine are hidden, and the test has no others."""
    return all(os.environ.get(name) == os.devnull for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"))


class CleanEnvironment:
    """Fake credentials and nothing else that leads to an account, while at least one user wants it so.

    Each user finds it clean on entering, whatever the test did to it since the last one. Each leaves it as found, in
    any order: who leaves early hands what he found to the next.
    """

    def __init__(self) -> None:
        self._found: dict[object, dict[str, str | None]] = {}

    def enter(self, user: object) -> None:
        """Clean the environment for one more user."""
        self._found[user] = {name: os.environ.get(name) for name in (*_SET, *_REMOVED)}
        for name in _REMOVED:
            os.environ.pop(name, None)
        os.environ.update(_SET)

    def leave(self, user: object) -> None:
        """Put back what this user found; nothing happens if it never entered."""
        if user not in self._found:
            return
        users, found = list(self._found), self._found[user]
        later = users[users.index(user) + 1 :]
        if later:
            self._found[later[0]] = found
        else:
            _put_back(found)
        # Last, so that what Ctrl-C has stopped half way can be done again.
        del self._found[user]


def _put_back(found: dict[str, str | None]) -> None:
    for name, value in found.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
