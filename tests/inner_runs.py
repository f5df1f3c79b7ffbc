"""Test runs inside a test, for what pytest does with the plugin: by pytester, in this process."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import hypothesis  # noqa: F401  (its plugin would load it at the end of an inner run, and warn of trio there)
import pytest

from tests.programs import run_source

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
    # It collects all garbage five times at the end. What nobody could raise is an error of the outer test.
    *("-p", "no:unraisableexception"),
    *("-W", "ignore:unclosed file:ResourceWarning"),  # of a child process of another test, collected in here
    *("-o", "asyncio_default_fixture_loop_scope=function"),  # pytest-asyncio warns of its absence
)


def run_tests(pytester: pytest.Pytester, tests: str, *arguments: str, prelude: str = PRELUDE) -> pytest.RunResult:
    """Run a file of tests, which begins with the prelude."""
    pytester.makepyfile(prelude + dedent(tests))
    return run_folder(pytester, *arguments)


# Without what else is installed: pytest would look through all of its files, which takes longer than most of the runs.
_PLUGINS = ("aiomoto.pytest_plugin", "anyio.pytest_plugin", "pytest_asyncio.plugin")


def run_folder(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the tests that are in the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        plugins = [_ModulesKept(pytester.path), *map(import_module, _PLUGINS)]
        try:
            return pytester.runpytest_inprocess(*ARGUMENTS, *arguments, plugins=plugins)
        finally:
            bring_back_modules()


_IN_OWN_PROCESS = """
import os, sys
import pytest

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
os.chdir(sys.argv[1])
sys.exit(pytest.main(sys.argv[2:]))
"""


def run_in_own_process(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the tests in the folder with no plugin but aiomoto's, in a process that has not imported aiomoto before."""
    options = (*ARGUMENTS[:-2], "-p", "aiomoto.pytest_plugin", *arguments)
    result = run_source(_IN_OWN_PROCESS, str(pytester.path), *options)
    return pytest.RunResult(result.returncode, result.stdout.splitlines(), result.stderr.splitlines(), 0)


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
