"""The fixture ``aiomoto_state``: seed once, and every test begins with that."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]

TESTS = """
def names():
    return [each["Name"] for each in boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"]]

@pytest.mark.aiomoto
def test_one():
    assert names() == ["seeded"]
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="another")

def test_two(aiomoto):
    assert names() == ["seeded"]
    boto3.client("s3", region_name="us-east-1").delete_bucket(Bucket="seeded")

@pytest.mark.asyncio
@pytest.mark.aiomoto
async def test_three():
    assert names() == ["seeded"]

@pytest.mark.aiomoto(state=None)
def test_four():
    assert names() == []
"""

SYNC = """
from aiomoto import mock_aws

@pytest.fixture(scope="session")
def aiomoto_state():
    with mock_aws() as aws:
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="seeded")
        return aws.snapshot()
"""

ASYNC = """
import pytest_asyncio
from aiobotocore.session import get_session
from aiomoto import mock_aws

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def aiomoto_state():
    async with mock_aws() as aws, get_session().create_client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="seeded")
        return aws.snapshot()
"""


@pytest.mark.thorough
@pytest.mark.parametrize("fixture", [SYNC, ASYNC], ids=["sync", "async"])
def test_every_test_begins_with_the_state_and_changes_nothing_for_others(
    pytester: pytest.Pytester, fixture: str
) -> None:
    run_tests(pytester, fixture + TESTS).assert_outcomes(passed=4)


def test_a_state_that_is_no_snapshot_is_named(pytester: pytest.Pytester) -> None:
    result = run_tests(
        pytester,
        """
@pytest.fixture(scope="session")
def aiomoto_state():
    return {"s3": []}

def test_it(aiomoto):
    pass
""",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*aiomoto_state must return a snapshot or None, not {'s3': []}*"])


def test_a_state_and_a_mock_around_the_test_are_refused_together(pytester: pytest.Pytester) -> None:
    result = run_tests(
        pytester,
        SYNC
        + """
@pytest.fixture(scope="session", autouse=True)
def around(aiomoto_state):
    with mock_aws():
        yield

def test_it(aiomoto):
    pass
""",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*cannot begin with a snapshot while another mock is active*"])
