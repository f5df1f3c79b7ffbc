"""Each argument is checked when it is given, or does what it says."""

from __future__ import annotations

import copy
from fractions import Fraction
from math import inf, nan
from types import MappingProxyType
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.config import default_user_config

from aiomoto import ArgumentError, Call, mock_aws
from tests.conftest import ClientFactory
from tests.wire import send

REGION = "us-east-1"
ONCE = Config(retries={"total_max_attempts": 1})
ERROR = {"error": "SlowDown"}


async def condition(call: Call) -> bool:
    return True


class Condition:
    async def __call__(self, call: Call) -> bool:
        return True


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"latency": inf},
        "latency must be at most 1000000000 seconds, not inf. For a response that never arrives use "
        "aws.faults.add(..., raises=",
    ),
    ({"latency": nan}, "latency must be at least 0, not nan"),
    ({"latency": 10**400}, "latency must be at most 1000000000 seconds"),
    ({"latency": "1"}, "latency must be a number, not '1'"),
    ({"bandwidth": nan}, "bandwidth must be finite and more than 0 bytes per second, not nan"),
    ({"bandwidth": 1e-300}, "bandwidth must be from 0.001 to "),
    ({"bandwidth": 10**400}, "bandwidth must be from 0.001 to "),
    (ERROR | {"probability": nan}, "probability must be more than 0"),
    (ERROR | {"times": True}, "times must be an integer, not True"),
    (ERROR | {"times": 1.5}, "times must be an integer, not 1.5"),
    (ERROR | {"after": False}, "after must be an integer, not False"),
    (ERROR | {"seed": 1.5, "probability": 0.5}, "seed must be an integer, not 1.5"),
    (ERROR | {"status": 100}, "status must be an HTTP status from 200 to 599, not 100"),
    (ERROR | {"status": "503"}, "status must be an integer, not '503'"),
    (
        ERROR | {"headers": {"Retry-After": "1\r\nX: y"}},
        r"values without line breaks and control characters, not '1\r\nX: y'",
    ),
    (ERROR | {"headers": {"A": "\x00"}}, "without line breaks and control characters"),
    (ERROR | {"headers": {"A": "\ud800"}}, "without line breaks and control characters"),
    (ERROR | {"headers": {"": "x"}}, "headers must have valid HTTP header names, not ''"),
    (ERROR | {"headers": {"Retry After": "1"}}, "headers must have valid HTTP header names, not 'Retry After'"),
    (ERROR | {"headers": {"A:": "1"}}, "headers must have valid HTTP header names, not 'A:'"),
    (
        ERROR | {"headers": {"CONTENT-LENGTH": "9"}},
        "cannot set 'CONTENT-LENGTH': it is derived from the body. To truncate the body use cut_after=",
    ),
    (ERROR | {"headers": {"Transfer-Encoding": "chunked"}}, "headers cannot set 'Transfer-Encoding'"),
    (ERROR | {"headers": {"A": "1", "a": "2"}}, "headers must have each name once, not 'a' in several spellings"),
    (ERROR | {"headers": [("A", "1")]}, "headers must be a mapping"),
    (ERROR | {"message": "\x07"}, r"message must have no control characters, not '\x07'"),
    (ERROR | {"message": "\ud800"}, "message must have no control characters"),
    (ERROR | {"code": "Slow\x00Down"}, "code must have no control characters"),
    ({"error": "Slow\x00Down", "status": 503}, "error must have no control characters"),
    (ERROR | {"where": {1: "x"}}, "where must map parameter names to values, not 1"),
    (ERROR | {"where": {"bucket": "x"}}, "s3 has no parameter 'bucket'; did you mean 'Bucket'"),
    (ERROR | {"where": condition}, "where must be a plain function, not the coroutine function"),
    (ERROR | {"where": Condition()}, "where must be a plain function, not the coroutine function"),
]


@pytest.mark.parametrize(("options", "message"), WRONG, ids=[f"{list(row[0])[-1]}-{row[1][-30:]}" for row in WRONG])
def test_argument_of_a_rule_that_cannot_be_is_an_error_at_once(options: dict[str, Any], message: str) -> None:
    aws = mock_aws()
    with pytest.raises(ArgumentError) as caught:
        aws.faults.add("s3", **options)

    assert message in str(caught.value)
    assert len(aws.faults) == 0


def test_line_break_in_a_code_is_an_error_too() -> None:
    with pytest.raises(ArgumentError, match="code must have no control characters"):
        mock_aws().faults.add("s3", error="SlowDown", code="a\r\nb")


# ---------------------------------------------------------------- what a rule does with them


@pytest.mark.anyio
async def test_header_of_an_error_takes_the_place_of_its_own(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        aws.faults.add("s3", error="AccessDenied", headers={"Content-Type": "text/html", "X-AMZ-REQUEST-ID": "mine"})
        with pytest.raises(ClientError) as caught:
            await s3.list_buckets()

    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["content-type"], headers["x-amz-request-id"]) == ("text/html", "mine")
    assert caught.value.response["ResponseMetadata"]["RequestId"] == "mine"


def test_header_of_an_error_is_there_once_on_the_wire() -> None:
    with mock_aws() as aws:
        aws.faults.add("s3", error="AccessDenied", headers={"CONTENT-TYPE": "text/html"})
        answer = send(aws.endpoint.url, "GET", "/")

    assert answer.headers["content-type"] == "text/html"
    assert int(answer.headers["content-length"]) == len(answer.body) > 0


