"""Files outside of docs/: pages that include one, and links, which lead to its page or else to the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_INCLUDED = re.compile(r"```\{include\} \.\./([\w.]+)\n```\n")
_OUTSIDE = re.compile(r"\]\(\.\./(?P<path>[^)#]+)")
_RELATIVE = re.compile(r"\]\((?!https?://|#)")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("repository_files", "", "env")
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    if included := _INCLUDED.fullmatch(source[0]):
        path = Path(app.srcdir).parent / included[1]
        app.env.note_dependency(str(path))
        source[0] = _RELATIVE.sub("](../", path.read_text(encoding="utf-8")).replace("](../docs/", "](")
    # tests/test_readme.py checks that the files exist.
    source[0] = _OUTSIDE.sub(lambda link: f"]({_destination(app, link['path'])}", source[0])


def _destination(app: Sphinx, path: str) -> str:
    page = Path(path).name.lower()
    is_page = "/" not in path and Path(app.srcdir, page).is_file()
    return page if is_page else f"{app.config.repository_files}{path}"
