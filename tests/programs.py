"""Run Python files the way a reader of the documentation does, each in a fresh process of its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from aiobotocore import httpxsession

ROOT = Path(__file__).parent.parent

_AS_SCRIPT = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
_AS_TESTS = "import sys, pytest; sys.exit(pytest.main(['-c', 'pyproject.toml', *sys.argv[1:]]))"


def run_as_script(path: Path) -> None:
    """Run a file; it must end well and complain of nothing."""
    result = _run(_AS_SCRIPT, path)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout + result.stderr


def run_as_tests(path: Path) -> None:
    """Run a file with pytest, under this project's settings; it must have tests, all of which pass."""
    result = _run(_AS_TESTS, path, "-p", "no:cacheprovider")
    summary = result.stdout.splitlines()[-1] if result.stdout else ""
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in summary, result.stdout
    assert not any(word in summary for word in ("skipped", "deselected", "xfailed")), result.stdout


def has_tests(source: str) -> bool:
    """Tell whether a source is for pytest: it defines test functions, or a class that is a ``TestCase``."""
    return any(map(_is_test, ast.parse(source).body))


def _is_test(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ClassDef):
        return any(ast.unparse(base).endswith("TestCase") for base in statement.bases)
    return isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and statement.name.startswith("test_")


def skip_without_its_needs(source: str) -> None:
    """Skip the running test where something optional that a source imports is missing."""
    imported = dict(_imports(ast.parse(source)))
    missing = sorted(package for package in imported.values() if find_spec(package) is None)
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    if imported.keys() & {"HttpxSession", "MotoHttpxSession"} and httpxsession.httpx is None:
        pytest.skip("needs httpx2 or httpx")
    if "trio" in imported and not hasattr(httpxsession, "is_httpx_session_cls"):
        pytest.skip("needs an aiobotocore that runs on trio, 3.9 or later")


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each imported name, and the top-level package that it is from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((alias.name, node.module.partition(".")[0]) for alias in node.names)


def _run(launcher: str, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", launcher, str(path), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
