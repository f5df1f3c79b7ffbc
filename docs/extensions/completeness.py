"""The reference has every public name: of the package, of its classes, and of its pytest plugin."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sphinx import addnodes
from sphinx.util.logging import getLogger

import aiomoto
from aiomoto import pytest_plugin

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

# Modules that users import, beside the package itself.
_MODULES = ("answers", "bedrock", "clock", "faults", "functions")
# Methods that other modules of the package call. They have no underscore, but are not for users.
_INTERNAL = {
    "Answer": "answer",
    "Answers": "acting_on",
    "Call": "details has is_to shown_params",
    "CallLog": "has_started waits",
    "Endpoint": "close open",
    "Fault": "effect",
    "Faults": "acting_on",
    "Functions": "act around backlogs begin delivered errors find hops running under_way",
    "Invocation": "ended",
    "Reply": "continues",
    "Rule": "acts_on count is_for selects uncount",
    "RuleSet": "append discard",
}
# What is public in them is public in the classes that they derive from.
_LIKE_THEIR_BASES = {"AioSession", "MotoAIOHTTPSession", "MotoHTTPClient", "MotoHttpxSession"}
_SETTING = re.compile(r'^```\{confval\} (\w+)\n:type: .*\n:default: "(.*)"$', re.MULTILINE)
logger = getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_object_type("fixture", "fixture", "pair: %s; fixture")
    app.add_object_type("marker", "marker", "pair: %s; marker", _parse_marker)
    app.connect("autodoc-skip-member", _is_internal)
    app.connect("env-check-consistency", _check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _parse_marker(env: BuildEnvironment, signature: str, node: addnodes.desc_signature) -> str:
    name, _, arguments = signature.partition("(")
    node += addnodes.desc_name(name, name)
    if arguments:
        node += addnodes.desc_addname(f"({arguments}", f"({arguments}")
    return name


def _is_internal(app: Sphinx, what: str, name: str, member: Any, skip: bool, options: Any) -> bool | None:
    function = member.fget if isinstance(member, property) else member
    owner = getattr(function, "__qualname__", "").rpartition(".")[0]
    bases = {base for base, names in _INTERNAL.items() if name in names.split()}
    return True if owner in bases or owner.startswith("_") else None


def _check(app: Sphinx, env: BuildEnvironment) -> None:
    documented = set(env.domains.python_domain.objects)
    for name in sorted(set(_public()) - documented):
        logger.warning("docs/reference lacks %s", name)
    for name, parameter in _undescribed():
        logger.warning("the docstring of %s lacks the parameter %s", name, parameter)
    standard = env.domains.standard_domain
    described = {name for kind, name in standard.objects if kind in ("confval", "fixture", "marker")}
    described |= {name for _, name in standard.progoptions if name.startswith("--aiomoto")}
    for name in sorted(described ^ set(_of_plugin())):
        logger.warning("docs/reference/pytest.md and the plugin differ in %s", name)
    page = (app.srcdir / "reference" / "pytest.md").read_text(encoding="utf-8")
    for name, default in _SETTING.findall(page):
        if default.replace("`", "") != (is_default := _settings().get(name, "")) and is_default:
            logger.warning("docs/reference/pytest.md has another default of %s than %r", name, is_default)


def _public() -> Iterator[str]:
    """The full names of all that is public."""
    exported = {f"aiomoto.{name}": getattr(aiomoto, name) for name in aiomoto.__all__}
    for module in _MODULES:
        names = import_module(f"aiomoto.{module}").__all__
        own = {f"aiomoto.{module}.{name}": getattr(import_module(f"aiomoto.{module}"), name) for name in names}
        exported |= {name: each for name, each in own.items() if each not in exported.values()}
    for name, each in exported.items():
        yield name
        if inspect.isclass(each) and name.rpartition(".")[2] not in _LIKE_THEIR_BASES:
            yield from (f"{name}.{member}" for member in _members(each))


def _members(owner: type) -> set[str]:
    classes = [each for each in owner.__mro__ if each.__module__.startswith("aiomoto")]
    names = {name for each in classes for name in {*vars(each), *inspect.get_annotations(each)}}
    internal = {name for each in classes for name in _INTERNAL.get(each.__name__, "").split()}
    return {name for name in names - internal if not name.startswith("_")}


def _undescribed() -> Iterator[tuple[str, str]]:
    """The parameters of public functions of which the docstring says nothing."""
    for name in _public():
        *_, owner, last = name.split(".")
        function = _find(name)
        if inspect.isclass(function) or not callable(function) or (owner, last) == ("functions", "Handler"):
            continue
        arguments = (inspect.getdoc(function) or "").partition("Args:")[2]
        described = re.findall(r"^ +\*{0,2}(\w+): ", arguments, re.MULTILINE)
        yield from ((name, each) for each in inspect.signature(function).parameters if each not in ("self", *described))


def _find(name: str) -> Any:
    """What a full name names; ``None`` if only instances have it."""
    found: Any = aiomoto
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


def _of_plugin() -> Iterator[str]:
    """The names of settings, options, fixtures and markers."""
    yield from _settings()
    kind = type(pytest_plugin.aiomoto)
    yield from (name for name, each in vars(pytest_plugin).items() if type(each) is kind and not name.startswith("_"))
    yield from re.findall(r'"markers",\s*"(\w+)', inspect.getsource(pytest_plugin.pytest_configure))


def _settings() -> dict[str, str]:
    """The settings and options of the plugin, with their defaults."""
    parser = _Parser()
    pytest_plugin.pytest_addoption(parser)  # type: ignore[arg-type]
    return parser.defaults


class _Parser:
    """In place of pytest's parser: it keeps what is declared."""

    def __init__(self) -> None:
        self.defaults: dict[str, str] = {}

    def addini(self, name: str, *args: Any, default: object = "", **kwargs: Any) -> None:
        self.defaults[name] = str(default).lower()

    addoption = addini

    def getgroup(self, name: str) -> _Parser:
        return self
