"""All checks of strict mode, by service and operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from aiomoto._strict import (
    anonymous,
    authorization,
    checksums,
    forms,
    operations,
    parameters,
    parts,
    preconditions,
    presigned,
    s3_names,
    sizes,
)
from aiomoto._strict.check import Check, Rows

# The names that switch checks off, and what they look at.
_TABLES: Mapping[str, tuple[Rows, ...]] = {
    "anonymous": (anonymous.ROWS,),
    "operations": (operations.ROWS,),
    "signatures": (authorization.ROWS,),
    "presigned": (presigned.ROWS,),
    "forms": (forms.ROWS,),
    "checksums": (checksums.ROWS,),
    "names": (s3_names.ROWS,),
    "parameters": (parameters.ROWS,),
    "parts": (parts.ROWS,),
    "preconditions": (preconditions.ROWS,),
    "sizes": (sizes.ROWS,),
}


@lru_cache(maxsize=1024)
def checks_for(service: str, operation: str, off: frozenset[str]) -> tuple[Check, ...]:
    """Find the checks for an operation, without those that are switched off."""
    return tuple(check for check in _all_for(service, operation) if check.group not in off)


def _all_for(service: str, operation: str) -> Iterator[Check]:
    for group, tables in _TABLES.items():
        for table in tables:
            for name in ((service, operation), (service, ""), ("", "")):
                yield from (Check(group, refuse) for refuse in table.get(name, ()))
