"""The environment leads clients to the endpoint of a mock while it is live, and afterwards it is what it was."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import UNSIGNED
from botocore.config import Config

from aiomoto import mock_aws
from tests.buckets import SESSION, bucket_names
from tests.environments import every_environment, use_environment
from tests.loopback import LoopbackServer, loopback_server
from tests.programs import ROOT
from tests.snapshot import nothing_left_behind

OWN_KEYS = {"core": {"mock_credentials": False}}


def aws_variables() -> dict[str, str]:
    """What the environment says of AWS and of proxies."""
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_") or "PROXY" in name.upper()}


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def metadata() -> Iterator[LoopbackServer]:
    """A server that a credential fetcher could reach."""
    with loopback_server() as server:
        yield server


# ---------------------------------------------------------------- what is set


def test_everything_that_clients_read_is_set() -> None:
    with nothing_left_behind(), mock_aws(endpoint=True) as aws:
        assert aws_variables() == {
            "AWS_ACCESS_KEY_ID": "FOOBARKEY",
            "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ENDPOINT_URL": aws.endpoint.url,
            "AWS_ENDPOINT_URL_S3": aws.endpoint.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1,localhost,.localhost",
            "no_proxy": "127.0.0.1,localhost,.localhost",
        }


def test_what_would_lead_elsewhere_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:8000")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    with nothing_left_behind(), mock_aws(endpoint=True) as aws:
        assert {name: value for name, value in aws_variables().items() if "ENDPOINT" in name} == {
            "AWS_ENDPOINT_URL": aws.endpoint.url,
            "AWS_ENDPOINT_URL_S3": aws.endpoint.url,
        }
        assert boto3.client("dynamodb").meta.endpoint_url == aws.endpoint.url
        boto3.client("s3").create_bucket(Bucket="bucket")


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_users_region_counts_for_all_clients(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "eu-north-1")
    with nothing_left_behind(), mock_aws(endpoint=True) as aws:
        assert (os.environ["AWS_REGION"], os.environ["AWS_DEFAULT_REGION"]) == ("eu-north-1", "eu-north-1")
        assert aws.endpoint.storage_options()["aws_region"] == "eu-north-1"


def test_two_regions_stay_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    with mock_aws(endpoint=True):
        assert (os.environ["AWS_REGION"], os.environ["AWS_DEFAULT_REGION"]) == ("eu-north-1", "eu-west-3")
        assert boto3.client("sqs").meta.region_name == "eu-west-3"


def test_hosts_that_no_proxy_is_for_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example,localhost")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with nothing_left_behind(), mock_aws(endpoint=True):
        assert os.environ["NO_PROXY"] == "intranet.example,localhost,127.0.0.1,.localhost"
        assert os.environ["HTTP_PROXY"] == "http://127.0.0.1:1"


def test_keys_are_left_alone_where_the_mock_leaves_them_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_PROFILE", "work")
    before = aws_variables()
    with nothing_left_behind(), mock_aws(endpoint=True, config=OWN_KEYS) as aws:
        assert {name: aws_variables().get(name) for name in before} == before
        assert os.environ["AWS_ENDPOINT_URL"] == aws.endpoint.url
        options = aws.endpoint.storage_options()
    assert (options["aws_access_key_id"], options["aws_secret_access_key"]) == ("AKIAMINE", "mine")
    assert options["aws_session_token"] == "token"


def test_an_endpoint_that_is_only_asked_for_sets_nothing() -> None:
    with mock_aws() as aws:
        before = dict(os.environ)
        assert aws.endpoint.url
        assert dict(os.environ) == before


# ---------------------------------------------------------------- what is put back


@every_environment
def test_every_environment_is_put_back(
    environment: dict[str, str], metadata: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(environment, metadata.url, tmp_path, monkeypatch)
    before = dict(os.environ)
    with mock_aws(endpoint=True) as aws:
        assert os.environ["AWS_ENDPOINT_URL"] == aws.endpoint.url
    assert dict(os.environ) == before


ORDERS = list(permutations(range(3)))
FAKE_KEYS = {"core": {"mock_credentials": True}}  # else a mock inside another has what that one has
KINDS: list[dict[str, Any]] = [
    {"endpoint": True, "config": FAKE_KEYS},
    {"endpoint": True, "config": OWN_KEYS},
    {"config": FAKE_KEYS},
]


@pytest.mark.parametrize("end", ORDERS, ids=str)
@pytest.mark.parametrize("begin", ORDERS, ids=str)
def test_mocks_put_it_back_in_any_order(
    begin: tuple[int, ...], end: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    before = dict(os.environ)
    mocks = [mock_aws(**options) for options in KINDS]
    for number in begin:
        mocks[number].start()
    live = list(begin)
    for number in end:
        mocks[number].stop()
        live.remove(number)
        urls = [mocks[each].endpoint.url for each in live if KINDS[each].get("endpoint")]
        assert os.environ["AWS_ENDPOINT_URL"] == (urls or ["http://localhost:4566"])[-1]
        with_fake_keys = any(KINDS[each]["config"] is FAKE_KEYS for each in live)
        assert os.environ["AWS_ACCESS_KEY_ID"] == ("FOOBARKEY" if with_fake_keys else "AKIAMINE")
    assert dict(os.environ) == before


# ---------------------------------------------------------------- in process, with the endpoint's URL


def test_services_are_still_told_apart_in_process() -> None:
    with mock_aws(endpoint=True):
        session = boto3.Session()
        session.client("s3").create_bucket(Bucket="bucket")
        session.client("s3control").delete_public_access_block(AccountId="123456789012")
        session.client("dynamodbstreams").list_streams()
        session.client("sesv2").list_contact_lists()
        session.client("lambda").list_functions()
        assert session.client("events").list_rules()["Rules"] == []


def test_calls_without_a_signature_still_arrive_in_process() -> None:
    with mock_aws(endpoint=True):
        session = boto3.Session()
        cognito = session.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
        client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="app")["UserPoolClient"]["ClientId"]
        unsigned = Config(signature_version=UNSIGNED)
        someone = session.client("cognito-idp", config=unsigned)
        someone.sign_up(ClientId=client, Username="ada", Password="Passw0rd!")
        role = {"RoleArn": "arn:aws:iam::123456789012:role/web", "RoleSessionName": "me"}
        session.client("sts").assume_role_with_web_identity(**role, WebIdentityToken="token")
        session.client("s3").create_bucket(Bucket="public", ACL="public-read")
        anonymous = session.client("s3", config=unsigned)
        assert anonymous.list_objects_v2(Bucket="public")["KeyCount"] == 0


@pytest.mark.anyio
async def test_anonymous_aiobotocore_still_arrives_in_process() -> None:
    config = AioConfig(signature_version=UNSIGNED)
    async with mock_aws(endpoint=True), get_session().create_client("s3", config=config) as s3:
        SESSION.client("s3").create_bucket(Bucket="public", ACL="public-read")
        assert (await s3.list_objects_v2(Bucket="public"))["KeyCount"] == 0


# ---------------------------------------------------------------- other processes

CHILD = """
import boto3
from botocore import UNSIGNED
from botocore.config import Config
boto3.client("s3").create_bucket(Bucket="from-child")
boto3.client("s3").put_object(Bucket="from-child", Key="key", Body=bytes(3_000_000))
assert len(boto3.client("s3").get_object(Bucket="from-child", Key="key")["Body"].read()) == 3_000_000
assert boto3.client("sqs").list_queues()["QueueUrls"]
anonymous = boto3.client("s3", config=Config(signature_version=UNSIGNED))
assert anonymous.list_objects_v2(Bucket="public")["KeyCount"] == 0
try:
    boto3.client("dynamodb").describe_table(TableName="none")
