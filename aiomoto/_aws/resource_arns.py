"""The ARNs of the resources that a call is for, from its parameters and the formats of the reference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from aiomoto._aws.permissions import ResourceType

UNKNOWN = "*"


class Place(NamedTuple):
    """Where a call is made: parts of the ARNs of its resources."""

    partition: str
    region: str
    account: str


def arns_of(types: Sequence[ResourceType], params: Mapping[str, Any], place: Place) -> list[str]:
    """List the ARNs of the resources of an action; ``["*"]`` if they are unknown or the action is for none.

    A part that is unknown is ``*``. Types that are not required are left out if a part is unknown, unless that would
    leave none.
    """
    given = [value for value in _strings(params.values()) if value.startswith("arn:")]
    found: list[str] = []
    parts_of: list[str] = []
    for arn, required in types:
        matching = [value for value in given if _pattern(arn).fullmatch(value)]
        filled = _filled(arn, params, place)
        found += matching or (filled.arns if required or filled.unknown == 0 else [])
        parts_of += filled.arns if filled.known else []
    return sorted(set(found or parts_of)) or [UNKNOWN]


class _Filled(NamedTuple):
    """The ARNs of one format, and how many of its parts were known and unknown."""

    arns: list[str]
    known: int
    unknown: int


def _filled(arn: str, params: Mapping[str, Any], place: Place) -> _Filled:
    """Fill the format of an ARN from parameters."""
    fixed = {"Partition": [place.partition], "Region": [place.region], "Account": [place.account]}
    variables = dict.fromkeys(_VARIABLE.findall(arn))
    values = {name: fixed.get(name) or _values_of(name, params) for name in variables}
    filled = []
    for each in product(*(values[name] or [UNKNOWN] for name in variables)):
        parts = dict(zip(variables, each, strict=True))
        filled.append(_VARIABLE.sub(lambda match, parts=parts: parts[match[1]], arn))  # type: ignore[misc]
    known = [bool(values[name]) for name in variables if name not in fixed]
    return _Filled(filled, sum(known), len(known) - sum(known))


def _values_of(variable: str, params: Mapping[str, Any]) -> list[str]:
    """Find the values of a part of an ARN among the parameters: ``QueueName``, for instance, or ``queue``."""
    by_name = {name.lower(): value for name, value in params.items()}
    name = variable.lower()
    short = name.removesuffix("withpath").removesuffix("withoutleadingslash")
    for candidate in dict.fromkeys((name, short, short.removesuffix("name"))):
        for each in (candidate, f"{candidate}s"):
            values = [value for value in _strings([by_name.get(each)]) if value and not value.startswith("arn:")]
            if values:
                return [literal(value.lstrip("/") if short != name else value) or UNKNOWN for value in values]
    return []


def literal(value: str) -> str:
    """Write a string so that IAM takes none of its characters for a wildcard or a variable.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    """
    return re.sub(r"[*?$]", lambda match: f"${{{match[0]}}}", value)


def _strings(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (each for each in value if isinstance(each, str))


@lru_cache(maxsize=1024)
def _pattern(arn: str) -> re.Pattern[str]:
    literals = _VARIABLE.split(arn)
    strings, names = literals[::2], literals[1::2]
    variables = [_PATTERNS.get(name, ".+") for name in names]
    return re.compile("".join(re.escape(each) + more for each, more in zip(strings, [*variables, ""], strict=True)))


_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PATTERNS = {"Partition": "[^:]+", "Region": "[^:]*", "Account": "[^:]*"}
