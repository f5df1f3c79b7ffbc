"""Strict mode refuses no valid request: random programs, names of the characters that AWS allows, signed requests."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiomoto import mock_aws
from tests.differential.answers import Log, Memory
from tests.differential.runs import call
from tests.differential.steps import STEPS, Step

CONFIG = Config(retries={"total_max_attempts": 1}, signature_version="s3v4")
KEYS = Credentials("FOOBARKEY", "FOOBARSECRET")
few = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@lru_cache
def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", config=CONFIG)  # type: ignore[call-overload]


def refusal(method: Any, **params: Any) -> str:
    """What strict mode says; empty if it says nothing."""
    try:
        method(**params)
    except ClientError as error:
        return str(error) if "strict mode" in str(error) else ""
    return ""


@pytest.mark.parametrize("about", STEPS)
def test_programs(about: str) -> None:
    @few
    @given(st.lists(st.one_of(STEPS[about]), min_size=5, max_size=20))
    def check(program: list[Step]) -> None:
        memory = Memory()
        with mock_aws(strict=True):
            for step in program:
                found = client(step.service)
                answer = call(found, step.method, step.resolved(memory.known), Log(found, memory))
                assert "strict mode" not in str(answer), step

    check()


# The characters and lengths of names, as the pages of CreateTable, CreateLogGroup, PutRule, CreateStream, AssumeRole,
# CreateUser and CreateFunction document them.
NAMES = [
    ("dynamodb", "describe_table", "TableName", r"[a-zA-Z0-9_.-]{3,255}"),
    ("logs", "create_log_group", "logGroupName", r"[.\-_/#A-Za-z0-9]{1,512}"),
    ("logs", "describe_log_streams", "logStreamNamePrefix", r"[^:*]{1,512}"),
    ("events", "put_rule", "Name", r"[.\-_A-Za-z0-9]{1,64}"),
    ("kinesis", "describe_stream", "StreamName", r"[a-zA-Z0-9_.-]{1,128}"),
    ("iam", "create_user", "UserName", r"[A-Za-z0-9_+=,.@-]{1,64}"),
    ("lambda", "get_function", "FunctionName", r"[a-zA-Z0-9-_]{1,64}"),
    ("ssm", "get_parameter", "Name", r"(/[a-zA-Z0-9_.-]{1,60}){1,15}"),
    ("secretsmanager", "describe_secret", "SecretId", r"[A-Za-z0-9/_+=.@-]{1,512}"),
    ("s3", "create_bucket", "Bucket", r"(?!xn--|sthree-)[a-z0-9][a-z0-9-]{1,50}[a-z0-9]"),
]
OTHERS: dict[str, dict[str, Any]] = {
    "describe_log_streams": {"logGroupName": "group"},
    "put_rule": {"ScheduleExpression": "rate(1 minute)"},
}


@pytest.mark.parametrize(("service", "operation", "parameter", "pattern"), NAMES)
def test_names(service: str, operation: str, parameter: str, pattern: str) -> None:
    @few
    @given(st.from_regex(pattern, fullmatch=True))
    def check(name: str) -> None:
        params = {parameter: name, **OTHERS.get(operation, {})}
        with mock_aws(strict=True):
            assert refusal(getattr(client(service), operation), **params) == ""

    check()


_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs", "Cc"])


@few
@given(key=st.text(_CHARACTERS, min_size=1, max_size=40), value=st.text(_CHARACTERS, max_size=20), body=st.binary())
def test_signed_requests(key: str, value: str, body: bytes) -> None:
    with mock_aws(strict=True):
        s3 = client("s3")
        s3.create_bucket(Bucket="lake")
        url = s3.generate_presigned_url("put_object", Params={"Bucket": "lake", "Key": key})
        assert "strict mode" not in requests.put(url, data=body, timeout=10).text
        url = s3.generate_presigned_url(
            "get_object", Params={"Bucket": "lake", "Key": key, "ResponseContentDisposition": value or "x"}
        )
        assert "strict mode" not in requests.get(url, timeout=10).text
        request = AWSRequest("PUT", url.partition("?")[0], {"x-amz-meta-a": "b  c"}, body)
        S3SigV4Auth(KEYS, "s3", "us-east-1").add_auth(request)
        response = requests.put(request.url, body, headers=dict(request.headers.items()), timeout=10)
        assert "strict mode" not in response.text
