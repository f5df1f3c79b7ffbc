"""What the documents say holds: their Python blocks run, and what they refer to exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.programs import ROOT, has_tests, missing_needs, run_as_script, run_as_tests, skip_without_its_needs

README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]

_FIRST_READ = ("README", "get-started", "calls", "faults", "pytest")


class Block(NamedTuple):
    """A fenced block of code, and the line on which it begins."""

    document: Path
    line: int
    code: str


def _blocks(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    fences = re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Block(document, text.count("\n", 0, fence.start()) + 1, fence[1]) for fence in fences]


BLOCKS = [block for document in DOCUMENTS for block in _blocks(document)]


def _each_to_run() -> Iterator[Any]:
    """A document's scripts together, its tests together, and each block that needs what is missing by itself."""
    for document in DOCUMENTS:
        blocks = [block for block in BLOCKS if block.document == document]
        alone = [block for block in blocks if missing_needs(block.code)]
        together = [block for block in blocks if block not in alone]
        marks = [] if document.stem in _FIRST_READ else [pytest.mark.thorough]
        if scripts := [block for block in together if not has_tests(block.code)]:
            yield pytest.param(scripts, id=document.name, marks=marks)
        if tests := [block for block in together if has_tests(block.code)]:
            yield pytest.param(tests, id=f"{document.name}:tests", marks=marks)
        for block in alone:
            yield pytest.param([block], id=f"{document.name}:{block.line}", marks=marks)


def _program(block: Block, folder: Path) -> Path:
    """Write a block as a program that calls its ``main``, which the block itself may leave to the reader."""
    program = folder / f"{block.document.stem.lower()}_{block.line}.py"
    calls_main = "async def main(" in block.code and "(main(" not in block.code
    end = "\nimport asyncio\n\nasyncio.run(main())\n" if calls_main else ""
    # Blank lines before it, so that a traceback shows the document's own line numbers.
    program.write_text("\n" * block.line + block.code + end, encoding="utf-8")
    return program


def _settings(document: Path) -> tuple[str, ...]:
    """What a document tells its reader to put into pyproject.toml, as far as it decides whether its tests run."""
    is_auto = re.search(r'^```toml\n[^`]*^asyncio_mode = "auto"$', document.read_text(encoding="utf-8"), re.MULTILINE)
    return ("-o", "asyncio_mode=auto") if is_auto else ()


@pytest.mark.parametrize("blocks", list(_each_to_run()))
def test_python_blocks_run(blocks: list[Block], tmp_path: Path) -> None:
    for block in blocks:
        skip_without_its_needs(block.code)

    programs = [_program(block, tmp_path) for block in blocks]
    if has_tests(blocks[0].code):
        run_as_tests(*programs, options=_settings(blocks[0].document), after_a_mock=True)
    else:
        run_as_script(*programs, after_a_mock=True)


def test_readme_has_an_asserting_example_within_its_first_30_lines() -> None:
    first = _blocks(README)[0]

    assert "assert " in first.code
    assert first.line + first.code.count("\n") < 30


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_make_targets_that_are_named_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))

    assert {first or second for first, second in named} <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_relative_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]*)#?([^)]*)\)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not _is_there(document.parent / link[0] if link[0] else document, link[1])] == []


def _is_there(target: Path, anchor: str) -> bool:
    if not (anchor and target.exists()):
        return target.exists()
    text = re.sub(r"^```.*?^```$", "", target.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    # As GitHub and the site write them.
    return anchor in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_map_of_the_code_has_every_room_and_no_file_that_is_gone() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Map of the code")[2]

    rooms = {path.parent for path in (ROOT / "aiomoto").glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)/` \|", contributing, re.MULTILINE)) == {room.name for room in rooms}
    files = re.findall(r"`([\w/]+\.py)`", contributing)
    assert [file for file in files if not (ROOT / "aiomoto" / file).exists()] == []


def test_supported_versions_are_those_of_the_project_file() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    bounds = dict(re.findall(r'"(aiobotocore|moto|aiohttp|boto3)>=([0-9.]+)"', project))
    bounds["python"] = project.partition('requires-python = ">=')[2].partition('"')[0]
    versions = (ROOT / "docs" / "versions.md").read_text(encoding="utf-8")

    stated = dict(re.findall(r"^\| (Python|aiobotocore|Moto|aiohttp|boto3) \| ([0-9.]+) \|", versions, re.MULTILINE))

    assert {name.lower(): version for name, version in stated.items()} == bounds
