"""The secrets of the access keys that a mock knows."""

from __future__ import annotations

import os

from aiomoto._moto.loaded import loaded_backends


def secret_of(access_key: str) -> str | None:
    """Find the secret of an access key: of the environment, of a role's session, or of an IAM user.

    Returns ``None`` for others, such as those that a client was given.
    """
    if access_key == os.environ.get("AWS_ACCESS_KEY_ID"):
        return os.environ.get("AWS_SECRET_ACCESS_KEY")
    for backend in loaded_backends("sts", "sts_backends"):
        if role := backend.get_assumed_role_from_access_key(access_key):
            return str(role.secret_access_key)
    for backend in loaded_backends("iam", "iam_backends"):
        key = backend.access_keys.get(access_key)
        if key is not None and not key.role_arn:
            return str(key.secret_access_key)
    return None
