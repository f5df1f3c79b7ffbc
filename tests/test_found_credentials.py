"""What a session or a client has found on the machine before a mock is hidden in it, and its own again afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from aiobotocore.session import AioSession, get_session

from aiomoto import MockAWS, mock_aws
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.snapshot import nothing_left_behind

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.thorough,
]


def in_minutes(minutes: int) -> str:
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Machine:
    """A machine with credentials, which notes each time that somebody asks for them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, metadata: LoopbackServer) -> None:
        self._folder, self._monkeypatch, self._metadata = folder, monkeypatch, metadata
        self._config, self._log = folder / "config", folder / "log"
        self._log.touch()
        monkeypatch.setenv("AWS_CONFIG_FILE", str(self._config))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))

    @property
    def asked(self) -> int:
        return len(self._log.read_text().splitlines()) + len(self._metadata.received)

    def has_files(self) -> None:
        (self._folder / "credentials").write_text(
            "[default]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\naws_account_id = 444455556666\n"
        )

    def has_variables(self, expiry: str | None = None) -> None:
        for name, value in (("ACCESS_KEY_ID", "AKIAREAL"), ("SECRET_ACCESS_KEY", "real"), ("SESSION_TOKEN", "real")):
            self._monkeypatch.setenv(f"AWS_{name}", value)
        if expiry:
            self._monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", expiry)

    def has_expiring_variables(self) -> None:
        self.has_variables(in_minutes(5))

    def has_process(self, **expiry: str) -> None:
        answer = {"Version": 1, "AccessKeyId": "AKIAREAL", "SecretAccessKey": "real", "SessionToken": "real", **expiry}
        program = self._folder / "program"
        program.write_text(f"#!/bin/sh\necho asked >> {self._log}\necho '{json.dumps(answer)}'\n")
        program.chmod(0o755)
        self._config.write_text(f"[default]\ncredential_process = {program}\nregion = eu-west-3\n")

    def has_expiring_process(self) -> None:
        self.has_process(Expiration=in_minutes(5))

    def has_container(self) -> None:
        keys = {"AccessKeyId": "AKIAREAL", "SecretAccessKey": "real", "Token": "real", "Expiration": in_minutes(5)}
        self._metadata.answer = Answer(200, (("Content-Type", "application/json"),), json.dumps(keys).encode())
        self._monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{self._metadata.url}/credentials")


@pytest.fixture(scope="module")
def metadata() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        yield server


@pytest.fixture(
    params=["files", "variables", "expiring_variables", "process", "expiring_process", "container"],
)
def machine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, metadata: LoopbackServer
) -> Machine:
    made = Machine(tmp_path, monkeypatch, metadata)
    getattr(made, f"has_{request.param}")()
    return made


def signed_by(aws: MockAWS) -> str:
    headers = aws.calls.last.headers
    assert "real" not in str(headers)
    return str(headers["Authorization"].partition("Credential=")[2].partition("/")[0])


def test_a_session_has_the_fake_keys_inside_and_its_own_after(machine: Machine) -> None:
    session = botocore.session.Session()
    assert session.get_credentials().get_frozen_credentials().access_key == "AKIAREAL"
    asked = machine.asked
    with nothing_left_behind(), mock_aws() as aws:
        inside = session.get_credentials()
        assert (inside.access_key, inside.secret_key, inside.token) == ("FOOBARKEY", "FOOBARSECRET", None)
        boto3.Session(botocore_session=session).client("sqs").list_queues()
        assert signed_by(aws) == "FOOBARKEY"
        assert machine.asked == asked

    assert session.get_credentials().get_frozen_credentials().access_key == "AKIAREAL"


async def test_a_session_of_aiobotocore_has_the_fake_keys_inside_and_its_own_after(machine: Machine) -> None:
    session = get_session()
    assert (await (await session.get_credentials()).get_frozen_credentials()).access_key == "AKIAREAL"
    asked = machine.asked
    with nothing_left_behind(), mock_aws() as aws:
        inside = await session.get_credentials()
        assert (inside.access_key, inside.secret_key, inside.token) == ("FOOBARKEY", "FOOBARSECRET", None)
        async with session.create_client("sqs") as sqs:
            await sqs.list_queues()
        assert signed_by(aws) == "FOOBARKEY"
        assert machine.asked == asked

    assert (await (await session.get_credentials()).get_frozen_credentials()).access_key == "AKIAREAL"


def test_a_session_that_found_nothing_yet_asks_nobody_inside(machine: Machine) -> None:
    session, asked = botocore.session.Session(), machine.asked
    with mock_aws():
        assert session.get_credentials().access_key == "FOOBARKEY"
        session.get_component("credential_provider")
        assert machine.asked == asked
    assert session.get_credentials().get_frozen_credentials().access_key == "AKIAREAL"


@pytest.mark.parametrize("service", ["sqs", "dynamodb"])
def test_a_client_from_before_signs_with_the_fake_keys(machine: Machine, service: str) -> None:
    client = boto3.Session(region_name="us-east-1").client(service)
    asked = machine.asked
    with nothing_left_behind(), mock_aws() as aws:
        client.list_queues() if service == "sqs" else client.list_tables()
        assert signed_by(aws) == "FOOBARKEY"
        assert machine.asked == asked

    url = client.generate_presigned_url("list_queues" if service == "sqs" else "list_tables")
    assert "AKIAREAL" in url


async def test_a_client_of_aiobotocore_from_before_signs_with_the_fake_keys(machine: Machine) -> None:
    async with client_of(get_session()) as sqs:
        asked = machine.asked
        with nothing_left_behind(), mock_aws() as aws:
            await sqs.list_queues()
            assert signed_by(aws) == "FOOBARKEY"
            assert "FOOBARKEY" in await sqs.generate_presigned_url("list_queues")
            assert machine.asked == asked
        assert "AKIAREAL" in await sqs.generate_presigned_url("list_queues")


def client_of(session: AioSession) -> AbstractAsyncContextManager[Any]:
    made: AbstractAsyncContextManager[Any] = session.create_client("sqs", "us-east-1")
    return made


def test_credentials_that_are_held_from_before_sign_nothing_of_theirs(machine: Machine) -> None:
    """Signers such as those of OpenSearch's clients hold the credentials, and freeze them for each request."""
    held, asked = botocore.session.Session().get_credentials(), machine.asked
    with mock_aws():
        assert held.get_frozen_credentials().access_key == "FOOBARKEY"
        assert machine.asked == asked
    assert held.get_frozen_credentials().access_key == "AKIAREAL"


def test_a_role_of_a_profile_is_not_assumed_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(
        "[default]\nrole_arn = arn:aws:iam::444455556666:role/real\nsource_profile = base\n"
        "[profile base]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    session = botocore.session.Session()
    client = session.create_client("sts", "us-east-1")
    with mock_aws() as aws:
        assert client.get_caller_identity()["Account"] == "123456789012"
        assert session.create_client("sts", "us-east-1").get_caller_identity()["Account"] == "123456789012"
        assert [call.operation for call in aws.calls] == ["GetCallerIdentity", "GetCallerIdentity"]


@pytest.mark.parametrize("machine", ["files", "variables", "process"], indirect=True)
def test_the_real_ones_are_seen_where_the_mock_shows_them(machine: Machine) -> None:
    client = boto3.Session(region_name="us-east-1").client("sqs")
    with mock_aws(config={"core": {"mock_credentials": False}}) as aws:
        client.list_queues()
        assert "Credential=AKIAREAL/" in aws.calls.last.headers["Authorization"]
