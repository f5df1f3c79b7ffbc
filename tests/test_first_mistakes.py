"""What a user in a hurry writes first: each mistake is an error that says what there is instead, or what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import aiohttp
import boto3
import pytest

import aiomoto
from aiomoto import ArgumentError, MockAWS, mock_aws, mock_aws_decorator
from tests.snapshot import nothing_left_behind

# For mypy each of these is an error.
package: Any = aiomoto
mock: Any = mock_aws


# ---------------------------------------------------------------- how it is called


def enter(context: AbstractContextManager[Any]) -> None:
    with context:
        raise AssertionError("it has been entered")


async def enter_async(context: Any) -> None:
    async with context:
        raise AssertionError("it has been entered")


def import_from_moto_4() -> None:
    from aiomoto import mock_s3  # type: ignore[attr-defined]  # noqa: F401


MISTAKES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "not-called": (lambda: enter(mock), TypeError, r"mock_aws must be called: write `with mock_aws\(\) as aws:`"),
    "not-called-async": (lambda: asyncio.run(enter_async(mock)), TypeError, r"`async with mock_aws\(\) as aws:`"),
    "not-called-start": (
        lambda: mock.start(),
        AttributeError,
        r"mock_aws must be called: write `aws = mock_aws\(\)`",
    ),
    "not-called-faults": (lambda: mock.faults, AttributeError, r"and then `aws\.faults`"),
    "switch": (lambda: mock(reset="x"), ArgumentError, r"reset must be True or False, not 'x'"),
    "called-twice": (
        lambda: mock()(),
        TypeError,
        r"the active mock already: use it as it is, as in aiomoto\.calls",
    ),
    "int": (lambda: mock(5), TypeError, r"cannot decorate 5 of type builtins\.int: it takes functions"),
    "service": (
        lambda: mock("s3"),
        TypeError,
        r"cannot decorate 's3': it mocks all services, .* Write mock_aws\(\), or .*\"service_whitelist\": \['s3'\]",
    ),
    "services": (lambda: mock(["s3", "sqs"]), TypeError, r"\"service_whitelist\": \['s3', 'sqs'\]"),
    "positional": (
        lambda: mock({"core": {}}),
        TypeError,
        r"options are keyword arguments, as in mock_aws\(config=\{'core': \{\}\}\)",
    ),
    "option": (lambda: mock(confg={}), TypeError, r"no option 'confg'; did you mean 'config'\?"),
    "moto-4": (import_from_moto_4, ImportError, r"aiomoto has no mock_s3: mock_aws mocks all services"),
}


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_wrong_call_says_what_to_write(mistake: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with nothing_left_behind(), pytest.raises(kind, match=message):
        mistake()


# ---------------------------------------------------------------- Moto's configuration

CONFIGS: dict[str, tuple[dict[str, Any], str]] = {
    "section": ({"lamda": {}}, "config has no section 'lamda'; it has .*lambda"),
    "key": ({"core": {"mock_credential": False}}, r"config\['core'\] has no key 'mock_credential'; .*mock_credentials"),
    "key-of-a-service": ({"batch": {"docker": False}}, r"config\['batch'\] has no key 'docker'; it has use_docker"),
    "passthrough": (
        {"core": {"passthrough": {"url": []}}},
        r"passthrough'\] has no key 'url'; it has services, urls",
    ),
}


@pytest.mark.parametrize("mock", [mock_aws, mock_aws_decorator, MockAWS])
@pytest.mark.parametrize(("config", "message"), CONFIGS.values(), ids=CONFIGS)
def test_a_key_that_moto_does_not_read_is_refused(mock: Any, config: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        mock(config=config)


# https://docs.getmoto.org/en/latest/docs/configuration/index.html
DOCUMENTED: dict[str, dict[str, Any]] = {
    "batch": {"use_docker": True},
    "lambda": {"use_docker": True},
    "core": {
        "mock_credentials": True,
        "passthrough": {"urls": ["https://example.com"], "services": ["dynamodb"]},
        "reset_boto3_session": True,
        "service_whitelist": None,
    },
    "iam": {"load_aws_managed_policies": False},
    "stepfunctions": {"execute_state_machine": True},
    "iot": {"use_valid_cert": True},
}


def test_all_that_moto_documents_is_taken() -> None:
    with nothing_left_behind(), mock_aws(config=DOCUMENTED):
        pass


def test_what_a_test_has_added_to_motos_defaults_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.core.config import default_user_config

    monkeypatch.setitem(default_user_config, "ours", {"fast": False})  # type: ignore[typeddict-unknown-key]

    with mock_aws(config={"ours": {"fast": True}}):
        assert default_user_config["ours"] == {"fast": True}  # type: ignore[typeddict-item]


# ---------------------------------------------------------------- regions


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("us-esat-1", "no region 'us-esat-1'; did you mean .*'us-east-1'"),
        ("useast1", r"no region 'useast1'; did you mean 'us-east-1'\?"),
        ("us-moon-9", r"no region 'us-moon-9'\. To match it nevertheless, pass where=lambda call: call\.region =="),
    ],
)
def test_a_fault_in_a_region_that_aws_does_not_have_is_refused(region: str, message: str) -> None:
    with mock_aws() as aws, pytest.raises(ArgumentError, match=message):
        aws.faults.add("sqs", region=region, error="Throttling")


@pytest.mark.parametrize(
    ("region", "signed"),
    [
        ("eu-west-1", "eu-west-1"),
        ("us-gov-west-1", "us-gov-west-1"),
        ("cn-north-1", "cn-north-1"),
        ("us-iso-east-1", "us-iso-east-1"),
        ("fips-us-east-2", "us-east-2"),
        ("us-gov-west-1-fips", "us-gov-west-1"),
        ("aws-global", "us-east-1"),
        ("garage", "garage"),  # another S3's
    ],
)
def test_a_fault_acts_in_every_region_that_a_client_can_have(region: str, signed: str) -> None:
    with mock_aws(sleep="instant") as aws:
        rule = aws.faults.add("s3", region=region, error="SlowDown", times=1)
        boto3.client("s3", region_name=region, endpoint_url="http://localhost:9000").list_buckets()

        assert rule.hits == 1
        assert [call.region for call in aws.calls] == [signed, signed]


def test_any_region_is_taken_where_moto_is_told_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")
    with mock_aws() as aws:
        rule = aws.faults.add("sqs", region="us-moon-9", error="Throttling", times=1)
        boto3.client("sqs", region_name="us-moon-9").list_queues()

        assert rule.hits == 1


# ---------------------------------------------------------------- stages of API Gateway


@pytest.mark.parametrize("apis", [False, True], ids=["none", "some"])
def test_a_stage_that_is_called_says_which_there_are(apis: bool) -> None:
    async def call() -> None:
        async with aiohttp.ClientSession() as session:
            await session.get("https://abc123.execute-api.eu-west-1.amazonaws.com/prod")

    with mock_aws():
        there_are = "none"
        if apis:
            rest = boto3.client("apigateway", region_name="eu-west-1").create_rest_api(name="users")["id"]
            gateway = boto3.client("apigatewayv2", region_name="eu-west-1")
            http = gateway.create_api(Name="jobs", ProtocolType="HTTP")["ApiId"]
            gateway.create_stage(ApiId=http, StageName="dev")
            boto3.client("apigateway", region_name="us-east-1").create_rest_api(name="elsewhere")
            there_are = rf"{rest} \(no stages\), {http} \(stages: dev\)"

        with pytest.raises(
            NotImplementedError, match=rf"does not run the stages .* APIs in eu-west-1: {there_are}\. Replace this call"
        ):
            asyncio.run(call())
