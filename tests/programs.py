"""Run Python files the way a reader of the documentation does, each in a process of its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from aiobotocore import httpxsession

from tests import warm_process
from tests.warm_process import ROOT as ROOT
from tests.warm_process import SECONDS

_AS_SCRIPTS = "import runpy, sys; [runpy.run_path(path, run_name='__main__') for path in sys.argv[1:]]"
# Without the plugins that happen to be installed, most of which take long to import. What warm_process has imported
# is not rewritten, which pytest warns of.
_PLUGINS = ("aiomoto.pytest_plugin", "anyio.pytest_plugin", "pytest_asyncio.plugin")
_AS_TESTS = f"""
import os, sys, pytest
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
options = [option for plugin in {_PLUGINS} for option in ("-p", plugin)]
options += ["-c", "pyproject.toml", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:cacheprovider"]
sys.exit(pytest.main(options + sys.argv[1:]))
"""


def run_as_script(*paths: Path, after_a_mock: bool = False) -> None:
    """Run files one after the other in one process; they must end well and complain of nothing.

    The keyword argument: see ``warm_process.run``.
    """
    result = run_source(_AS_SCRIPTS, *map(str, paths), after_a_mock=after_a_mock)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout + result.stderr


def run_cold(path: Path) -> None:
    """Run a file in an interpreter that has imported nothing; it must end well and complain of nothing."""
    command = [sys.executable, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout + result.stderr


def run_as_tests(*paths: Path, options: tuple[str, ...] = (), after_a_mock: bool = False) -> str:
    """Run files with pytest, under this project's settings and more options; they must have tests, all of which pass.

    Returns:
        What became of how many, as ``3 passed``.
    """
    result = run_source(_AS_TESTS, *options, *map(str, paths), after_a_mock=after_a_mock)
    summary = result.stdout.splitlines()[-1] if result.stdout else ""
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in summary, result.stdout
    assert not any(word in summary for word in ("skipped", "deselected", "xfailed")), result.stdout
    return summary.strip("= ").partition(" in ")[0]


def has_tests(source: str) -> bool:
    """Tell whether a source is for pytest: it defines test functions, or a class that is a ``TestCase``."""
    return any(map(_is_test, ast.parse(source).body))


def _is_test(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ClassDef):
        return any(ast.unparse(base).endswith("TestCase") for base in statement.bases)
    return isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and statement.name.startswith("test_")


def skip_without_its_needs(source: str) -> None:
    """Skip the running test where something optional that a source imports is missing."""
    if missing := missing_needs(source):
        pytest.skip(f"needs {missing}")


def missing_needs(source: str) -> str:
    """Name what a source imports that is optional and missing; an empty string if nothing is."""
    imported = dict(_imports(ast.parse(source)))
    missing = sorted({package for package in imported.values() if find_spec(package) is None})
    if not missing and imported.keys() & {"HttpxSession", "MotoHttpxSession"} and httpxsession.httpx is None:
        return "httpx2 or httpx"
    if not missing and "trio" in imported and not hasattr(httpxsession, "is_httpx_session_cls"):
        return "an aiobotocore that runs on trio, 3.9 or later"
    return ", ".join(missing)


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each imported name, and the top-level package that it is from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((alias.name, node.module.partition(".")[0]) for alias in node.names)


def run_source(source: str, *arguments: str, after_a_mock: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a source as ``python -c`` does, from the project's folder, in a process of its own."""
    if hasattr(os, "fork"):
        return warm_process.run(source, *arguments, after_a_mock=after_a_mock)
    command = [sys.executable, "-c", source, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
