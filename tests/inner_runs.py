"""Test runs inside a test, for what pytest does with the plugin: by pytester, in this process."""

from __future__ import annotations

from functools import cache
from textwrap import dedent
from typing import Any

import anyio
import hypothesis  # noqa: F401  (its plugin would load it at the end of an inner run, and warn of trio there)
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from aiomoto import mock_aws
from tests.buckets import create_bucket
from tests.conftest import STACKS, Stack

# What the inner tests have in common. Each wants to be the first to create the bucket.
PRELUDE = """
import asyncio
import os
import unittest

import boto3
import pytest

from aiomoto import MockAWS, mock_aws

def create_bucket():
    assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"  # before anything is sent
    s3 = boto3.client("s3", region_name="us-east-1")
    assert s3.list_buckets()["Buckets"] == []
    s3.create_bucket(Bucket="photos")

async def use(s3):
    assert (await s3.list_buckets())["Buckets"] == []
    await s3.create_bucket(Bucket="photos")
"""
ARGUMENTS = (
    *("--strict-markers", "-W", "error", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-W", "ignore:unclosed file:ResourceWarning"),  # of a child process of another test, collected in here
    *("-o", "asyncio_default_fixture_loop_scope=function"),  # pytest-asyncio warns of its absence
)


def run_tests(pytester: pytest.Pytester, tests: str, *arguments: str, prelude: str = PRELUDE) -> pytest.RunResult:
    """Run a file of tests, which begins with the prelude."""
    _load_what_is_used()
    pytester.makepyfile(prelude + dedent(tests))
    return pytester.runpytest_inprocess(*ARGUMENTS, *arguments)


@cache
def _load_what_is_used() -> None:
    """Load modules with a state of their own: pytester lets go of those that an inner run is the first to import."""
    with mock_aws():
        create_bucket("photos")
        for stack in STACKS:
            anyio.run(_list_buckets, stack, backend=stack.loop)


async def _list_buckets(stack: Stack) -> Any:
    config = AioConfig(http_session_cls=stack.session_class)
    async with get_session().create_client("s3", config=config) as s3:
        return await s3.list_buckets()