except boto3.client("dynamodb").exceptions.ResourceNotFoundException as error:
    print(error.response["Error"]["Message"], end="")
"""


@pytest.mark.parametrize(
    "inherited", [True, pytest.param(False, marks=pytest.mark.thorough)], ids=["inherited", "given"]
)
def test_a_child_process_finds_the_same_aws(inherited: bool) -> None:
    with mock_aws(endpoint=inherited) as aws:
        SESSION.client("s3").create_bucket(Bucket="public", ACL="public-read")
        SESSION.client("sqs").create_queue(QueueName="jobs")
        command = [sys.executable, "-c", CHILD]
        env = None if inherited else aws.endpoint.environ()
        result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout == "Requested resource not found: Table: none not found"
        assert bucket_names() == ["from-child", "public"]


def test_what_a_child_process_is_given_is_what_the_mock_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://localhost:9324")
    with mock_aws() as aws:
        given = aws.endpoint.environ()
    assert "AWS_ENDPOINT_URL_SQS" not in given
    with mock_aws(endpoint=True) as aws:
        own = {name: value.replace(aws.endpoint.url, "<url>") for name, value in os.environ.items()}
    assert {name: value.replace(given["AWS_ENDPOINT_URL"], "<url>") for name, value in given.items()} == own


# ---------------------------------------------------------------- ready-made arguments


def test_arguments_for_clients_that_need_them() -> None:
    with mock_aws() as aws:
        url = aws.endpoint.url
        assert aws.endpoint.storage_options() == {
            "aws_endpoint_url": url,
            "aws_allow_http": "true",
            "aws_region": "us-east-1",
            "aws_access_key_id": "FOOBARKEY",
            "aws_secret_access_key": "FOOBARSECRET",
        }
        assert aws.endpoint.pyarrow() == {
            "endpoint_override": url,
            "region": "us-east-1",
            "access_key": "FOOBARKEY",
            "secret_key": "FOOBARSECRET",
        }
        assert aws.endpoint.duckdb_secret() == (
            "CREATE OR REPLACE SECRET \"aiomoto\" (TYPE s3, KEY_ID 'FOOBARKEY', SECRET 'FOOBARSECRET', "
            f"REGION 'us-east-1', URL_STYLE 'path', ENDPOINT '{url.removeprefix('http://')}', USE_SSL false)"
        )


def test_keys_that_a_test_sets_are_in_the_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws() as aws:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "it's")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
        assert aws.endpoint.pyarrow()["session_token"] == "token"
        secret = aws.endpoint.duckdb_secret('my "own"')
    assert secret.startswith("CREATE OR REPLACE SECRET \"my \"\"own\"\"\" (TYPE s3, KEY_ID 'it''s', SECRET 'secret', ")
    assert secret.endswith(", SESSION_TOKEN 'token', USE_SSL false)")
