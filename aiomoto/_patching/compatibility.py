"""How to say that an installed library has moved something that aiomoto builds on."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from aiomoto._errors import AiomotoError


def lacks(module: str, part: str = "") -> AiomotoError:
    """The error for a part of a module that is not there.

    Args:
        module: the full name of the module.
        part: the name in it, dotted; empty where the module itself is missing.

    Raises:
        PackageNotFoundError: the module's library is not installed at all.
    """
    library = module.partition(".")[0]
    missing = f"{module}.{part}" if part else module
    return AiomotoError(
        f"{library} {version(library)} has no {missing}, which aiomoto builds on: "
        f"upgrade aiomoto, or install a version of {library} from the table in its README"
    )


def explain(error: ImportError | AttributeError) -> Exception:
    """The error to raise for one that ended the loading of a module of ours, where a library lacks a name.

    The same one where a library is just not installed. An ``AttributeError`` never: Python would make of it that
    ``aiomoto`` has no such name.
    """
    if isinstance(error, AttributeError):
        return _explain_attribute(error)
    imported = re.match(r"cannot import name '(\w+)'", str(error))
    if not error.name or error.name.partition(".")[0] == "aiomoto":
        return error
    try:
        return lacks(error.name, imported[1] if imported else "")
    except PackageNotFoundError:
        return error


def _explain_attribute(error: AttributeError) -> AiomotoError:
    owner = error.obj if isinstance(error.obj, (type, ModuleType)) else type(error.obj)
    try:
        if isinstance(owner, ModuleType):
            return lacks(owner.__name__, str(error.name))
        return lacks(owner.__module__, f"{owner.__qualname__}.{error.name}")
    except PackageNotFoundError:  # it is Python's own, or ours
        return AiomotoError(f"aiomoto cannot be loaded: {error}")
