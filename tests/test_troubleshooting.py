"""docs/troubleshooting.md quotes the messages that aiomoto has, word for word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.programs import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
OUR_OWN, _, OF_OTHERS = PAGE.partition("## Without aiomoto, or with Moto's own mock")
OF_PYTHON_AND_PYTEST = ("ImportError", "fixture ")


def _messages() -> Iterator[str]:
    """The strings of the package, with one sign for each value that is put in."""
    for path in (ROOT / "aiomoto").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


QUOTED = [
    each for each in re.findall(r"^### `(.*)`$", OUR_OWN, re.MULTILINE) if not each.startswith(OF_PYTHON_AND_PYTEST)
]


def test_quoted_messages_are_in_the_package() -> None:
    messages = "\n".join(_messages())
    # Many a message is put together at its colons.
    fragments = [fragment.strip(" '.?") for quoted in QUOTED for fragment in re.split("…|: ", quoted)]

    assert len(QUOTED) > 20
    assert [fragment for fragment in fragments if fragment not in messages] == []


def test_errors_of_other_packages_that_people_search_for_are_there() -> None:
    assert "object bytes can't be used in 'await' expression" in OF_OTHERS
    assert "Unable to locate credentials" in OF_OTHERS
    assert "async def functions are not natively supported." in OF_OTHERS
