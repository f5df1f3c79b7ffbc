"""Whatever a machine has configured for botocore, nothing leaves a mock, nothing runs, and a call is answered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.session
import pytest
from aiobotocore.session import get_session
from botocore.configprovider import (
    BOTOCORE_DEFAUT_SESSION_VARIABLES,
    DEFAULT_PROXIES_CONFIG_VARS,
    DEFAULT_S3_CONFIG_VARS,
)

from aiomoto import mock_aws
from tests.programs import run_source
from tests.snapshot import nothing_left_behind

# The guard of the tests fails one that asks for a name or another machine: hosts here are such.
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.thorough,
]

HOST = "no-such-host.invalid"
# A value of each variable that would hurt if botocore went by it; `None` where no value can. {folder} is a folder of
# the test's with a program and files.
NASTY: dict[str, str | None] = {
    "profile": "missing",
    "region": "eu-west-3",
    "data_path": "{folder}",
    "config_file": "{folder}/config",
    "ca_bundle": "{folder}/missing.pem",
    "api_versions": None,
    "credentials_file": "{folder}/credentials",
    "metadata_service_timeout": "1",
    "metadata_service_num_attempts": "9",
    "ec2_metadata_service_endpoint": f"http://{HOST}/",
    "ec2_metadata_service_endpoint_mode": "ipv6",
    "ec2_metadata_v1_disabled": "true",
    "imds_use_ipv6": "true",
    "use_dualstack_endpoint": "true",
    "use_fips_endpoint": "true",
    "ignore_configured_endpoint_urls": "true",
    "parameter_validation": None,
    "csm_enabled": "true",
    "csm_host": HOST,
    "csm_port": "no-port",
    "csm_client_id": "mine",
    "endpoint_discovery_enabled": "true",
    "sts_regional_endpoints": "legacy",
    "retry_mode": "standard",
    "defaults_mode": "auto",
    "max_attempts": "1",
    "user_agent_appid": "mine",
    "request_min_compression_size_bytes": "1",
    "disable_request_compression": "true",
    "sigv4a_signing_region_set": "*",
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
    "account_id_endpoint_mode": "required",
    "disable_host_prefix_injection": "true",
    "auth_scheme_preference": "httpBearerAuth,sigv4",
    "tcp_keepalive": "true",
    "s3_disable_express_session_auth": "true",
    # s3, beside use_dualstack_endpoint
    "addressing_style": "path",
    "use_accelerate_endpoint": None,
    "payload_signing_enabled": None,
    "use_arn_region": "true",
    "us_east_1_regional_endpoint": "legacy",
    "s3_disable_multiregion_access_points": "true",
    # proxies
    "proxy_ca_bundle": None,
    "proxy_client_cert": None,
    "proxy_use_forwarding_for_https": None,
}
VARIABLES = {**DEFAULT_S3_CONFIG_VARS, **DEFAULT_PROXIES_CONFIG_VARS, **BOTOCORE_DEFAUT_SESSION_VARIABLES}
# What is read past the table of botocore's.
OTHERS = {
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_CREDENTIAL_FILE": "{folder}/credentials",
    "BOTO_CONFIG": "{folder}/credentials",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_BEARER_TOKEN_BEDROCK": "token",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/credentials",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{HOST}/credentials",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "{folder}/credentials",
    "AWS_LOGIN_CACHE_DIRECTORY": "{folder}",
    "AWS_ENDPOINT_URL": f"http://{HOST}",
    "AWS_ENDPOINT_URL_SQS": f"http://{HOST}",
    "HTTPS_PROXY": f"http://{HOST}",
    "ALL_PROXY": f"http://{HOST}",
    "REQUESTS_CA_BUNDLE": "{folder}/missing.pem",
}


def test_each_of_botocores_variables_is_in_the_table() -> None:
    assert VARIABLES.keys() - NASTY.keys() == set()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a program that must not run and keys that must not be found."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {program}\n")
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
        "[Credentials]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
    )
    yield tmp_path
    assert not (tmp_path / "ran").exists()


def set_in_environment(monkeypatch: pytest.MonkeyPatch, name: str, value: str, folder: Path) -> None:
    names = VARIABLES[name][1] if name in VARIABLES else name
    for each in [names] if isinstance(names, str) else names or ():
        monkeypatch.setenv(each, value.format(folder=folder))


async def call_with_all_clients() -> None:
    """Call with clients of both libraries; each call is signed with fakes."""
    with mock_aws() as aws:
        session = botocore.session.Session()
        for client in (session.create_client("sqs", "us-east-1"), boto3.session.Session().client("sqs", "us-east-1")):
            client.list_queues()
        session.create_client("dynamodb", "us-east-1").list_tables()
        session.create_client("bedrock", "us-east-1").list_custom_models()
        aio = get_session()
        for service, operation in (("sqs", "list_queues"), ("dynamodb", "list_tables")):
            async with aio.create_client(service, "us-east-1") as client:
                await getattr(client, operation)()
    assert {call.status for call in aws.calls} == {200}
    # Who prefers bearer tokens has a fake one, too.
    assert all("FOOBAR" in call.headers["Authorization"] for call in aws.calls)


@pytest.mark.parametrize("name", [*(name for name, value in NASTY.items() if value), *OTHERS])
async def test_a_variable_of_the_machine_does_no_harm(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_in_environment(monkeypatch, name, str(NASTY.get(name) or OTHERS[name]), folder)
    before = dict(os.environ)
    await call_with_all_clients()
    assert dict(os.environ) == before


@pytest.mark.parametrize("name", [name for name, value in NASTY.items() if value and VARIABLES.get(name, [None])[0]])
async def test_a_setting_of_the_machines_profile_does_no_harm(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    text = str(NASTY[name]).format(folder=folder)
    with (folder / "config").open("a") as config:
        config.write(f"{name} = {text}\ns3 =\n    {name} = {text}\nendpoint_url = http://{HOST}\n")
    await call_with_all_clients()


async def test_all_of_them_at_once_do_no_harm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = ("use_dualstack_endpoint", "use_fips_endpoint", "data_path")  # beside an endpoint they are errors
    for name, value in {**NASTY, **OTHERS}.items():
        if value and name not in apart:
            set_in_environment(monkeypatch, name, value, folder)
    with nothing_left_behind():
        await call_with_all_clients()


# ---------------------------------------------------------------- client-side monitoring


# In a process of its own: botocore never closes its sockets, which is not what is tested.
MONITORED = """
import os, socket, warnings
import botocore.exceptions, botocore.session
from aiomoto import mock_aws

