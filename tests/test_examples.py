"""Every file in examples/ runs, and asserts something."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from moto.sqs import responses as moto_sqs

from tests.programs import ROOT, has_tests, missing_needs, run_as_script, run_as_tests, skip_without_its_needs

FILES = sorted((ROOT / "examples").glob("*.py"))


def _is_alone(path: Path) -> bool:
    """Whether an example has tests, or needs what is not always there: sessions of nox name it."""
    source = path.read_text(encoding="utf-8")
    return has_tests(source) or bool(missing_needs(source)) or path.name.startswith(("aioboto3_", "pandas_", "sdk_v4_"))


@pytest.mark.thorough
@pytest.mark.parametrize("path", [path for path in FILES if _is_alone(path)], ids=lambda path: path.name)
def test_example_runs(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    skip_without_its_needs(source)

    run = run_as_tests if has_tests(source) else run_as_script

    run(path, after_a_mock=True)


@pytest.mark.thorough
def test_examples_that_are_scripts_run() -> None:
    scripts = [path for path in FILES if not _is_alone(path)]
    if "MessageSystemAttributeNames" not in Path(moto_sqs.__file__).read_text(encoding="utf-8"):
        scripts.remove(ROOT / "examples" / "simulated_day.py")  # Moto 5.1.0 knows the attribute's older name only
    run_as_script(*scripts, after_a_mock=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_example_says_what_it_shows_and_asserts_it(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert ast.get_docstring(tree)
    assert any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def test_there_are_examples() -> None:
    assert "quickstart.py" in [path.name for path in FILES]
