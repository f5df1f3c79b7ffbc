"""Test runs inside a test, for what pytest does with the plugin: by pytester, in this process."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import hypothesis  # noqa: F401  (its plugin would load it at the end of an inner run, and warn of trio there)
import pytest

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
    pytester.makepyfile(prelude + dedent(tests))
    try:
        return pytester.runpytest_inprocess(*ARGUMENTS, *arguments, plugins=[_ModulesKept(pytester.path)])
    finally:
        bring_back_modules()


_kept: dict[str, ModuleType] = {}


class _ModulesKept:
    """Notes the modules that an inner run has imported, but for its own.

    Pytester lets go of those that it is the first to import, though others refer to them: were they imported again,
    there would be two of each, with data of their own.

    Args:
        folder: where the modules of the run itself are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def pytest_unconfigure(self) -> None:
        for name, module in list(sys.modules.items()):
            if not (getattr(module, "__file__", None) or "").startswith(self._folder):
                _kept[name] = module


def bring_back_modules() -> None:
    """Undo that pytester has let go of them."""
    for name, module in _kept.items():
        sys.modules.setdefault(name, module)