warnings.simplefilter("ignore")
place = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
place.bind(("127.0.0.1", 0))
place.setblocking(False)
os.environ |= {"AWS_CSM_ENABLED": "true", "AWS_CSM_PORT": str(place.getsockname()[1]), "AWS_MAX_ATTEMPTS": "1"}
os.environ |= {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SECRET_ACCESS_KEY": "mine"}

def is_told():
    told = False
    while True:
        try:
            told = bool(place.recv(65536))
        except BlockingIOError:
            return told

for has_fake_keys in (True, False):
    old, other = botocore.session.Session(), botocore.session.Session()
    client = old.create_client("sqs", "us-east-1")
    with mock_aws(config={"core": {"mock_credentials": has_fake_keys}}):
        client.list_queues()
        other.create_client("sqs", "us-east-1").list_queues()
        print(is_told())
    for session in (old, other):  # a port that nobody listens on ends the call
        try:
            session.create_client("sqs", "us-east-1", endpoint_url="http://127.0.0.1:1").list_queues()
        except botocore.exceptions.EndpointConnectionError:
            print(is_told())
"""


def test_a_client_that_is_monitored_is_so_before_and_after_but_not_inside() -> None:
    result = run_source(MONITORED)
    assert (result.stdout.split(), result.stderr) == (["False", "True", "True"] * 2, "")