@pytest.mark.parametrize("service", ["s3", "iam", "dynamodb", "cloudwatch"])
@pytest.mark.parametrize("message", ["<&> \u00fc \u96ea\ttab\nline", "x" * 70_000], ids=["odd", "long"])
def test_message_arrives_as_it_is(service: str, message: str) -> None:
    first = {"s3": "list_buckets", "iam": "list_users", "dynamodb": "list_tables", "cloudwatch": "list_dashboards"}
    with mock_aws() as aws:
        aws.faults.add(error="AccessDenied", message=message)
        with pytest.raises(ClientError) as caught:
            getattr(boto3.client(service, region_name=REGION, config=ONCE), first[service])()

    assert caught.value.response["Error"]["Message"] == message


def test_numbers_of_all_kinds_are_taken() -> None:
    with mock_aws() as aws:
        numbers: dict[str, Any] = {"latency": Fraction(1, 1000), "bandwidth": Fraction(10**9), "times": 10**30}
        rule = aws.faults.add(**numbers)
        boto3.client("s3", region_name=REGION, config=ONCE).create_bucket(Bucket="photos")

    assert rule.hits == 1


def test_what_is_given_may_change_afterwards() -> None:
    where = {"Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}
    headers = {"X-Mine": "1"}
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name=REGION, config=ONCE)
        s3.create_bucket(Bucket="photos")
        aws.faults.add("s3", "PutBucketTagging", where=where, error="AccessDenied", headers=headers)
        sent = copy.deepcopy(where)
        where["Tagging"]["TagSet"].clear()
        headers.clear()
        with pytest.raises(ClientError, match="AccessDenied") as caught:
            s3.put_bucket_tagging(Bucket="photos", **sent)

    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-mine"] == "1"


class Grumpy:
    """Is equal to nothing, and says so loudly."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise ValueError("ambiguous")


def test_value_that_cannot_be_compared_is_unlike_all_others() -> None:
    with mock_aws() as aws:
        rule = aws.faults.add(where={"Bucket": Grumpy()}, error="SlowDown")
        boto3.client("s3", region_name=REGION).create_bucket(Bucket="photos")

    assert rule.hits == 0
    assert len(aws.calls.filter(None, None, Bucket=Grumpy())) == 0


# ---------------------------------------------------------------- the configuration of a mock

CONFIG: dict[str, dict[str, Any]] = {
    "core": {"passthrough": {"urls": ["https://a.test/"], "services": ["sts"]}, "service_whitelist": ["s3"]}
}


def test_configuration_of_the_users_is_never_changed() -> None:
    config = copy.deepcopy(CONFIG)
    mock = mock_aws(config=config)
    for _ in range(2):
        with mock:
            mine = default_user_config["core"]
            assert mine["passthrough"]["urls"] == ["https://a.test/"]
            mine["passthrough"]["urls"].append("https://b.test/")
            mine["service_whitelist"].append("sqs")  # type: ignore[union-attr]

    assert config == CONFIG


def test_configuration_may_change_after_it_was_given() -> None:
    config = copy.deepcopy(CONFIG)
    with mock_aws(config=config):
        config["core"]["service_whitelist"].append("sqs")
        config["core"]["passthrough"]["urls"].clear()

        assert default_user_config["core"] | {} == {**default_user_config["core"], **CONFIG["core"]}


def test_configuration_may_be_of_any_mappings_and_iterables() -> None:
    core = MappingProxyType({"passthrough": MappingProxyType({"urls": (url for url in ["https://a.test/"])})})
    with mock_aws(config={"core": core}):  # type: ignore[dict-item]
        assert default_user_config["core"]["passthrough"]["urls"] == ["https://a.test/"]


WRONG_CONFIG: list[tuple[dict[str, Any], str]] = [
    ({"core": {"mock_credentials": "no"}}, "config['core']['mock_credentials'] must be True or False, not 'no'"),
    ({"lambda": {"use_docker": 0}}, "config['lambda']['use_docker'] must be True or False, not 0"),
    ({"core": {"passthrough": {"urls": ["https://("]}}}, "must be regular expressions that match the beginning"),
    ({"core": {"passthrough": {"urls": [None]}}}, "must be regular expressions that match the beginning"),
    ({"core": {"passthrough": {"services": ["lambda"]}}}, "config's services: Moto has no service 'lambda'"),
    (
        {"core": {"service_whitelist": ["sqss"]}},
        "service_whitelist: Moto has no service 'sqss'; did you mean 'sqs'",
    ),
]


@pytest.mark.parametrize(("config", "message"), WRONG_CONFIG, ids=[row[1][-40:] for row in WRONG_CONFIG])
def test_configuration_that_does_nothing_is_an_error_at_once(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        mock_aws(config=config)

    assert message in str(caught.value)


def test_start_and_stop_take_switches() -> None:
    mock = mock_aws()
    with pytest.raises(ArgumentError, match="reset must be True, False or None, not 'yes'"):
        mock.start(reset="yes")  # type: ignore[arg-type]
    with mock:
        with pytest.raises(ArgumentError, match="remove_data must be True, False or None, not 0"):
            mock.stop(remove_data=0)  # type: ignore[arg-type]
        assert len(mock.calls) == 0
