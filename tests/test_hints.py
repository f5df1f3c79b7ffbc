"""Mistakes that end deep inside a library otherwise: what is wrong, what is allowed, what to write."""

from __future__ import annotations

from typing import Any

import aiobotocore.session
import boto3
import moto.settings
import pytest
import trio
from aiobotocore.config import AioConfig

import aiomoto
from aiomoto import AiomotoError, ArgumentError, MockAWS, mock_aws, mock_aws_decorator
from tests.conftest import STACKS, ClientFactory
from tests.inner_runs import run_tests
from tests.snapshot import nothing_left_behind
from tests.wire import send

pytest_plugins = ["pytester"]

# For mypy each of these is an error.
package: Any = aiomoto
mock: Any = mock_aws

# ---------------------------------------------------------------- a client's region

REGIONS = {
    "us-esat-1": (
        r"AWS has no region 'us-esat-1'; did you mean .*'us-east-1'.* The client that sent POST "
        r"sqs\.us-esat-1\.amazonaws\.com has that region: correct its region_name, or AWS_DEFAULT_REGION\. .* set "
        r"MOTO_ALLOW_NONEXISTENT_REGION=true"
    ),
    "us-moon-9": r"AWS has no region 'us-moon-9'\. The client that sent",
    "garage": r"Moto has no region 'garage'\. The client that sent",
}
each_region = pytest.mark.parametrize(("region", "message"), REGIONS.items(), ids=REGIONS)


@each_region
def test_a_region_that_is_a_typo_is_named_by_boto3(region: str, message: str) -> None:
    with mock_aws(), pytest.raises(ArgumentError, match=message) as raised:
        boto3.client("sqs", region_name=region).list_queues()

    assert raised.value.__cause__ is None


@pytest.mark.anyio
@each_region
async def test_a_region_that_is_a_typo_is_named_by_aiobotocore(
    region: str, message: str, client: ClientFactory
) -> None:
    async with mock_aws() as aws, client("sqs", region_name=region) as sqs:
        with pytest.raises(ArgumentError, match=message):
            await sqs.list_queues()

        assert [call.failure for call in aws.calls] == ["ArgumentError"]


def test_a_region_that_is_a_typo_is_a_400_at_the_endpoint() -> None:
    with mock_aws() as aws:
        headers = {
            "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-esat-1/sqs/aws4_request, SignedHeaders=host, "
            "Signature=0",
            "X-Amz-Target": "AmazonSQS.ListQueues",
            "Content-Type": "application/x-amz-json-1.0",
        }
        answer = send(aws.endpoint.url, "POST", "/", b"{}", headers, service=None)

    assert answer.status == 400
    assert b"AWS has no region 'us-esat-1'" in answer.body


def test_with_what_the_message_says_any_region_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")
    with mock_aws():
        assert "QueueUrls" not in boto3.client("sqs", region_name="us-esat-1").list_queues()


def test_a_key_error_that_is_about_something_else_stays_one() -> None:
    with mock_aws(), pytest.raises(KeyError, match="TableName"):
        send_without_table()


def send_without_table() -> None:
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    dynamodb.meta.events.register("before-send", empty)
    dynamodb.delete_table(TableName="none")


def empty(request: Any, **_: Any) -> None:
    """Take everything out of a request's body."""
    request.body = b"{}"
    request.headers["Content-Length"] = "2"


# ---------------------------------------------------------------- trio


@pytest.mark.parametrize("is_older", [False, True], ids=["inside", "from-before"])
def test_trio_with_the_default_http_client_says_which_one_to_use(is_older: bool) -> None:
    if not any(stack.loop == "trio" for stack in STACKS):
        pytest.skip("aiobotocore does not run on trio")
    session = aiobotocore.session.get_session()

    async def main() -> None:
        context = session.create_client(
            "sqs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b", config=AioConfig()
        )
        if is_older:
            async with context as sqs:
                with mock_aws():
                    await sqs.list_queues()
        with mock_aws():
            async with context as sqs:
                await sqs.list_queues()

    with pytest.raises(
        AiomotoError, match=r"does not run on trio\. Write config=AioConfig\(http_session_cls=HttpxSess"
    ):
        trio.run(main)


