"""Each test in a process of its own, by pytest-forked: a mock that is live before the fork, and mocks after it."""

from __future__ import annotations

import pytest

from tests.inner_runs import ARGUMENTS

pytest.importorskip("pytest_forked", reason="pytest-forked is not installed: nox -s forked")

pytest_plugins = ["pytester"]

# It leaves the files open that a child writes its output to.
FORKED = ("--forked", "-p", "no:randomly", "-W", "ignore::ResourceWarning", "-W", "ignore::pytest.PytestWarning")

USE = """
import asyncio, os
import boto3, pytest
from aiobotocore.session import get_session
from aiomoto import RequestBlockedError, mock_aws

def create_bucket(name):
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=name)

async def buckets():
    async with get_session().create_client("s3") as s3:
        return {bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]}
"""
CONFTEST = """
KEYS = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}

def pytest_sessionstart(session):
    session.config.aws = mock_aws()
    session.config.aws.start()
    create_bucket("parent")

def pytest_sessionfinish(session):
    assert asyncio.run(buckets()) == {"parent"}
    session.config.aws.stop()
    assert {name: value for name, value in os.environ.items() if name.startswith("AWS_")} == KEYS
"""
TESTS = r"""
def test_has_what_its_parent_has():
    assert asyncio.run(buckets()) == {"parent"}

def test_may_not_write_to_the_mock_of_its_parent():
    with pytest.raises(RequestBlockedError, match=r"use mock_aws\(endpoint=True\) in the parent"):
        create_bucket("child")

@mock_aws
def test_may_write_in_a_mock_of_its_own():
    create_bucket("child")
    assert asyncio.run(buckets()) == {"child", "parent"}

def test_has_nothing_of_its_sibling():
    assert asyncio.run(buckets()) == {"parent"}

@pytest.mark.asyncio
async def test_runs_on_a_loop():
    assert await buckets() == {"parent"}

@mock_aws
def test_nests_a_mock():
    assert asyncio.run(buckets()) == {"parent"}
"""
TESTS_WITH_MOCKS_OF_THEIR_OWN = """
@pytest.fixture(scope="session")
def aws():
    with mock_aws() as aws:
        create_bucket("session")
        yield aws

def test_has_what_the_session_has(aws):
    create_bucket("first")
    assert asyncio.run(buckets()) == {"first", "session"}

def test_has_nothing_of_its_sibling(aws):
    assert asyncio.run(buckets()) == {"session"}

@mock_aws
def test_is_decorated():
    assert asyncio.run(buckets()) == set()

@pytest.mark.aiomoto
def test_is_marked():
    assert asyncio.run(buckets()) == set()

def test_is_not_mocked():
    assert "AWS_ACCESS_KEY_ID" not in os.environ
"""


@pytest.fixture(autouse=True)
def _skip_where_no_test_runs(pytester: pytest.Pytester) -> None:
    """pytest-forked 1.7.5 cannot tell pytest 9.2 of any test: it knows no way to write down the ids of those."""
    empty = pytester.makepyfile(test_empty="def test_empty(): ...")
    if not pytester.runpytest_inprocess(*ARGUMENTS, *FORKED, empty).parseoutcomes().get("passed"):
        pytest.skip("this pytest-forked does not work with this pytest")
    empty.unlink()


def test_children_have_the_mock_that_is_live_in_their_parent(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(USE + CONFTEST)

    assert_passed(pytester, TESTS, passed=6)


def test_children_have_mocks_of_their_own(pytester: pytest.Pytester) -> None:
    assert_passed(pytester, TESTS_WITH_MOCKS_OF_THEIR_OWN, passed=5)


def assert_passed(pytester: pytest.Pytester, tests: str, *, passed: int) -> None:
    """Run tests, each in a child: they pass, and neither they nor their parent print anything."""
    pytester.makepyfile(USE + tests)
    result = pytester.runpytest_subprocess(*ARGUMENTS, *FORKED, "-rA")
    result.assert_outcomes(passed=passed)
    result.stdout.no_fnmatch_line("*Captured*")
    assert result.stderr.str() == ""
