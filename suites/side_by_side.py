"""Tests that run at the same time in one process, by plugins of pytest: none sees another's data.

nox -s side_by_side
"""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws

together = pytest.mark.asyncio_concurrent(group="together")
isolated = pytest.mark.aiomoto(isolated=True)


async def use(name: str) -> None:
    """Create a bucket where there is none, and find it alone after others have run."""
    async with get_session().create_client("s3") as s3:
        assert (await s3.list_buckets())["Buckets"] == []
        await s3.create_bucket(Bucket=name)
        await asyncio.sleep(0)
        assert [each["Name"] for each in (await s3.list_buckets())["Buckets"]] == [name]


@together
@isolated
async def test_tasks_with_the_marker() -> None:
    await use("marker")


@together
@isolated
async def test_tasks_with_the_fixture(aiomoto: Any) -> None:
    await use("fixture")
    assert len(aiomoto.calls) == 3


@together
@mock_aws(isolated=True)
async def test_tasks_with_the_decorator() -> None:
    await use("decorator")


@together
async def test_tasks_with_a_block() -> None:
    async with mock_aws(isolated=True):
        await use("block")


@mock_aws(isolated=True)
def test_threads_with_the_decorator() -> None:
    s3 = boto3.client("s3")
    assert s3.list_buckets()["Buckets"] == []
    s3.create_bucket(Bucket="reports")
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["reports"]


@isolated
def test_threads_of_one_test_share_its_mock() -> None:
    boto3.client("s3").create_bucket(Bucket="reports")  # in us-east-1 its owner may create it again
    assert [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]] == ["reports"]
