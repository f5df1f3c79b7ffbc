"""Explain errors that come from an installed library's version: it lacks a name that aiomoto needs."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from platform import python_version
from types import ModuleType

from aiomoto._errors import AiomotoError


def missing_name_error(module: str, part: str = "") -> AiomotoError:
    """Create the error for a name that a library's module does not have.

    Args:
        module: the full name of the module.
        part: the dotted name in the module; empty if the module itself is missing.

    Raises:
        PackageNotFoundError: the module's library is not installed at all.
    """
    library, installed = _installed(module.partition(".")[0])
    missing = f"{module}.{part}" if part else module
    return AiomotoError(
        f"{library} {installed} has no {missing}, which aiomoto builds on: "
        f"upgrade aiomoto, or install a version of {library} from the table in docs/versions.md"
    )


def _installed(package: str) -> tuple[str, str]:
    """Find the name and version of what installed a package: ``dateutil`` is part of python-dateutil."""
    if package in sys.stdlib_module_names:
        return "Python", python_version()
    try:
        return package, version(package)
    except PackageNotFoundError:
        distributions = packages_distributions().get(package)  # slow: reads the metadata of all distributions
        if not distributions:
            raise
        return distributions[0], version(distributions[0])


def explain(error: ImportError | AttributeError) -> Exception:
    """Return the error to raise for one that was raised while aiomoto's modules were imported.

    If a library lacks a name, that is an :class:`AiomotoError`; if a library is not installed, the same error again. It
    is never an ``AttributeError``, which Python would report as a missing name of ``aiomoto``.
    """
    if isinstance(error, AttributeError):
        return _explain_attribute(error)
    imported = re.match(r"cannot import name '(\w+)'", str(error))
    if not error.name or _is_pythons_or_ours(error.name):
        return error
    try:
        return missing_name_error(error.name, imported[1] if imported else "")
    except PackageNotFoundError:
        return error


def _explain_attribute(error: AttributeError) -> AiomotoError:
    owner = error.obj if isinstance(error.obj, (type, ModuleType)) else type(error.obj)
    module = owner.__name__ if isinstance(owner, ModuleType) else owner.__module__
    part = str(error.name) if isinstance(owner, ModuleType) else f"{owner.__qualname__}.{error.name}"
    if not _is_pythons_or_ours(module):
        with suppress(PackageNotFoundError):
            return missing_name_error(module, part)
    return AiomotoError(f"aiomoto cannot be loaded: {error}")


def _is_pythons_or_ours(module: str) -> bool:
    package = module.partition(".")[0]
    return package == "aiomoto" or package in sys.stdlib_module_names
