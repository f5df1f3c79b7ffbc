"""``mock_aws(strict=True)``: what it applies to, and how a check is switched off."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import AiomotoError, ArgumentError, mock_aws
from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]

ONCE = Config(retries={"total_max_attempts": 1})
BAD_MD5 = "AAAAAAAAAAAAAAAAAAAAAA=="


def s3_with_bucket() -> Any:
    s3 = boto3.client("s3", region_name="us-east-1", config=ONCE)
    s3.create_bucket(Bucket="lake")
    return s3


def put(s3: Any) -> str:
    try:
        s3.put_object(Bucket="lake", Key="k", Body=b"x", ContentMD5=BAD_MD5)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "200"


@pytest.mark.parametrize(
    ("strict", "outcome"),
    [
        (False, "200"),
        (True, "BadDigest"),
        ({}, "BadDigest"),
        ({"checksums": True, "names": False}, "BadDigest"),
        ({"checksums": False}, "200"),
    ],
)
def test_option(strict: Any, outcome: str) -> None:
    with mock_aws(strict=strict):
        assert put(s3_with_bucket()) == outcome


def test_message_says_who_refuses_and_what_to_write() -> None:
    with mock_aws(strict=True), pytest.raises(ClientError) as caught:
        s3_with_bucket().put_object(Bucket="lake", Key="k", Body=b"x", ContentMD5=BAD_MD5)

    assert caught.value.response["Error"]["Message"] == (
        "The Content-MD5 you specified did not match what we received. (Refused by aiomoto's strict mode, as AWS does. "
        'mock_aws(strict={"checksums": False}) switches off this check)'
    )


def test_refused_request_changes_nothing() -> None:
    with mock_aws(strict=True):
        s3 = s3_with_bucket()

        assert put(s3) == "BadDigest"
        assert s3.list_objects_v2(Bucket="lake")["KeyCount"] == 0


@pytest.mark.asyncio
async def test_clients_of_aiobotocore_are_refused_the_same() -> None:
    async with mock_aws(strict=True), get_session().create_client("s3", region_name="us-east-1", config=ONCE) as s3:
        await s3.create_bucket(Bucket="lake")
        with pytest.raises(ClientError, match="BadDigest"):
            await s3.put_object(Bucket="lake", Key="k", Body=b"x", ContentMD5=BAD_MD5)


def test_isolated_mock() -> None:
    with mock_aws(strict=True, isolated=True):
        assert put(s3_with_bucket()) == "BadDigest"


def test_innermost_mock_decides() -> None:
    with mock_aws(strict=True):
        s3 = s3_with_bucket()
        with mock_aws():
            assert put(s3) == "200"
        assert put(s3) == "BadDigest"


def test_scripted_answers_and_faults_come_first() -> None:
    with mock_aws(strict=True) as aws:
        s3 = s3_with_bucket()
        aws.faults.add("s3", "PutObject", error="SlowDown", times=1)
        aws.answers.add("s3", "PutObject", {"ETag": "scripted"}, times=1)

        assert [put(s3), put(s3), put(s3)] == ["SlowDown", "200", "BadDigest"]


def test_moto_as_a_function_of_answers_asks_it_is_strict() -> None:
    def answer(call: Any) -> Any:
        return call.moto()

    with mock_aws(strict=True) as aws:
        s3 = s3_with_bucket()
        aws.answers.add("s3", "PutObject", answer)

        assert put(s3) == "BadDigest"


def test_error_in_a_check_names_the_check() -> None:
    with mock_aws(strict=True):
        s3_with_bucket().put_bucket_policy(Bucket="lake", Policy="no JSON")
        with pytest.raises(AiomotoError) as caught:
            requests.get("https://lake.s3.amazonaws.com/k", timeout=10)

    assert str(caught.value) == (
        "The check 'anonymous' of strict mode ended in JSONDecodeError('Expecting value: line 1 column 1 (char 0)') at "
        's3 GetObject. mock_aws(strict={"anonymous": False}) switches off this check'
    )
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize(
    ("strict", "message"),
    [
        (1, "strict must be True, False or a mapping of checks to switch off, {'checksums': False}, not 1"),
        ({"checksum": False}, "strict has no check 'checksum'.*'checksums'"),
        ({"checksums": 0}, r"strict=\{'checksums': \.\.\.\} must be True or False, not 0"),
    ],
)
def test_mistakes(strict: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        mock_aws(strict=strict)


SUITE = """
    def put():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="k", Body=b"x", ContentMD5="A")

    def test_fixture(aiomoto):
        with pytest.raises(boto3.exceptions.botocore.exceptions.ClientError, match="InvalidDigest"):
            put()

    @pytest.mark.aiomoto(strict={"checksums": False})
    def test_marker():
        put()
"""


def test_setting_is_the_default_of_the_fixture(pytester: pytest.Pytester) -> None:
    run_tests(pytester, SUITE, "-o", "aiomoto_strict=true").assert_outcomes(passed=2)


@pytest.mark.parametrize("table", ["tool.pytest.ini_options", "tool.pytest"])
def test_setting_in_pyproject_is_a_boolean(pytester: pytest.Pytester, table: str) -> None:
    pytester.makepyprojecttoml(f"[{table}]\naiomoto_strict = true\n")

    # Before pytest 9, [tool.pytest] is no configuration.
    is_read = table == "tool.pytest.ini_options" or pytest.version_tuple >= (9,)
    run_tests(pytester, SUITE).assert_outcomes(passed=2 if is_read else 1, failed=0 if is_read else 1)


def test_setting_is_true_or_false(pytester: pytest.Pytester) -> None:
    result = run_tests(pytester, SUITE, "-o", "aiomoto_strict=maybe")

    result.stderr.fnmatch_lines(["*aiomoto_strict must be true or false*"])
