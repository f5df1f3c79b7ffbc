"""What Sphinx makes of our docstrings, which are written for editors and ``help`` too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.pycode import ModuleAnalyzer

import aiomoto

if TYPE_CHECKING:
    from docutils.nodes import TextElement
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_CREATED_BY_USERS = {"AioSession", "MockAWS", "MotoAIOHTTPSession", "MotoHTTPClient", "MotoHttpxSession"}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", _show_the_signature_with_all_options)
    app.connect("autodoc-process-docstring", _read)
    app.connect("autodoc-process-signature", _hide_constructor)
    app.connect("missing-reference", _find_exported)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _show_the_signature_with_all_options(app: Sphinx) -> None:
    """Type checkers read overloads, which would be shown in place of the signature that ``help`` shows."""
    analyzer = ModuleAnalyzer.for_module("aiomoto._mock_aws")
    analyzer.analyze()
    analyzer.overloads.clear()
    vars(aiomoto.mock_aws)["__annotations__"] = {}  # those of the implementation, which are Any


def _read(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    # Of an attribute, Napoleon would take what stands before a colon for its type. Types are annotations here.
    read = GoogleDocstring(lines, Config(napoleon_use_rtype=False), app, "method", name, obj, options)
    # Pages are named as files of the repository.
    lines[:] = [re.sub(r"\bdocs/([\w-]+)\.md", r":doc:`/\1`", line) for line in read.lines()]


def _hide_constructor(app: Sphinx, what: str, name: str, obj: object, *others: Any) -> tuple[str, str] | None:
    """Users are given most objects, and create few."""
    return ("", "") if what == "class" and name.rpartition(".")[2] not in _CREATED_BY_USERS else None


def _find_exported(app: Sphinx, env: BuildEnvironment, node: pending_xref, text: TextElement) -> Any:
    """Find a class that is named as where it is defined, or as in code that has imported it."""
    name = node["reftarget"].rpartition(".")[2]
    if node["refdomain"] != "py" or name not in aiomoto.__all__:
        return None
    domain = env.domains["py"]
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", f"aiomoto.{name}", node, text)
