"""Detectors of blocking calls find those of the code under test, and do not accuse it of what the mock does."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import pytest_asyncio
from aiobotocore.session import get_session

from aiomoto import AiomotoError, MockAWS, mock_aws
from tests.programs import run_source

blockbuster: Any = pytest.importorskip("blockbuster", reason="blockbuster is not installed: nox -s newest")

LARGE = b"x" * 17 * 2**20  # which Moto keeps in a file


@contextmanager
def activated(detector: Any) -> Iterator[None]:
    detector.activate()
    try:
        yield
    finally:
        detector.deactivate()


@pytest_asyncio.fixture
async def aws() -> AsyncIterator[MockAWS]:
    async with mock_aws() as aws:
        yield aws


@pytest_asyncio.fixture
async def s3(aws: MockAWS) -> AsyncIterator[Any]:
    """A client, whose creation reads models on the loop with or without a mock."""
    async with get_session().create_client("s3", region_name="us-east-1") as s3:
        yield s3


@pytest.mark.asyncio
async def test_handlers_are_not_accused(s3: Any) -> None:
    with activated(blockbuster.BlockBuster()):
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="june", Body=LARGE)
        response = await s3.get_object(Bucket="reports", Key="june")
        assert await response["Body"].read() == LARGE


@pytest.mark.asyncio
async def test_handlers_are_not_accused_by_a_detector_from_before_the_mock(aws: MockAWS) -> None:
    aws.stop()
    detector = blockbuster.BlockBuster()
    with activated(detector):
        aws.start()
    async with get_session().create_client("s3", region_name="us-east-1") as s3:
        with activated(detector):
            await s3.create_bucket(Bucket="reports")
            await s3.put_object(Bucket="reports", Key="june", Body=LARGE)


@pytest.mark.thorough
def test_rules_and_mocks_are_not_accused() -> None:
    program = """
    import asyncio
    from aiobotocore.session import get_session
    from aiomoto import mock_aws
    from blockbuster import blockbuster_ctx

    async def main():
        async with mock_aws(), get_session().create_client("sqs", region_name="us-east-1") as sqs:
            with blockbuster_ctx():
                async with mock_aws() as aws:
                    aws.faults.add("s3", "GetObject", error="SlowDown", optional=True)
                    aws.answers.add("dynamodb", "ListTables", {"TableNames": ["t"]}, optional=True)
                    await sqs.create_queue(QueueName="jobs")
                    assert len(aws.calls.filter("sqs", "CreateQueue")) == 1

    asyncio.run(main())
    """
    result = run_source(dedent(program))
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.asyncio
async def test_code_under_test_is_accused(s3: Any, tmp_path: Path) -> None:
    with activated(blockbuster.BlockBuster()):
        await s3.create_bucket(Bucket="reports")
        with pytest.raises(blockbuster.BlockingError):
            os.stat(tmp_path)


@pytest.mark.asyncio
async def test_functions_of_rules_are_accused(s3: Any, aws: MockAWS, tmp_path: Path) -> None:
    await s3.create_bucket(Bucket="reports")
    aws.faults.add("s3", "ListObjectsV2", where=lambda call: bool(os.stat(tmp_path)), error="SlowDown", optional=True)
    with activated(blockbuster.BlockBuster()), pytest.raises(AiomotoError, match="BlockingError"):
        await s3.list_objects_v2(Bucket="reports")


def test_after_the_mock_the_detector_is_as_before() -> None:
    before = vars(blockbuster.blockbuster).copy()
    with mock_aws():
        assert vars(blockbuster.blockbuster) != before
    assert vars(blockbuster.blockbuster) == before