# ---------------------------------------------------------------- names that people guess


@pytest.mark.parametrize("name", ["client", "resource", "session", "get_session"])
def test_who_asks_for_a_client_is_told_where_clients_are(name: str) -> None:
    with pytest.raises(
        AttributeError, match=rf"module 'aiomoto' has no attribute '{name}'\. Clients are .*boto3\.client"
    ):
        getattr(package, name)
    with mock_aws() as aws, pytest.raises(AttributeError, match=rf"the mock has no attribute '{name}'\. Clients are"):
        getattr(aws, name)


def test_a_name_that_is_almost_right_is_told() -> None:
    with pytest.raises(AttributeError, match=r"module 'aiomoto' has no attribute 'calllog'; did you mean 'CallLog'"):
        package.calllog  # noqa: B018
    with mock_aws() as aws:
        untyped: Any = aws
        with pytest.raises(AttributeError, match=r"mock has no attribute 'fault'; did you mean 'faults'"):
            untyped.fault  # noqa: B018


def test_what_tools_ask_of_a_mock_is_not_there() -> None:
    assert not hasattr(mock_aws(), "__wrapped__")
    assert not hasattr(package, "__wrapped__")


def test_an_endpoint_that_is_a_url_is_told_what_the_option_does() -> None:
    with pytest.raises(
        ArgumentError, match=r"endpoint must be True or False, not 'http://localhost'\. With True .* aws\.endpoint\.url"
    ):
        mock(endpoint="http://localhost")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"server_mode": True}, r"no option 'server_mode'\. .* in this process\. .* mock_aws\(endpoint=True\)"),
        ({"services": ["s3"]}, r"no option 'services'\. .*service_whitelist"),
        ({"region": "eu-west-1"}, r"no option 'region'\. .*AWS_DEFAULT_REGION"),
    ],
)
def test_options_of_others_are_told_what_there_is(option: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        mock(**option)


# ---------------------------------------------------------------- Moto's other modes


@pytest.mark.parametrize("make", [mock_aws, mock_aws_decorator, MockAWS])
def test_motos_server_mode_is_refused_when_a_mock_is_created(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto.settings, "TEST_SERVER_MODE", True)
    with (
        nothing_left_behind(),
        pytest.raises(AiomotoError, match=r"TEST_SERVER_MODE is set, .* Unset TEST_SERVER_MODE"),
    ):
        make()


def test_motos_proxy_mode_is_refused_when_a_function_is_decorated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PROXY_MODE", "true")
    with nothing_left_behind(), pytest.raises(AiomotoError, match="TEST_PROXY_MODE is set"):

        @mock_aws
        def test() -> None: ...


# ---------------------------------------------------------------- the plugin

PLUGIN = {
    "near-name": (
        "aiomoto_fault('sqs', eror='Throttling')",
        "pass",
        "it has no argument 'eror'; did you mean 'error'",
    ),
    "positional": ("aiomoto('eu-west-1')", "pass", "it takes no positional argument, but *Write region='eu-west-1'"),
    "called": ("aiomoto", "aiomoto()", "*The `aiomoto` fixture is the active mock already*"),
}


@pytest.mark.parametrize(("marker", "body", "message"), PLUGIN.values(), ids=PLUGIN)
def test_the_plugin_says_what_to_write(marker: str, body: str, message: str, pytester: pytest.Pytester) -> None:
    tests = f"""
        @pytest.mark.{marker}
        def test_function(aiomoto):
            {body}
        """
    run_tests(pytester, tests).stdout.fnmatch_lines([f"*{message}*"])
