"""Variables that only the SDKs must not see are there for everybody else, and no way to clear them shows anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import botocore.session
import pytest
from aiobotocore.session import get_session

from aiomoto import MockAWS, mock_aws
from tests.environments import ENVIRONMENTS, use_environment, use_files
from tests.snapshot import nothing_left_behind

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.thorough,
]

# What applications read themselves, and tests set before a mock.
OF_APPLICATIONS = {
    "AWS_ACCOUNT_ID": "111122223333",
    "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/sync",
    "AWS_ROLE_SESSION_NAME": "sync",
    "AWS_SESSION_TOKEN": "token",
    "AWS_PROFILE": "work",
    "AWS_CONFIG_FILE": "/nonexistent/of/a/test",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials",
    "AWS_BEARER_TOKEN_BEDROCK": "token",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_CSM_ENABLED": "true",
}


@pytest.mark.parametrize("name", OF_APPLICATIONS)
def test_a_variable_of_the_test_can_be_read_inside(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, OF_APPLICATIONS[name])
    with nothing_left_behind(), mock_aws():
        assert os.environ[name] == OF_APPLICATIONS[name]


def test_the_keys_are_all_that_a_mock_changes() -> None:
    before = dict(os.environ)
    with mock_aws():
        keys = {"AWS_ACCESS_KEY_ID": "FOOBARKEY", "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET"}
        assert dict(os.environ) == before | keys


# With an endpoint, other processes and native clients find what leads there, and nothing of an account.
FOR_OTHERS = {
    "AWS_ACCOUNT_ID": "111122223333",
    "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/sync",
    "AWS_ROLE_SESSION_NAME": "sync",
    "AWS_SESSION_TOKEN": None,
    "AWS_PROFILE": None,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_WEB_IDENTITY_TOKEN_FILE": None,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": None,
    "AWS_BEARER_TOKEN_BEDROCK": None,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CSM_ENABLED": None,
}


@pytest.mark.parametrize("way", ["environment", "given"])
def test_what_other_processes_find_is_clean(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OF_APPLICATIONS.items():
        monkeypatch.setenv(name, value)
    with nothing_left_behind(), mock_aws(endpoint=way == "environment") as aws:
        environ = dict(os.environ) if way == "environment" else aws.endpoint.environ()
        assert {name: environ.get(name) for name in FOR_OTHERS} == FOR_OTHERS
        assert environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"


def test_what_is_given_to_a_process_is_clean_though_the_test_has_cleared_the_environment() -> None:
    home = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with mock_aws(endpoint=True) as aws, patch.dict(os.environ, home, clear=True):
        given = aws.endpoint.environ()
    assert (given["AWS_ACCESS_KEY_ID"], given["AWS_CONFIG_FILE"]) == ("FOOBARKEY", os.devnull)


# ---------------------------------------------------------------- a test that clears the environment


def signed_by(aws: MockAWS) -> str:
    return str(aws.calls.last.headers["Authorization"].partition("Credential=")[2].partition("/")[0])


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The variables of a developer who has set up AWS in the folder where everybody does."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    (folder / "config").write_text(f"[default]\nregion = eu-west-3\ncredential_process = {program}\n")
    (folder / "credentials").write_text("[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = secret\n")
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}


@pytest.mark.parametrize("profile", [None, "work"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "inside"])
async def test_a_cleared_environment_shows_no_profile(
    home: dict[str, str], profile: str | None, before: bool, tmp_path: Path
) -> None:
    old = (botocore.session.Session(profile=profile), get_session())
    with mock_aws() as aws, patch.dict(os.environ, home, clear=True):
        sync, aio = old if before else (botocore.session.Session(profile=profile), get_session())
        assert sync.create_client("sqs").meta.region_name == "us-east-1"
        sync.create_client("sqs").list_queues()
        assert signed_by(aws) == "FOOBARKEY"
        async with aio.create_client("sqs") as sqs:
            await sqs.list_queues()
        assert signed_by(aws) == "FOOBARKEY"
        assert sync.full_config == {"profiles": {}}
        assert sync.available_profiles == []
        boto3.client("sqs").list_queues()
        assert signed_by(aws) == "FOOBARKEY"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_that_comes_back_inside_shows_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a test restores a copy of the environment that it took before the mock."""
    use_environment(ENVIRONMENTS[name], "http://127.0.0.1:1", tmp_path, monkeypatch)
    copy = dict(os.environ)
    with nothing_left_behind(), mock_aws() as aws, patch.dict(os.environ, copy, clear=True):
        boto3.session.Session().client("bedrock").list_custom_models()
        assert signed_by(aws) == "FOOBARKEY"
        assert boto3.session.Session().client("dynamodb").meta.region_name == "us-east-1"


