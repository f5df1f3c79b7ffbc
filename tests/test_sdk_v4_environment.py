"""The credentials, profiles and regions that clients of the AWS SDK for Python v4 see inside a mock."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest

from aiomoto import AiomotoError, MockAWS, mock_aws
from tests.environments import each_environment_in_turn, use_files
from tests.loopback import loopback_server
from tests.sdk_v4 import MotoHTTPClient, client, configured, models
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.anyio


async def signed_by(sqs: Any, aws: MockAWS) -> tuple[str, str]:
    """The access key and the region that a client signs with."""
    await sqs.list_queues(models("sqs").ListQueuesInput())
    key, _, region = aws.calls.last.headers["Authorization"].partition("Credential=")[2].split("/")[:3]
    return key, region


FAKE = ("FOOBARKEY", "us-east-1")


async def test_a_bare_machine_has_the_fake_keys_and_a_region() -> None:
    before = dict(os.environ)
    with mock_aws() as aws:
        async with client("sqs") as sqs:
            assert await signed_by(sqs, aws) == FAKE
            assert "X-Amz-Security-Token" not in aws.calls.last.headers
    assert dict(os.environ) == before


async def test_every_machine_is_as_a_bare_one(tmp_path: Path) -> None:
    with loopback_server() as metadata:
        for environment in each_environment_in_turn(metadata.url, tmp_path):
            with environment:
                before = dict(os.environ)
                with mock_aws() as aws:
                    async with client("sqs") as sqs:
                        assert await signed_by(sqs, aws) == FAKE
                    assert "X-Amz-Security-Token" not in aws.calls.last.headers
                    assert aws.calls.last.url == "https://sqs.us-east-1.amazonaws.com/"
                assert dict(os.environ) == before
    assert metadata.received == []


async def test_a_wired_client_has_the_region_of_a_profile_and_never_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_files(tmp_path, monkeypatch)
    monkeypatch.setenv("AWS_PROFILE", "work")
    async with await configured("sqs", transport=MotoHTTPClient()) as wired:
        with mock_aws() as aws:
            assert await signed_by(wired, aws) == ("FOOBARKEY", "sa-east-1")


async def test_a_region_that_is_set_before_the_mock_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with mock_aws() as aws:
        async with client("sqs") as sqs:
            assert await signed_by(sqs, aws) == ("FOOBARKEY", "eu-west-1")


async def test_what_the_test_sets_inside_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws() as aws:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
        async with client("sqs") as sqs:
            assert await signed_by(sqs, aws) == ("AKIAMINE", "eu-west-2")
            assert aws.calls.last.headers["X-Amz-Security-Token"] == "token"


async def test_a_profile_of_the_tests_own_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws() as aws:
        use_files(tmp_path, monkeypatch)
        monkeypatch.setenv("AWS_PROFILE", "work")
        async with client("sqs") as sqs:
            assert await signed_by(sqs, aws) == ("AKIAWORK", "sa-east-1")


@pytest.mark.parametrize("where", ["variable", "argument"])
async def test_a_profile_of_the_machine_is_hidden(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_files(tmp_path, monkeypatch)
    if where == "variable":
        monkeypatch.setenv("AWS_PROFILE", "work")
    with mock_aws() as aws:
        async with await configured("sqs", **({"profile": "work"} if where == "argument" else {})) as sqs:
            assert await signed_by(sqs, aws) == FAKE


async def test_a_profile_that_the_tests_files_lack_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from smithy_aws_core.config import ProfileNotFoundError

    with mock_aws():
        use_files(tmp_path, monkeypatch)
        with pytest.raises(ProfileNotFoundError, match="'nowhere'"):
            await configured("sqs", profile="nowhere")


async def test_keys_that_a_client_is_given_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    given = {"aws_access_key_id": "AKIAGIVEN", "aws_secret_access_key": "given"}
    async with await configured("sqs", **given) as before:
        with mock_aws() as aws:
            assert await signed_by(before, aws) == ("AKIAGIVEN", "us-east-1")


@pytest.mark.parametrize("resolver", ["chain", "environment"])
async def test_a_client_from_before_that_found_the_machines_keys_signs_with_the_fakes(
    resolver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smithy_aws_core.identity import AWSCredentialsIdentity, EnvironmentCredentialsResolver
    from smithy_aws_core.identity.chain import IdentityChain

    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    found = EnvironmentCredentialsResolver()
    if resolver == "chain":
        found = await IdentityChain.create(AWSCredentialsIdentity)
    assert (await found.get_identity(properties={})).access_key_id == "AKIAREAL"
    async with await configured("sqs", aws_credentials_identity_resolver=found) as sqs:
        with mock_aws() as aws:
            assert await signed_by(sqs, aws) == FAKE
        with mock_aws() as aws:
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
            assert await signed_by(sqs, aws) == ("AKIAMINE", "us-east-1")
    assert (await found.get_identity(properties={})).access_key_id == "AKIAREAL"


async def test_without_hiding_it_sees_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    with mock_aws(config={"core": {"mock_credentials": False}}) as aws:
        async with client("sqs") as sqs:
            assert await signed_by(sqs, aws) == ("AKIAREAL", "us-east-1")


async def test_a_wired_client_never_signs_with_the_machines_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    async with await configured("sqs", transport=MotoHTTPClient()) as wired:
        with mock_aws() as aws:
            assert await signed_by(wired, aws) == FAKE


async def test_a_wired_transport_that_cannot_be_created_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from smithy_aws_core.config.aws_config import AsyncAwsConfig

    with monkeypatch.context() as other_release:
        other_release.delattr(AsyncAwsConfig, "_resolve_fields")
        with pytest.raises(AiomotoError, match=r"has no smithy_aws_core\.config\.aws_config\.AsyncAwsConfig\._resolve"):
            MotoHTTPClient()
    with nothing_left_behind():
        await MotoHTTPClient().close()
        gc.collect()
