"""Bearer tokens: those of the machine are hidden inside a mock, those that a session was given are not."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.tokens import FrozenAuthToken, SSOTokenProvider, TokenProviderChain

from aiomoto import MockAWS, mock_aws
from tests.snapshot import nothing_left_behind

BEARER = Config(signature_version="bearer")
SIGNED_ON = """
[default]
sso_session = company
[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = us-east-1
"""


@pytest.fixture(autouse=True)
def _no_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


class Given:
    METHOD = "given"

    def load_token(self, **kwargs: Any) -> FrozenAuthToken:
        return FrozenAuthToken("given")


def client_of(session: Any) -> Any:
    return session.create_client("sqs", "us-east-1", config=BEARER)


def token_of(aws: MockAWS) -> str:
    return str(aws.calls.last.headers["Authorization"])


@pytest.fixture
def signed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A session whose token is in the cache of a single sign-on."""
    (tmp_path / "config").write_text(SIGNED_ON)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    token = {"accessToken": "real", "expiresAt": "2999-01-01T00:00:00Z"}
    session = botocore.session.Session()
    provider = SSOTokenProvider(session, cache={sha1(b"company").hexdigest(): token})
    session.register_component("token_provider", TokenProviderChain([provider]))
    return session


def test_a_token_of_the_machine_is_hidden_inside(signed_on: Any) -> None:
    client = client_of(signed_on)
    assert signed_on.get_auth_token().get_frozen_token().token == "real"
    with nothing_left_behind(), mock_aws() as aws:
        assert signed_on.get_auth_token() is None
        for each in (client, client_of(signed_on)):
            each.list_queues()
            assert token_of(aws) == "Bearer FOOBARTOKEN"

    assert signed_on.get_auth_token().get_frozen_token().token == "real"


@pytest.mark.parametrize("before", [True, False], ids=["before", "inside"])
@pytest.mark.parametrize("extended", [True, False], ids=["in-the-chain", "alone"])
def test_a_token_that_a_session_was_given_is_kept(signed_on: Any, extended: bool, before: bool) -> None:
    def give() -> None:
        chain = [Given(), SSOTokenProvider(signed_on)] if extended else [Given()]
        signed_on.register_component("token_provider", TokenProviderChain(chain))

    if before:
        give()
    with mock_aws() as aws:
        if not before:
            give()
        client_of(signed_on).list_queues()
        assert token_of(aws) == "Bearer given"
    assert signed_on.get_auth_token().token == "given"


def test_a_token_that_the_test_sets_inside_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "of-the-machine")
    old = botocore.session.Session().create_client("bedrock", "us-east-1")
    with mock_aws() as aws:
        botocore.session.Session().create_client("bedrock", "us-east-1").list_custom_models()
        assert "Credential=FOOBARKEY/" in token_of(aws)
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "of-the-test")
        botocore.session.Session().create_client("bedrock", "us-east-1").list_custom_models()
        assert token_of(aws) == "Bearer of-the-test"
        old.list_custom_models()
        assert "of-the-machine" not in token_of(aws)
