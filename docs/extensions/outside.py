"""What reads well in the repository and not on the site: links to files outside of docs/, and names of files.

Links lead to a file's page, or else to the repository. Where the text of a link is the name of a page's file, the site
shows the title of the page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_INCLUDED = re.compile(r"```\{include\} \.\./([\w.]+)\n```\n")
# Not of images, which are copied into the site.
_UPWARDS = re.compile(r"(?P<text>(?<!!)\[[^\]]*\]\()(?P<path>(?:\.\./)+[^)#]+)")
_RELATIVE = re.compile(r"\]\((?!https?://|#)")
_NAMED = re.compile(r"\[(?P<file>[\w-]+\.md)\](?=\((?P=file)[#)])")


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
    folder = Path(app.srcdir, name).parent
    source[0] = _UPWARDS.sub(lambda link: link["text"] + _destination(app, folder, link["path"]), source[0])
    source[0] = _NAMED.sub("[]", source[0])


def _destination(app: Sphinx, folder: Path, link: str) -> str:
    path = (folder / link).resolve()
    if path.suffix == ".md" and path.is_relative_to(app.srcdir):
        return link
    page = Path(app.srcdir, path.name.lower())
    if path.parent == Path(app.srcdir).parent and page.is_file():
        return f"/{page.name}"
    return app.config.repository_files + path.relative_to(Path(app.srcdir).parent).as_posix()
