"""What SECURITY.md says that the code does not do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.programs import ROOT

FORBIDDEN = {"eval", "exec", "compile", "pickle", "dill", "shelve", "subprocess", "ctypes", "os.system", "os.popen"}
SOURCES = sorted((ROOT / "aiomoto").glob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_that_comes_in_is_run(path: Path) -> None:
    used: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Name, ast.Attribute)):
            used.add(ast.unparse(node))
        elif isinstance(node, ast.Import):
            used.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            used.add(node.module)

    assert not used & FORBIDDEN


def test_tests_that_are_named_exist() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    named = re.findall(r"tests/\w+\.py", text)

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
