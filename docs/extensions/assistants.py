"""The site for assistants: ``llms.txt``, which lists the pages, and ``llms-full.md``, which has them all.

https://llmstxt.org says how the first is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.writers.text import TextTranslator

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_TO_PAGE = re.compile(r"\]\((?!https?://|#)([\w./-]+)\.md(#[^)]*)?\)")
_NAVIGATION = re.compile(r"^```\{toctree\}\n.*?^```\n|^%.*\n", re.DOTALL | re.MULTILINE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", _keep, priority=900)  # after links have been mended
    app.connect("build-finished", _write)
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def _keep(app: Sphinx, name: str, source: list[str]) -> None:
    vars(app.env).setdefault("read_sources", {})[name] = source[0]


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "html":
        folder = Path(app.outdir)
        folder.joinpath("llms.txt").write_text("\n".join(_index(app)) + "\n", encoding="utf-8")
        pages = ["index", *(page for _, pages in _sections(app) for page in pages)]
        folder.joinpath("llms-full.md").write_text("\n\n".join(_page(app, page) for page in pages), encoding="utf-8")


def _index(app: Sphinx) -> Iterator[str]:
    base = app.config.html_baseurl
    yield from (f"# {app.config.project}", "", f"> {_first_sentences(app, 'index')}", "")
    yield f"All of these pages are in one file, with the whole reference: [llms-full.md]({base}llms-full.md)"
    for caption, pages in _sections(app):
        yield from ("", f"## {caption}", "")
        for page in pages:
            says = _first_sentences(app, page)
            yield f"- [{app.env.titles[page].astext()}]({base}{page}.html){says and f': {says}'}"


def _sections(app: Sphinx) -> Iterator[tuple[str, list[str]]]:
    for each in app.env.get_doctree("index").findall(addnodes.toctree):
        yield each["caption"], [page for _, page in each["entries"]]


def _first_sentences(app: Sphinx, page: str) -> str:
    first = next(iter(app.env.get_and_resolve_doctree(page, app.builder).findall(nodes.paragraph)), None)
    return " ".join(first.astext().split()).rstrip(":") if first is not None else ""


def _page(app: Sphinx, page: str) -> str:
    """A page in Markdown. What is generated from docstrings is plain text in it."""
    if page.startswith("reference/"):
        document = app.env.get_and_resolve_doctree(page, app.builder)
        title = document.next_node(nodes.title)
        assert title is not None
        visitor = _PlainText(document, app.builder)
        document.walkabout(visitor)
        _, _, body = visitor.body.partition("\n\n")
        return f"# {title.astext()}\n\n```text\n{body.rstrip()}\n```\n"
    base = app.config.html_baseurl + "".join(f"{part}/" for part in page.split("/")[:-1])
    text = _NAVIGATION.sub("", vars(app.env)["read_sources"][page])
    return _TO_PAGE.sub(lambda link: f"]({base}{link[1].removeprefix('/')}.html{link[2] or ''})", text).strip() + "\n"


class _PlainText(TextTranslator):
    """Types are sequences of emphasised words, which would be full of asterisks."""

    def visit_emphasis(self, node: nodes.Element) -> None:
        """Write nothing around it."""

    depart_emphasis = visit_literal_emphasis = depart_literal_emphasis = visit_emphasis
