"""The public signatures, read by mypy and not run: what decorated functions return, and which calls are errors."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.programs import ROOT


@pytest.mark.skipif(find_spec("mypy") is None, reason="mypy is not installed")
def test_types_reach_the_user(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "tests/typing_api.py"]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.stdout.startswith("Success: no issues found in 1 source file"), result.stdout + result.stderr
