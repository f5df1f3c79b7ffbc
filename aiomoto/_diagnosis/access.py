"""Where the SDKs would find credentials without a mock. Nothing is run or requested, and no value is shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.session import Session

from aiomoto._environment.variables import HIDDEN

# What must all be set, and what the SDKs then do.
_IN_VARIABLES = (
    (("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "keys"),
    (("AWS_BEARER_TOKEN_BEDROCK",), "a token for Bedrock"),
    (("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"), "a role for a web identity"),
    (("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",), "the credentials of a container"),
    (("AWS_CONTAINER_CREDENTIALS_FULL_URI",), "the credentials of a container"),
)
# The settings of a profile that give credentials, and what they are.
_IN_PROFILES = {
    "aws_access_key_id": "keys",
    "credential_process": "a program that prints keys",
    "role_arn": "a role",
    "sso_session": "a login by SSO",
    "sso_start_url": "a login by SSO",
    "login_session": "a login",
}
_ENDPOINTS = "AWS_ENDPOINT_URL"


def hidden_variables() -> list[str]:
    """Name the variables of this environment that a mock hides from the SDKs."""
    return sorted(name for name in HIDDEN if name in os.environ)


def sources() -> Iterator[str]:
    """Say where credentials are, in the environment and in files."""
    for variables, what in _IN_VARIABLES:
        if all(os.environ.get(name) for name in variables):
            yield f"{what}, from the environment: {', '.join(variables)}"
    session = Session()
    profile = session.get_config_variable("profile") or "default"
    for setting, what in _IN_PROFILES.items():
        if setting in _settings(session, profile):
            yield f"{what}, from the profile {profile!r}: {setting}"


def _settings(session: Session, profile: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = session.full_config["profiles"].get(profile, {})
    except BotoCoreError:  # a file that cannot be read gives no credentials
        return {}
    return found


def asks_instance() -> bool:
    """Whether the SDKs would ask the metadata service of an instance, where they find nothing else."""
    return os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() != "true"


def endpoint_variables() -> list[str]:
    """Name the variables that lead requests elsewhere than to AWS."""
    return sorted(name for name in os.environ if name == _ENDPOINTS or name.startswith(f"{_ENDPOINTS}_"))
