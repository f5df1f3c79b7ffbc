"""The marker ``aiomoto_fault``: a mock with a rule, for one test, for all of a class or of a module."""

from __future__ import annotations

import pytest

from tests.inner_runs import PRELUDE, run_tests

pytest_plugins = ["pytester"]

WITH_CODE = (
    PRELUDE
    + """
from botocore.config import Config
from botocore.exceptions import ClientError

def code():
    s3 = boto3.client("s3", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))
    try:
        s3.list_buckets()
    except ClientError as error:
        return error.response["Error"]["Code"]
"""
)


MARKED = {
    "alone": """
        @pytest.mark.aiomoto_fault("s3", "ListBuckets", error="InternalError", times=1)
        def test_function():
            assert [code(), code()] == ["InternalError", None]
    """,
    "with the fixture": """
        @pytest.mark.aiomoto_fault("s3", error="SlowDown", times=1)
        def test_function(aiomoto):
            assert [code(), code()] == ["SlowDown", None]
            assert [rule.hits for rule in aiomoto.faults] == [1]
    """,
    "with the marker": """
        @pytest.mark.aiomoto(sleep="instant")
        @pytest.mark.aiomoto_fault("s3", error="SlowDown", times=2)
        def test_function(aiomoto):
            boto3.client("s3", region_name="us-east-1").list_buckets()
            assert [wait.why for wait in aiomoto.slept] == ["retry", "retry"]
    """,
    "rules from top to bottom, then those of the class and of the module": """
        pytestmark = [
            pytest.mark.aiomoto_fault(error="RequestTimeout", times=1),
            pytest.mark.aiomoto_fault(error="ExpiredToken", times=1),
        ]

        @pytest.mark.aiomoto_fault(error="AccessDenied", times=1)
        class TestClass:
            @pytest.mark.aiomoto_fault(error="InternalError", times=1)
            @pytest.mark.aiomoto_fault(error="SlowDown", times=1)
            def test_method(self):
                codes = [code() for _ in range(6)]
                own = ["InternalError", "SlowDown"]
                assert codes == [*own, "AccessDenied", "RequestTimeout", "ExpiredToken", None]
    """,
    "an asynchronous client": """
        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        @pytest.mark.aiomoto_fault("s3", "ListBuckets", error="AccessDenied")
        async def test_function(aiomoto_client, anyio_backend):
            s3 = await aiomoto_client("s3")
            with pytest.raises(ClientError, match="AccessDenied"):
                await s3.list_buckets()
    """,
    "a mock inside": """
        @pytest.mark.aiomoto_fault("s3", error="SlowDown", times=1)
        @mock_aws
        def test_function():
            assert [code(), code()] == ["SlowDown", None]
    """,
}


@pytest.mark.parametrize("tests", MARKED.values(), ids=MARKED.keys())
def test_the_marker_adds_a_rule(pytester: pytest.Pytester, tests: str) -> None:
    run_tests(pytester, tests, prelude=WITH_CODE).assert_outcomes(passed=1)


def test_parameters_may_be_marked(pytester: pytest.Pytester) -> None:
    tests = """
        BAD_DAYS = [
            pytest.param("SlowDown", marks=pytest.mark.aiomoto_fault("s3", error="SlowDown")),
            pytest.param("InternalError", marks=pytest.mark.aiomoto_fault("s3", error="InternalError")),
        ]

        @pytest.mark.parametrize("expected", BAD_DAYS)
        def test_function(expected):
            assert code() == expected
    """

    run_tests(pytester, tests, prelude=WITH_CODE).assert_outcomes(passed=2)


WRONG = {
    "('s3', 'GetObjekt', error='SlowDown')": "s3 has no operation 'GetObjekt'; did you mean 'GetObject'",
    "('s3', eror='SlowDown')": "it has no argument 'eror'; did you mean 'error'?",
    "('s3', 'GetObject')": "the rule has no effect",
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.items(), ids=WRONG.keys())
def test_a_rule_that_makes_no_sense_fails_the_test_and_names_the_marker(
    pytester: pytest.Pytester, arguments: str, message: str
) -> None:
    tests = f"""
        @pytest.mark.aiomoto_fault{arguments}
        def test_function():
            pass
    """

    result = run_tests(pytester, tests)

    result.assert_outcomes(errors=1)
    line = next(line for line in result.outlines if line.startswith(f"@pytest.mark.aiomoto_fault{arguments}: "))
    assert message in line
    result.stdout.no_fnmatch_line("*During handling*")
