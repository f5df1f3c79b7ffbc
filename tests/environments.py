"""The AWS environments of many machines: what a developer may have set up, and what CI or a container brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

CONFIG = """
[default]
region = eu-west-3
output = json

[profile work]
region = sa-east-1

[profile sso]
sso_session = company
sso_account_id = 111122223333
sso_role_name = Developer
region = eu-central-1

[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = eu-central-1

[profile process]
credential_process = /nonexistent/program

[profile role]
role_arn = arn:aws:iam::111122223333:role/developer
source_profile = work

[profile web]
role_arn = arn:aws:iam::111122223333:role/developer
web_identity_token_file = /nonexistent/token

[profile elsewhere]
endpoint_url = http://127.0.0.1:1
"""
CREDENTIALS = """
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = secret

[work]
aws_access_key_id = AKIAWORK
aws_secret_access_key = secret
aws_session_token = token
"""


def use_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the process a developer's config and credentials files."""
    for variable, name, text in (
        ("AWS_CONFIG_FILE", "config", CONFIG),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", CREDENTIALS),
    ):
        (folder / name).write_text(text)
        monkeypatch.setenv(variable, str(folder / name))


# "files" stands for the two files, "{metadata}" for the URL of a server that a credential fetcher could ask.
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "bare": {},
    "files": {"files": "yes"},
    "missing-profile": {"AWS_PROFILE": "missing"},
    "missing-default-profile": {"AWS_DEFAULT_PROFILE": "missing"},
    "missing-profile-of-files": {"files": "yes", "AWS_PROFILE": "missing"},
    "profile": {"files": "yes", "AWS_PROFILE": "work"},
    "sso-profile": {"files": "yes", "AWS_PROFILE": "sso"},
    "process-profile": {"files": "yes", "AWS_PROFILE": "process"},
    "role-profile": {"files": "yes", "AWS_PROFILE": "role"},
    "web-identity-profile": {"files": "yes", "AWS_PROFILE": "web"},
    "endpoint-profile": {"files": "yes", "AWS_PROFILE": "elsewhere"},
    "web-identity": {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token",
        "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/developer",
        "AWS_ROLE_SESSION_NAME": "me",
    },
    "container-relative": {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"},
    "container-full": {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "{metadata}/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token",
    },
    "container-token-file": {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "{metadata}/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nonexistent/token",
    },
    "instance-metadata": {
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{metadata}",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4",
    },
    "automatic-defaults": {"AWS_DEFAULTS_MODE": "auto", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{metadata}"},
    "keys": {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SECRET_ACCESS_KEY": "mine"},
    "half-a-key": {"AWS_ACCESS_KEY_ID": "AKIAMINE"},
    "session-token": {
        "AWS_ACCESS_KEY_ID": "ASIAMINE",
        "AWS_SECRET_ACCESS_KEY": "mine",
        "AWS_SESSION_TOKEN": "token",
        "AWS_SECURITY_TOKEN": "token",
    },
    "expired-keys": {
        "AWS_ACCESS_KEY_ID": "ASIAMINE",
        "AWS_SECRET_ACCESS_KEY": "mine",
        "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
    },
    "bearer-token": {"AWS_BEARER_TOKEN_BEDROCK": "token"},
    "account": {"AWS_ACCOUNT_ID": "111122223333"},
    "account-endpoints": {"AWS_ACCOUNT_ID_ENDPOINT_MODE": "required"},
    "empty-variables": {"AWS_PROFILE": "", "AWS_SESSION_TOKEN": "", "AWS_ACCESS_KEY_ID": ""},
    "proxies": {"HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"},
    "certificates": {"AWS_CA_BUNDLE": "/nonexistent/certificates"},
    "execution": {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13", "AWS_LAMBDA_FUNCTION_NAME": "mine"},
}
every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())


def use_environment(environment: dict[str, str], metadata: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up one of the environments."""
    for name, value in environment.items():
        if name == "files":
            use_files(folder, monkeypatch)
        else:
            monkeypatch.setenv(name, value.format(metadata=metadata))


def each_environment_in_turn(metadata: str, folder: Path) -> Iterator[AbstractContextManager[None]]:
    """Go through the environments: each is a context, and an error in one of them names it."""

    @contextmanager
    def use(name: str) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            use_environment(ENVIRONMENTS[name], metadata, folder, patch)
            try:
                yield
            except Exception as error:
                raise AssertionError(f"in the environment {name!r}: {error!r}") from error

    return map(use, ENVIRONMENTS)
