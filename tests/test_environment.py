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
from tests.environments import every_environment, use_environment, use_files
from tests.loopback import LoopbackServer, loopback_server
from tests.snapshot import nothing_left_behind


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_files(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def metadata() -> Iterator[LoopbackServer]:
    """A server that a credential fetcher could reach."""
    with loopback_server() as server:
        yield server


@pytest.fixture
def _set(
    environment: dict[str, str], metadata: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(environment, metadata.url, tmp_path, monkeypatch)


FAKE = ("FOOBARKEY", "FOOBARSECRET", None)


@pytest.mark.thorough
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
