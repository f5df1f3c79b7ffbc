"""Values of parameters that a user gives, compared with those that are read back from a request."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_to_aware_datetime

from aiomoto._aws.operations import modelled
from aiomoto._errors import ArgumentError


def check_values(service: str | None, operation: str | None, params: Mapping[str, Any]) -> None:
    """Make sure that values are such that these parameters of an operation can have.

    Raises:
        ArgumentError: one is not, and so would never be found.
    """
    model = modelled(service, operation)
    if model is None:
        return
    for name, value in params.items():
        try:
            _as_read(model.input_shape.members[name], value)
        except _NotOfItsKind as error:
            raise ArgumentError(
                f"{name} of {service} {operation} cannot be {value!r}: {error}. "
                "Parameters are compared as they are sent"
            ) from None


def is_value(shape: Shape, wanted: Any, found: Any) -> bool:
    """Tell whether a value that was read back is the one that a user means."""
    try:
        return bool(_as_read(shape, wanted) == found)
    except Exception:  # it is not of the same kind, or an object with an idea of its own of being equal
        return False


class _NotOfItsKind(Exception):
    """A value is not one of its parameter's."""


def _as_read(shape: Shape, value: Any) -> Any:
    """A value in the form in which it is read back from a request."""
    if getattr(shape, "is_document_type", False) or shape.serialization.get("jsonvalue"):
        return value
    read, kinds, words = _KINDS.get(shape.type_name, (None, object, ""))
    if not isinstance(value, kinds) or (isinstance(value, bool) and shape.type_name != "boolean"):
        raise _NotOfItsKind(f"{value!r} is not {words}")
    return read(shape, value) if read else value


def _structure(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    for name in value:
        if name not in shape.members:
            raise _NotOfItsKind(f"there is no {name!r} in it, but {', '.join(shape.members)}")
    return {name: _as_read(shape.members[name], each) for name, each in value.items()}


def _list(shape: Shape, value: Any) -> list[Any]:
    return [_as_read(shape.member, each) for each in value]


def _map(shape: Shape, value: Mapping[Any, Any]) -> dict[Any, Any]:
    return {_as_read(shape.key, name): _as_read(shape.value, each) for name, each in value.items()}


def _blob(shape: Shape, value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def _timestamp(shape: Shape, value: Any) -> Any:
    try:
        return parse_to_aware_datetime(value)
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise _NotOfItsKind(f"{value!r} is not a date: {error}") from None


_NUMBER = (None, Real, "a number")
_KINDS: dict[str, tuple[Any, Any, str]] = {
    "structure": (_structure, Mapping, "a mapping"),
    "list": (_list, (list, tuple), "a list"),
    "map": (_map, Mapping, "a mapping"),
    "string": (None, str, "a string"),
    "blob": (_blob, (bytes, bytearray, memoryview, str), "bytes"),
    "timestamp": (_timestamp, object, "a date"),
    "boolean": (None, bool, "True or False"),
    **dict.fromkeys(("integer", "long", "float", "double"), _NUMBER),
}
