"""examples/service, the project of docs/tutorial.md: its own tests pass, and the tutorial shows all of its code."""

from __future__ import annotations

import re

import pytest

from tests.programs import ROOT, run_as_tests, skip_without_its_needs

SERVICE = ROOT / "examples" / "service"
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_its_tests_pass() -> None:
    skip_without_its_needs("import fastapi, httpx")

    summary = run_as_tests(SERVICE / "tests", options=("-c", str(SERVICE / "pyproject.toml")), after_a_mock=True)

    assert summary == "33 passed"


def test_who_follows_the_tutorial_has_written_this_project() -> None:
    written: dict[str, str] = {}
    for name, code in re.findall(r"^```(?:py|toml)\n# (\S+)\n(.*?)^```$", TUTORIAL, re.DOTALL | re.MULTILINE):
        written[name] = f"{written[name]}\n\n{code}" if name in written else code

    files = [path for path in SERVICE.rglob("*") if path.suffix in (".py", ".toml")]
    assert written == {path.relative_to(SERVICE).as_posix(): path.read_text(encoding="utf-8") for path in files}
