"""Tests with an isolated mock of the fixture's: each has its own AWS, on whichever event loop it runs."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests
from tests.snapshot import nothing_left_behind

pytest_plugins = ["pytester"]

PRELUDE = """
import asyncio
import threading

import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws

REGION = "us-east-1"
pytestmark = pytest.mark.aiomoto(isolated=True)

async def use():
    async with get_session().create_client("s3", region_name=REGION) as s3:
        assert (await s3.list_buckets())["Buckets"] == []
        await s3.create_bucket(Bucket="reports")

def use_sync():
    s3 = boto3.client("s3", REGION)
    assert s3.list_buckets()["Buckets"] == []
    s3.create_bucket(Bucket="reports")
"""


def _passes(pytester: pytest.Pytester, tests: str, count: int) -> None:
    with nothing_left_behind():
        run_tests(pytester, tests, prelude=PRELUDE).assert_outcomes(passed=count)


def test_the_marker_gives_each_test_its_own(pytester: pytest.Pytester) -> None:
    tests = """
        def test_sync():
            use_sync()

        def test_sync_again(aiomoto):
            use_sync()
            assert [call.operation for call in aiomoto.calls] == ["ListBuckets", "CreateBucket"]

        @pytest.mark.asyncio
        async def test_async():
            await use()

        def test_beside_a_mock_that_is_shared():
            with mock_aws(isolated=True):
                use_sync()
            use_sync()
    """
    _passes(pytester, tests, 4)


def test_a_loop_of_the_session_runs_each_test_in_its_own(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture(scope="session")
        def anyio_backend():
            return "asyncio"

        @pytest.fixture(scope="session")
        async def loop(anyio_backend):
            yield

        @pytest.fixture
        async def bucket(loop, aiomoto):
            await use()
            return "reports"

        @pytest.mark.anyio
        async def test_one(bucket):
            async with get_session().create_client("s3", region_name=REGION) as s3:
                await s3.put_object(Bucket=bucket, Key="may", Body=b"first")
                assert len((await s3.list_buckets())["Buckets"]) == 1

        @pytest.mark.anyio
        async def test_two(loop):
            await use()

        @pytest.mark.anyio
        async def test_three(bucket):
            async with get_session().create_client("s3", region_name=REGION) as s3:
                assert (await s3.list_objects_v2(Bucket=bucket))["KeyCount"] == 0
    """
    _passes(pytester, tests, 3)


def test_tests_beside_each_other_do_not_see_each_other(pytester: pytest.Pytester) -> None:
    tests = """
        pytestmark = []

        @mock_aws(isolated=True)
        async def body(name, both):
            async with get_session().create_client("s3", region_name=REGION) as s3:
                await s3.create_bucket(Bucket=f"reports-{name}")
                await both.wait()
                return [each["Name"] for each in (await s3.list_buckets())["Buckets"]]

        @pytest.mark.asyncio
        async def test_bodies():
            both = asyncio.Event()
            asyncio.get_running_loop().call_soon(both.set)
            assert await asyncio.gather(body("a", both), body("b", both)) == [["reports-a"], ["reports-b"]]
    """
    _passes(pytester, tests, 1)


def test_a_failing_test_shows_what_exists_in_its_own(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.asyncio
        async def test_it():
            await use()
            assert False
    """
    result = run_tests(pytester, tests, prelude=PRELUDE)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*s3.CreateBucket(Bucket='reports')*", "s3: reports (empty)"])
