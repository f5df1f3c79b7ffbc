"""``python -m aiomoto``: versions, what a mock replaces and hides, and whether a request could reach AWS from here."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from importlib import import_module

import aiomoto
from aiomoto._diagnosis import access
from aiomoto._diagnosis.versions import version_lines
from aiomoto._patching.compatibility import explain


def main() -> int:
    """Print all of it; return 1 if an installed library lacks a name that aiomoto needs."""
    ArgumentParser(prog="python -m aiomoto", description=_DESCRIPTION).parse_args()
    _print(f"aiomoto {aiomoto.__version__}", version_lines())
    hidden = _print_access()
    for name in hidden:
        del os.environ[name]  # Moto cannot be imported where they name a profile that does not exist
    try:
        names = import_module("aiomoto._diagnosis.names")
    except (ImportError, AttributeError) as error:
        _print("Names that aiomoto needs and that are missing", [str(explain(error))])
        return 1
    found = names.Names()
    _print("Replaced while a mock is active", names.name_lines(found))
    _print("Names that aiomoto needs and that are missing", found.missing or ["none: these versions work together"])
    return 1 if found.missing else 0


_DESCRIPTION = (
    "Show the versions of what aiomoto works with, what a mock replaces and hides, and whether a request could reach "
    "AWS from here without one. Nothing is sent, and no secret is shown. The exit status is 1 if an installed library "
    "lacks a name that aiomoto needs."
)


def _print_access() -> list[str]:
    hidden = access.hidden_variables()
    _print("Variables of this environment that a mock hides", hidden or ["none"])
    found = list(access.sources())
    verdict = ["yes, if the credentials are valid:", *found] if found else ["no: there are no credentials here"]
    if not found and access.asks_instance():
        verdict = [
            "only on a machine of AWS: there are no credentials here, so the SDKs would ask the instance's metadata "
            "service (not tried; AWS_EC2_METADATA_DISABLED=true keeps them from it)"
        ]
    if elsewhere := access.endpoint_variables():
        verdict.append(f"requests go to other endpoints: {', '.join(elsewhere)}")
    _print("Can a request reach AWS from here, without a mock?", verdict)
    return hidden


def _print(heading: str, lines: Iterable[str]) -> None:
    print(heading)
    print(*(f"  {line}" for line in lines), "", sep="\n")


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough: https://docs.python.org/3/library/signal.html
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
