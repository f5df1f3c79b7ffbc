"""Compare the parameter values that users pass with those parsed from a request."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_to_aware_datetime

from aiomoto._aws.operations import operation_model
from aiomoto._errors import ArgumentError


def check_values(service: str | None, operation: str | None, params: Mapping[str, object]) -> None:
    """Check that parameters of an operation can have these values.

    Raises:
        ArgumentError: a value has a type that the parameter never has, so it would never match.
    """
    model = operation_model(service, operation)
    if model is None:
        return
    for name, value in params.items():
        try:
            _as_parsed(model.input_shape.members[name], value)
        except _WrongType as error:
            raise ArgumentError(
                f"{name} of {service} {operation} cannot be {value!r}: {error}. "
                "Parameters are compared as they are sent"
            ) from None


def is_value(shape: Shape, wanted: object, found: object) -> bool:
    """Tell whether a value parsed from a request is the one that a user passed."""
    try:
        return bool(_as_parsed(shape, wanted) == found)
    except Exception:  # another type, or an object whose __eq__ raises
        return False


class _WrongType(Exception):
    """A value has another type than its parameter."""


def _as_parsed(shape: Shape, value: Any) -> Any:
    """Convert a value into the form in which it is parsed from a request."""
    if getattr(shape, "is_document_type", False) or shape.serialization.get("jsonvalue"):
        return value
    convert, kinds, words = _KINDS.get(shape.type_name, (None, object, ""))
    if not isinstance(value, kinds) or (isinstance(value, bool) and shape.type_name != "boolean"):
        raise _WrongType(f"{value!r} is not {words}")
    return convert(shape, value) if convert else value


def _structure(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    for name in value:
        if name not in shape.members:
            raise _WrongType(f"{name!r} is not one of its members {', '.join(shape.members)}")
    return {name: _as_parsed(shape.members[name], each) for name, each in value.items()}


def _list(shape: Shape, value: Any) -> list[Any]:
    return [_as_parsed(shape.member, each) for each in value]


def _map(shape: Shape, value: Mapping[Any, Any]) -> dict[Any, Any]:
    return {_as_parsed(shape.key, name): _as_parsed(shape.value, each) for name, each in value.items()}


def _blob(shape: Shape, value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def _timestamp(shape: Shape, value: Any) -> Any:
    try:
        return parse_to_aware_datetime(value)
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise _WrongType(f"{value!r} is not a date: {error}") from None


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