# ---------------------------------------------------------------- what a test sets inside


def use_profiles(folder: Path, monkeypatch: pytest.MonkeyPatch, **profiles: str) -> None:
    (folder / "own").write_text("".join(f"[profile {name}]\n{text}\n" for name, text in profiles.items()))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "own"))


KEYS = "aws_access_key_id = AKIATEST\naws_secret_access_key = test\nregion = ap-south-1"
ROLE = "role_arn = arn:aws:iam::111122223333:role/test\nsource_profile = base"


def test_profiles_that_the_test_sets_inside_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_files(tmp_path, monkeypatch)
    session = boto3.session.Session(profile_name="work")
    with nothing_left_behind(), mock_aws() as aws, monkeypatch.context() as inside:
        use_profiles(tmp_path, inside, base=KEYS, work=ROLE)
        inside.setenv("AWS_PROFILE", "base")
        own = boto3.session.Session()
        own.client("sqs").list_queues()
        assert (signed_by(aws), own.region_name, own.profile_name) == ("AKIATEST", "ap-south-1", "base")
        assert session.client("sts", "us-east-1").get_caller_identity()["Account"] == "111122223333"
        assert session.available_profiles == ["base", "work"]

    assert session.get_credentials().access_key == "AKIAWORK"
    assert session.region_name == "sa-east-1"


async def test_profiles_count_for_aiobotocore_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        use_profiles(tmp_path, monkeypatch, base=KEYS, work=ROLE)
        monkeypatch.setenv("AWS_PROFILE", "work")
        async with get_session().create_client("sts", "us-east-1") as sts:
            assert (await sts.get_caller_identity())["Account"] == "111122223333"


def test_a_program_that_the_test_names_inside_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho \'{"Version": 1, "AccessKeyId": "AKIATEST", "SecretAccessKey": "test"}\'\n')
    program.chmod(0o755)
    with mock_aws() as aws:
        use_profiles(tmp_path, monkeypatch, own=f"credential_process = {program}")
        boto3.session.Session(profile_name="own").client("sqs", "us-east-1").list_queues()
        assert signed_by(aws) == "AKIATEST"


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_one_key_that_the_test_removes_is_a_fake_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws() as aws:
        monkeypatch.delenv(name)
        boto3.session.Session().client("sqs").list_queues()
        assert signed_by(aws) == "FOOBARKEY"


def test_a_nested_mock_hides_what_the_test_has_set_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def key() -> Any:
        return boto3.session.Session().get_credentials().access_key

    with mock_aws():
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        assert key() == "AKIATEST"
        with mock_aws(config={"core": {"mock_credentials": True}}):
            assert key() == "FOOBARKEY"
        assert key() == "AKIATEST"


PROGRAM = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"


def test_a_child_process_goes_to_the_endpoint_and_to_nobody_else(
    home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home["HOME"])
    monkeypatch.setenv("AWS_PROFILE", "work")
    with mock_aws(endpoint=True):
        result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("123456789012\n", "")
    assert not (tmp_path / "ran").exists()
