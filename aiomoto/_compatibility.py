"""How to say that an installed library has moved something that aiomoto builds on."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

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


def explain(error: ImportError) -> Exception:
    """The error to raise for one of importing a library's names: the same one where a library is just not installed."""
    imported = re.match(r"cannot import name '(\w+)'", str(error))
    if not error.name or error.name.partition(".")[0] == "aiomoto":
        return error
    try:
        return lacks(error.name, imported[1] if imported else "")
    except PackageNotFoundError:
        return error
