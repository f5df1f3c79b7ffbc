"""HTML pages of one file: the parts in ``assets``, and data that no page can mistake for anything else."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

# In the first lines of a page, so that our old pages can be told from other files.
MARK = '<meta name="generator" content="aiomoto report">'


def page(title: str, body: str, data: Mapping[str, Any], *, scripts: Iterable[str]) -> bytes:
    """Write a page.

    Args:
        title: its title, as plain text.
        body: what is readable without JavaScript, as HTML.
        data: what the scripts read.
        scripts: the names of the scripts in ``assets``.
    """
    style = asset("page.css")
    script = '"use strict";\n(() => {\n' + "\n".join(map(asset, ("common.js", *scripts))) + "})();\n"
    parts = {
        "mark": MARK,
        "title": escape(title),
        "style": style,
        "style_hash": _hash(style),
        "script": script,
        "script_hash": _hash(script),
        "body": body,
        "data": as_script(data),
    }
    return Template(asset("page.html")).substitute(parts).encode("utf-8", "replace")


def as_script(data: Mapping[str, Any]) -> str:
    """Write JSON that ends no script element: without ``<``, and in ASCII."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")


def element(name: str, content: str, **attributes: str) -> str:
    """Write an element of HTML with plain text in it."""
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{escape(content)}</{name}>"


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table of plain text."""
    head = "".join(element("th", heading, scope="col") for heading in headings)
    lines = "".join(f"<tr>{''.join(element('td', cell) for cell in row)}</tr>\n" for row in rows)
    return f'<div class="scrolls"><table><thead><tr>{head}</tr></thead>\n<tbody>{lines}</tbody></table></div>\n'


@cache
def asset(name: str) -> str:
    """Read a part of the pages."""
    return files("aiomoto._report").joinpath("assets", name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
