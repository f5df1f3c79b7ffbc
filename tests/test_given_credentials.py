"""Credentials that a session was given are its own inside a mock too, and afterwards they are what they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
import pytest
from aiobotocore.credentials import (
    AioAssumeRoleCredentialFetcher,
    AioCredentialResolver,
    AioCredentials,
    AioDeferredRefreshableCredentials,
)
from aiobotocore.session import AioSession, get_session
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    AssumeRoleProvider,
    AssumeRoleWithWebIdentityCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
    EnvProvider,
    RefreshableCredentials,
    create_assume_role_refresher,
)

from aiomoto import MockAWS, mock_aws
from tests.environments import use_files

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")]

ROLE = "arn:aws:iam::111122223333:role/reader"
IN_ROLE = {"RoleArn": ROLE, "RoleSessionName": "test"}
KEYS = {"access_key": "AKIAGIVEN", "secret_key": "given", "token": "token", "expiry_time": "2999-01-01T00:00:00Z"}
# What botocore's own providers call themselves.
METHODS = ("assume-role", "assume-role-with-web-identity", "custom-process", "iam-role", "container-role", "sso", "env")


class Given(CredentialProvider):  # type: ignore[misc]
    METHOD = "assume-role"
    CANONICAL_NAME = "custom-given"

    def load(self) -> Any:
        return Credentials("AKIAGIVEN", "given", method=self.METHOD)


class GivenAsync(Given):
    async def load(self) -> Any:
        return AioCredentials("AKIAGIVEN", "given", method=self.METHOD)


def role() -> dict[str, str]:
    answer = boto3.client("sts", region_name="us-east-1").assume_role(**IN_ROLE)["Credentials"]
    return {
        "access_key": answer["AccessKeyId"],
        "secret_key": answer["SecretAccessKey"],
        "token": answer["SessionToken"],
        "expiry_time": answer["Expiration"].isoformat(),
    }


async def role_async() -> dict[str, str]:
    return role()


def keys(session: Any) -> None:
    session.set_credentials("AKIAGIVEN", "given")


def assigned(session: Any) -> None:
    session._credentials = Credentials("AKIAGIVEN", "given", method="assume-role")


def from_metadata(session: Any) -> None:
    session._credentials = RefreshableCredentials.create_from_metadata(KEYS, lambda: KEYS, "assume-role")


def resolver(session: Any) -> None:
    session.register_component("credential_provider", CredentialResolver([Given()]))


def provider_before_the_chain(session: Any) -> None:
    session.get_component("credential_provider").insert_before("env", Given())


def provider_after_the_environment(session: Any) -> None:
    session.get_component("credential_provider").insert_after("env", Given())


def variables_of_its_own(session: Any) -> None:
    environ = {"AWS_ACCESS_KEY_ID": "AKIAGIVEN", "AWS_SECRET_ACCESS_KEY": "given"}
    session.register_component("credential_provider", CredentialResolver([EnvProvider(environ=environ)]))


KEPT_KEYS = (
    keys,
    assigned,
    from_metadata,
    resolver,
    provider_before_the_chain,
    provider_after_the_environment,
    variables_of_its_own,
)


def client_refresher(session: Any) -> None:
    sts = boto3.client("sts", "us-east-1", aws_access_key_id="AKIASOURCE", aws_secret_access_key="source")
    refresh = create_assume_role_refresher(sts, IN_ROLE)
    session._credentials = DeferredRefreshableCredentials(refresh_using=refresh, method="assume-role")


def fetcher(session: Any) -> None:
    made = AssumeRoleCredentialFetcher(session.create_client, Credentials("AKIASOURCE", "source"), ROLE)
    session._credentials = DeferredRefreshableCredentials(made.fetch_credentials, "assume-role")


def web_identity_fetcher(session: Any) -> None:
    made = AssumeRoleWithWebIdentityCredentialFetcher(session.create_client, lambda: "token", ROLE)
    session._credentials = DeferredRefreshableCredentials(made.fetch_credentials, "assume-role-with-web-identity")


def profile_of_its_own(session: Any) -> None:
    profiles = {
        "base": {"aws_access_key_id": "AKIASOURCE", "aws_secret_access_key": "source"},
        "reader": {"role_arn": ROLE, "source_profile": "base"},
    }
    made = AssumeRoleProvider(lambda: {"profiles": profiles}, session.create_client, {}, "reader")
    session.register_component("credential_provider", CredentialResolver([made]))


def refreshed_with(method: str) -> Callable[[Any], None]:
    def refreshable(session: Any) -> None:
        session._credentials = DeferredRefreshableCredentials(role, method)

    return refreshable


ROLES = {
    **{each.__name__: each for each in (client_refresher, fetcher, web_identity_fetcher, profile_of_its_own)},
    **{f"refreshable-{method}": refreshed_with(method) for method in (*METHODS, "sts-assume-role")},
}
when = pytest.mark.parametrize("before", [True, False], ids=["before", "inside"])


def signed_by(aws: MockAWS) -> str:
    return str(aws.calls.last.headers["Authorization"].partition("Credential=")[2].partition("/")[0])


def prepared(mock: MockAWS, session: Any, give: Callable[[Any], None], before: bool) -> None:
    """Give a session its credentials and start the mock, in one order or the other."""
    if before:
        give(session)
        mock.start()
    else:
        mock.start()
        give(session)


@when
@pytest.mark.parametrize("give", KEPT_KEYS, ids=lambda each: each.__name__)
def test_keys_that_a_session_was_given_sign(
    give: Any, before: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_files(tmp_path, monkeypatch)
    session, aws = botocore.session.Session(), mock_aws()
    prepared(aws, session, give, before)
    try:
        session.create_client("sqs", "us-east-1").list_queues()
        assert signed_by(aws) == "AKIAGIVEN"
        assert session.get_credentials().access_key == "AKIAGIVEN"
    finally:
        aws.stop()
    assert session.get_credentials().access_key == "AKIAGIVEN"


@when
@pytest.mark.parametrize("give", ROLES.values(), ids=ROLES.keys())
def test_a_role_that_a_session_was_given_is_assumed(give: Any, before: bool) -> None:
    session, aws = botocore.session.Session(), mock_aws()
    prepared(aws, session, give, before)
    try:
        client = boto3.Session(botocore_session=session, region_name="us-east-1").client("sts")
        assert client.get_caller_identity()["Account"] == "111122223333"
    finally:
        aws.stop()


def aio_refreshable(method: str) -> Callable[[Any], None]:
    def refreshable(session: Any) -> None:
        session._credentials = AioDeferredRefreshableCredentials(role_async, method)

    return refreshable


def aio_fetcher(session: Any) -> None:
    made = AioAssumeRoleCredentialFetcher(session.create_client, AioCredentials("AKIASOURCE", "source"), ROLE)
    session._credentials = AioDeferredRefreshableCredentials(made.fetch_credentials, "assume-role")


AIO_ROLES = {"fetcher": aio_fetcher, **{f"refreshable-{method}": aio_refreshable(method) for method in METHODS}}


async def account_of(session: AioSession) -> str:
    async with session.create_client("sts", "us-east-1") as client:
        return str((await client.get_caller_identity())["Account"])


@when
@pytest.mark.parametrize("give", AIO_ROLES.values(), ids=AIO_ROLES.keys())
async def test_a_role_that_an_aiobotocore_session_was_given_is_assumed(give: Any, before: bool) -> None:
    session, aws = get_session(), mock_aws()
    prepared(aws, session, give, before)
    try:
        assert await account_of(session) == "111122223333"
    finally:
        aws.stop()


@when
@pytest.mark.parametrize("extended", [True, False], ids=["in-the-chain", "alone"])
async def test_a_provider_that_an_aiobotocore_session_was_given_is_asked(extended: bool, before: bool) -> None:
    def give(session: AioSession) -> None:
        if extended:
            session.get_component("credential_provider").insert_after("env", GivenAsync())
        else:
            session.register_component("credential_provider", AioCredentialResolver([GivenAsync()]))

    session, aws = get_session(), mock_aws()
    prepared(aws, session, give, before)
    try:
        async with session.create_client("sqs", "us-east-1") as sqs:
            await sqs.list_queues()
        assert signed_by(aws) == "AKIAGIVEN"
    finally:
        aws.stop()
    assert (await session.get_credentials()).access_key == "AKIAGIVEN"


# ---------------------------------------------------------------- after the mock


def test_credentials_forget_what_they_were_refreshed_to_inside() -> None:
    answers = iter(({**KEYS, "access_key": "AKIAINSIDE"}, {**KEYS, "access_key": "AKIAAFTER"}))
    session = botocore.session.Session()
    session._credentials = DeferredRefreshableCredentials(lambda: next(answers), "assume-role")
    with mock_aws() as aws:
        for _ in range(2):
            session.create_client("sqs", "us-east-1").list_queues()
            assert signed_by(aws) == "AKIAINSIDE"

    assert session.get_credentials().access_key == "AKIAAFTER"


async def test_credentials_of_aiobotocore_forget_it_too() -> None:
    answers = iter(({**KEYS, "access_key": "AKIAINSIDE"}, {**KEYS, "access_key": "AKIAAFTER"}))

    async def refresh() -> Any:
        return next(answers)

    credentials = AioDeferredRefreshableCredentials(refresh, "assume-role")
    with mock_aws():
        assert (await credentials.get_frozen_credentials()).access_key == "AKIAINSIDE"
    assert (await credentials.get_frozen_credentials()).access_key == "AKIAAFTER"


@pytest.mark.parametrize("kind", [AssumeRoleCredentialFetcher, AioAssumeRoleCredentialFetcher])
async def test_a_cache_of_roles_gets_none_of_motos(kind: Any) -> None:
    is_sync = kind is AssumeRoleCredentialFetcher
    cache: dict[str, Any] = {}
    session: Any = botocore.session.Session() if is_sync else get_session()
    source = (Credentials if is_sync else AioCredentials)("AKIASOURCE", "source")
    made = kind(session.create_client, source, ROLE, cache=cache)
    with mock_aws() as aws:
        for _ in range(2):
            found = made.fetch_credentials() if is_sync else await made.fetch_credentials()
            assert found["access_key"].startswith("ASIA")
        assert len(aws.calls) == 1

    assert cache == {}
