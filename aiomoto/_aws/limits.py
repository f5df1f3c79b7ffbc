"""The limits that botocore's models state for parameters, and what AWS says of values outside of them.

Clients check the least lengths and values only. https://smithy.io/2.0/spec/constraint-traits.html
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from botocore.model import OperationModel, Shape

# Longer strings are nobody's names, and some patterns take very long for them.
_LONGEST_NAME = 4096
# What services count in other units than characters
_MANY = 65_535
_SHOWN = 200
# Moto makes these up in its own way.
_MADE_UP = re.compile(r"token|marker|iterator|cursor|continue", re.IGNORECASE)
# A set in a set, or an operation on sets, in Java
_JAVA = re.compile(r"\[[^\]]*\[|&&")


class Limits(NamedTuple):
    """What the model says of a value, and of those in it.

    Attributes:
        kind: the type of the value, as botocore names it.
        least: the least length or value.
        most: the largest length or value.
        pattern: what a name has to be.
        is_secret: whether the value must not be repeated.
        members: the limits of the members of a structure, with their names on the wire and in messages.
        key: the limits of the keys of a map.
        item: the limits of the items of a list, or of the values of a map.
    """

    kind: str
    least: float | None
    most: float | None
    pattern: re.Pattern[str] | None
    is_secret: bool
    members: tuple[tuple[str, str, Limits], ...] = ()
    key: Limits | None = None
    item: Limits | None = None


@lru_cache(maxsize=512)
def limits_of(operation: OperationModel, *, by_wire_name: bool) -> Limits | None:
    """The limits of the parameters of an operation; ``None`` without any.

    Args:
        operation: the operation.
        by_wire_name: whether parameters have the names of the wire, or else those of botocore.
    """
    shape = operation.input_shape
    return None if shape is None else _limits_of(shape, "", (), by_wire_name=by_wire_name)


def mistakes_in(params: object, limits: Limits, path: str = "") -> list[str]:
    """What AWS says of the values that are outside of the limits."""
    found: list[str] = []
    _note_mistakes(params, limits, path, found)
    return found


def _limits_of(shape: Shape, name: str, around: tuple[str, ...], *, by_wire_name: bool) -> Limits | None:
    if shape.name in around or _MADE_UP.search(name):
        return None
    around = (*around, shape.name)
    given = shape.metadata
    least, most = given.get("min"), given.get("max")
    if shape.type_name == "string" and most is not None and most >= _MANY:
        most = None
    pattern = _pattern(given.get("pattern", "")) if name.lower().endswith(("name", "names")) else None
    members: list[tuple[str, str, Limits]] = []
    key = item = None
    if shape.type_name == "structure":
        for member, inner in shape.members.items():
            if (limits := _limits_of(inner, member, around, by_wire_name=by_wire_name)) is not None:
                wire = inner.serialization.get("name", member) if by_wire_name else member
                members.append((wire, member[:1].lower() + member[1:], limits))
    elif shape.type_name == "list":
        item = _limits_of(shape.member, name, around, by_wire_name=by_wire_name)
    elif shape.type_name == "map":
        key = _limits_of(shape.key, "", around, by_wire_name=by_wire_name)
        item = _limits_of(shape.value, "", around, by_wire_name=by_wire_name)
    limits = Limits(shape.type_name, least, most, pattern, bool(given.get("sensitive")), tuple(members), key, item)
    says_something = (least, most, pattern, key, item) != (None,) * 5 or members
    return limits if says_something and shape.type_name in _KINDS else None


def _pattern(pattern: str) -> re.Pattern[str] | None:
    """Compile a pattern; ``None`` for those of Java that Python does not know, or reads otherwise."""
    if not pattern or _JAVA.search(pattern):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(pattern)
    except (re.error, Warning, RecursionError):
        return None


_NUMBERS = ("integer", "long", "float", "double")
_KINDS = ("string", "blob", "list", "map", "structure", *_NUMBERS)


def _note_mistakes(value: Any, limits: Limits, path: str, found: list[str]) -> None:
    if limits.members:
        if isinstance(value, Mapping):
            for wire, name, inner in limits.members:
                if wire in value:
                    _note_mistakes(value[wire], inner, f"{path}.{name}" if path else name, found)
        return
    if limits.kind in _NUMBERS:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found += [_said(value, path, limits, says) for says in _by_size(value, limits, "value")]
    elif (size := _size(value, limits.kind)) is not None:
        found += [_said(value, path, limits, says) for says in _by_size(size, limits, "length")]
        if limits.pattern is not None and size <= _LONGEST_NAME and not limits.pattern.fullmatch(value):
            says = f"satisfy regular expression pattern: {limits.pattern.pattern}"
            found.append(_said(value, path, limits, says))
        if limits.item is not None or limits.key is not None:
            _note_mistakes_inside(value, limits, path, found)


def _note_mistakes_inside(value: Any, limits: Limits, path: str, found: list[str]) -> None:
    is_map = isinstance(value, Mapping)
    for name, each in value.items() if is_map else enumerate(value, 1):
        if is_map and limits.key is not None:
            _note_mistakes(name, limits.key, f"{path}.key", found)
        if limits.item is not None:
            _note_mistakes(each, limits.item, f"{path}.{name}.member", found)


def _size(value: Any, kind: str) -> int | None:
    """The length of a value; ``None`` if it is not of its kind. Blobs are bytes, or base64 in JSON."""
    match kind, value:
        case ("string", str()) | ("blob", bytes()) | ("list", list()) | ("map", dict()):
            return len(value)
        case ("blob", str()):
            return len(value) * 3 // 4 - value[-2:].count("=")
    return None


def _by_size(size: float, limits: Limits, what: str) -> Iterator[str]:
    if limits.most is not None and size > limits.most:
        yield f"have {what} less than or equal to {limits.most}"
    if limits.least is not None and size < limits.least:
        yield f"have {what} greater than or equal to {limits.least}"


def _said(value: object, path: str, limits: Limits, says: str) -> str:
    is_shown = limits.kind in ("string", *_NUMBERS) and not limits.is_secret
    shown = str(value) if len(str(value)) <= _SHOWN else f"{str(value)[:_SHOWN]}..."
    return f"Value {f'{shown!r} ' if is_shown else ''}at {path!r} failed to satisfy constraint: Member must {says}"
