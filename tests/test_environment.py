"""The AWS environment inside a mock is the same on every machine, and afterwards it is what it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.loopback import LoopbackServer, loopback_server
from tests.snapshot import nothing_left_behind

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


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's config and credentials files."""
    for variable, name, text in (
        ("AWS_CONFIG_FILE", "config", CONFIG),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", CREDENTIALS),
    ):
        (tmp_path / name).write_text(text)
        monkeypatch.setenv(variable, str(tmp_path / name))


@pytest.fixture(scope="module")
def metadata() -> Iterator[LoopbackServer]:
    """A server that a credential fetcher could reach."""
    with loopback_server() as server:
        yield server


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


@pytest.fixture
def _set(
    environment: dict[str, str],
    request: pytest.FixtureRequest,
    metadata: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        if name == "files":
            request.getfixturevalue("files")
        else:
            monkeypatch.setenv(name, value.format(metadata=metadata.url))


every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
FAKE = ("FOOBARKEY", "FOOBARSECRET", None)


@every_environment
@pytest.mark.usefixtures("_set")
def test_boto3_finds_the_same_as_on_a_bare_machine(metadata: LoopbackServer) -> None:
    before = len(metadata.received)
    with nothing_left_behind(), mock_aws():
        session = boto3.Session()
        assert tuple(session.get_credentials().get_frozen_credentials())[:3] == FAKE
        assert session.region_name is None or session.region_name == "us-east-1"
        for service, call in (("s3", "list_buckets"), ("dynamodb", "list_tables"), ("bedrock", "list_custom_models")):
            client = boto3.client(service)
            assert client.meta.region_name == "us-east-1"
            getattr(client, call)()
        identity = boto3.client("sts").get_caller_identity()
        assert identity["Account"] == "123456789012"
    assert metadata.received[before:] == []


@every_environment
@pytest.mark.usefixtures("_set")
@pytest.mark.anyio
async def test_aiobotocore_finds_the_same_as_on_a_bare_machine(metadata: LoopbackServer) -> None:
    before = len(metadata.received)
    with nothing_left_behind():
        async with mock_aws():
            session = get_session()
            credentials = await (await session.get_credentials()).get_frozen_credentials()
            assert tuple(credentials)[:3] == FAKE
            for service, call in (
                ("s3", "list_buckets"),
                ("dynamodb", "list_tables"),
                ("bedrock", "list_custom_models"),
            ):
                async with session.create_client(service) as client:
                    assert client.meta.region_name == "us-east-1"
                    await getattr(client, call)()
    assert metadata.received[before:] == []


@pytest.mark.anyio
@pytest.mark.usefixtures("files")
async def test_each_http_stack_finds_the_fakes(client: ClientFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    async with mock_aws(), client("sts") as sts:
        assert sts.meta.region_name == "us-east-1"
        assert (await sts.get_caller_identity())["Account"] == "123456789012"


# ---------------------------------------------------------------- what is the user's own


@pytest.mark.anyio
async def test_the_users_region_is_respected(client: ClientFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    async with mock_aws(), client("sqs") as sqs:
        assert sqs.meta.region_name == "ap-south-1"
        assert boto3.client("sqs").meta.region_name == "ap-south-1"
        assert boto3.Session().region_name == "ap-south-1"
        assert os.environ["AWS_DEFAULT_REGION"] == "ap-south-1"


def test_a_variable_that_botocore_does_not_read_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    with mock_aws():
        assert os.environ["AWS_REGION"] == "ap-south-1"


@pytest.mark.anyio
async def test_a_clients_own_region_and_keys_win(client: ClientFactory) -> None:
    own = {"region_name": "eu-north-1", "aws_access_key_id": "AKIAOWN", "aws_secret_access_key": "own"}
    async with mock_aws(), client("sqs", **own) as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        assert sqs.meta.region_name == "eu-north-1"
        assert boto3.client("sqs", **own).list_queues()["QueueUrls"] == [url]


def test_keys_that_a_test_sets_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        assert boto3.Session().get_credentials().access_key == "AKIATEST"


# ---------------------------------------------------------------- mock_credentials


@pytest.mark.parametrize("nested", [False, True], ids=["alone", "inside-another"])
def test_mock_credentials_false_leaves_the_environment_alone(
    nested: bool, files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    before = dict(os.environ)
    own_keys = mock_aws(config={"core": {"mock_credentials": False}})

    with nothing_left_behind(), own_keys:
        if nested:
            with mock_aws(config={"core": {"mock_credentials": False}}):
                assert dict(os.environ) == before
        assert dict(os.environ) == before
        assert boto3.Session().get_credentials().access_key == "AKIAWORK"
        assert boto3.client("sqs").meta.region_name == "sa-east-1"


def test_a_mock_inside_one_without_credentials_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    with nothing_left_behind(), mock_aws(config={"core": {"mock_credentials": False}}):
        with mock_aws(config={"core": {"mock_credentials": True}}):
            assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAMINE"


# ---------------------------------------------------------------- changes while the mock is live


def test_what_the_test_sets_without_restoring_is_gone_after_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    with nothing_left_behind(), mock_aws():
        os.environ["AWS_PROFILE"] = "tests"
        os.environ["AWS_ACCESS_KEY_ID"] = "AKIATEST"


def test_other_variables_that_the_test_sets_stay() -> None:
    with pytest.MonkeyPatch.context() as patch:
        with mock_aws():
            patch.setenv("AWS_MAX_ATTEMPTS", "7")
        assert os.environ["AWS_MAX_ATTEMPTS"] == "7"


def test_a_mock_started_twice_restores_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    aws = mock_aws()
    seen = []
    for change in (aws.start, aws.start, aws.stop, aws.stop):
        change()
        seen.append(os.environ["AWS_ACCESS_KEY_ID"])
    assert seen == ["FOOBARKEY", "FOOBARKEY", "FOOBARKEY", "AKIAMINE"]


def test_a_sessions_region_inside_is_no_region_after() -> None:
    session = boto3.Session()
    with mock_aws():
        assert session.client("sqs").meta.region_name == "us-east-1"
    assert session.region_name is None
