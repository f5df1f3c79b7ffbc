"""The secrets of the access keys that a mock knows."""

from __future__ import annotations

import os
from typing import NamedTuple

from aiomoto._moto.loaded import loaded_backends


class Secret(NamedTuple):
    """What belongs to an access key.

    Attributes:
        key: the secret access key.
        token: the session token that requests have to carry; ``None`` if that is not known.
    """

    key: str
    token: str | None = None


def secret_of(access_key: str) -> Secret | None:
    """Find the secret of an access key: of the environment, of a role's session, or of an IAM user.

    Returns ``None`` for others, such as those that a client was given.
    """
    if access_key == os.environ.get("AWS_ACCESS_KEY_ID"):
        key = os.environ.get("AWS_SECRET_ACCESS_KEY")
        return Secret(key) if key is not None else None
    for backend in loaded_backends("sts", "sts_backends"):
        if role := backend.get_assumed_role_from_access_key(access_key):
            return Secret(str(role.secret_access_key), str(role.session_token))
    for backend in loaded_backends("iam", "iam_backends"):
        key = backend.access_keys.get(access_key)
        if key is not None and not key.role_arn:
            return Secret(str(key.secret_access_key))
    return None
