"""Check an output that a user scripts against botocore's model of the operation. Nothing in it is required."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from math import inf
from reprlib import repr as shortened
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import OperationModel, Shape
from botocore.utils import is_json_value_header, parse_to_aware_datetime

from aiomoto._aws.names import suggestion
from aiomoto._aws.output_handlers import POLICY, has_expires_string
from aiomoto._errors import ArgumentError


def check_output(operation: OperationModel, output: Mapping[str, Any]) -> None:
    """Check that a client could return the output.

    Raises:
        ArgumentError: it could not; the message names service, operation, and the place in the output.
    """
    with _naming(operation):
        _check_top(operation, output)


def check_members(error: str, shape: Shape | None, members: Any) -> None:
    """Check the members of a modelled error, ``"dynamodb ConditionalCheckFailedException"``.

    Raises:
        ArgumentError: a client could not return them, or the error is in no model and so has none.
    """
    try:
        if shape is None:
            raise _Mistake(f"the error is in no model, so {_first(members)!r} cannot be in it")
        for name, value in members.items():
            _check(_member(shape, name, "it"), value, name)
    except _Mistake as mistake:
        raise ArgumentError(f"{error}: {mistake}") from None


def check_event(operation: OperationModel, event: Any, index: int) -> None:
    """Check what a source has yielded for the event stream of an output, as the item of this number from 0.

    Raises:
        ArgumentError: it is no event of this operation, and neither a number of seconds nor a ``ClientError``.
    """
    name = operation.output_shape.event_stream_name
    with _naming(operation):
        _check_event(operation.output_shape.members[name], event, f"{name}[{index}]")


def check_piece(operation: OperationModel, name: str, piece: Any) -> None:
    """Check what a source has yielded for the streaming member of an output.

    Raises:
        ArgumentError: it is not bytes.
    """
    with _naming(operation):
        _check_piece(piece, f"an item of {name}")


@contextmanager
def _naming(operation: OperationModel) -> Iterator[None]:
    try:
        yield
    except _Mistake as mistake:
        raise ArgumentError(f"{operation.service_model.service_name} {operation.name}: {mistake}") from None


class _Mistake(Exception):
    """What is wrong, with its place in the output."""


def _check_top(operation: OperationModel, output: Mapping[Any, Any]) -> None:
    # What every client returns, and what a handler of S3's clients adds to the model.
    extra = {"ResponseMetadata", "ExpiresString"} if has_expires_string(operation) else {"ResponseMetadata"}
    _check_metadata(output.get("ResponseMetadata"))
    members = {name: value for name, value in output.items() if name not in extra}
    shape = operation.output_shape
    if shape is None:
        if members:
            raise _Mistake(f"the operation has no output, so {_first(members)!r} cannot be in it")
        return
    for name, value in members.items():
        member = _member(shape, name, "the output")
        if value is not None:
            _check_member(operation, name, member, value)


def _check_member(operation: OperationModel, name: str, shape: Shape, value: Any) -> None:
    is_payload = name == operation.output_shape.serialization.get("payload")
    if shape.serialization.get("location") == "statusCode":
        _check_status(name, value)
    elif shape.serialization.get("eventstream"):
        _check_events(shape, value, name)
    elif is_payload and shape.type_name == "blob":
        _check_stream(value, name)
    elif isinstance(value, Mapping) and (operation.service_model.service_name, operation.name, name) == _TEMPLATE:
        _check_document(value, name)
    else:
        _check(shape, value, name)


_TEMPLATE = ("cloudformation", "GetTemplate", "TemplateBody")  # clients return a template in JSON as a mapping


def _member(shape: Shape, name: Any, owner: str) -> Shape:
    if name not in shape.members:
        raise _Mistake(f"{owner} has no member {name!r}{suggestion(name, shape.members)}")
    return shape.members[name]


def _check_metadata(metadata: Any) -> None:
    if metadata is not None:
        _require(isinstance(metadata, Mapping), "a mapping", metadata, "ResponseMetadata")
        if "HTTPStatusCode" in metadata:
            _check_status("ResponseMetadata.HTTPStatusCode", metadata["HTTPStatusCode"])
        headers = metadata.get("HTTPHeaders")
        _require(headers is None or isinstance(headers, Mapping), "a mapping", headers, "ResponseMetadata.HTTPHeaders")


def _check_status(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 200 <= value < 300:
        raise _Mistake(f"{name} must be a status from 200 to 299, not {value!r}; for an error raise a ClientError")


def _check_stream(value: Any, path: str) -> None:
    is_stream = hasattr(value, "read") or isinstance(
        value, (bytes, bytearray, memoryview, str, Iterable, AsyncIterable)
    )
    if isinstance(value, Mapping) or not is_stream:
        raise _Mistake(f"{path} must be bytes, a string, a file or an iterable of bytes, not {shortened(value)}")
    for index, piece in enumerate(value if isinstance(value, (list, tuple)) else ()):
        _check_piece(piece, f"{path}[{index}]")


def _check_piece(value: Any, path: str) -> None:
    _require(isinstance(value, (bytes, bytearray, memoryview, str)), "bytes", value, path)


def _check_events(shape: Shape, value: Any, path: str) -> None:
    if isinstance(value, (Mapping, str, bytes)) or not isinstance(value, (Iterable, AsyncIterable)):
        raise _Mistake(f"{path} must be an iterable of events, not {shortened(value)}")
    for index, event in enumerate(value if isinstance(value, (list, tuple)) else ()):
        _check_event(shape, event, f"{path}[{index}]")


def _check_event(shape: Shape, event: Any, path: str) -> None:
    if isinstance(event, Mapping):
        _check_structure(shape, event, path)
        _check_union(shape, event, path)
    elif not is_wait(event) and not isinstance(event, ClientError):
        expected = "an event (a mapping of one member), seconds to wait, or a ClientError that ends the stream"
        raise _Mistake(f"{path} must be {expected}, not {shortened(event)}")


def is_wait(event: Any) -> bool:
    """Tell whether an item of an event stream is a number of seconds to wait, from 0."""
    return isinstance(event, (int, float)) and not isinstance(event, bool) and 0 <= event < inf


# ---------------------------------------------------------------- values


def _check(shape: Shape, value: Any, path: str) -> None:
    """Check a value by its shape. ``None`` is as if it were not there."""
    if value is None:
        return
    is_document = shape.type_name == "structure" and shape.is_document_type
    if is_document or is_json_value_header(shape) or (shape.name == POLICY and isinstance(value, Mapping)):
        _check_document(value, path)
    else:
        _CHECKS[shape.type_name](shape, value, path)


def _check_structure(shape: Shape, value: Any, path: str) -> None:
    _require(isinstance(value, Mapping), "a mapping", value, path)
    for name, item in value.items():
        _check(_member(shape, name, path), item, _joined(path, name))
    if shape.is_tagged_union:
        _check_union(shape, value, path)


def _check_union(shape: Shape, value: Mapping[Any, Any], path: str) -> None:
    given = [name for name, item in value.items() if item is not None]
    if len(given) != 1:
        listed = ", ".join(map(str, given)) or "none"
        raise _Mistake(f"{path} must have exactly one of {', '.join(shape.members)}; it has {listed}")


def _check_list(shape: Shape, value: Any, path: str) -> None:
    _require(isinstance(value, (list, tuple)), "a list", value, path)
    for index, item in enumerate(value):
        _check(shape.member, item, f"{path}[{index}]")


def _check_map(shape: Shape, value: Any, path: str) -> None:
    _require(isinstance(value, Mapping), "a mapping", value, path)
    for key, item in value.items():
        _require(isinstance(key, str), "a mapping of strings", value, path)
        _check(shape.value, item, f"{path}[{key!r}]")


def _check_timestamp(shape: Shape, value: Any, path: str) -> None:
    try:
        if not isinstance(value, bool):
            parse_to_aware_datetime(value)
            return
    except (TypeError, ValueError, AttributeError, OverflowError, RuntimeError):  # what dateutil raises
        pass
    _require(False, "a datetime, an ISO 8601 string, or seconds since 1970", value, path)


def _check_document(value: Any, path: str) -> None:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise _Mistake(f"{path} must be what JSON can hold: {error}") from None


def _scalar(expected: str, *types: type) -> Callable[[Shape, Any, str], None]:
    def check(shape: Shape, value: Any, path: str) -> None:
        is_flag = isinstance(value, bool) and bool not in types
        _require(isinstance(value, types) and not is_flag, expected, value, path)

    return check


def _require(condition: bool, expected: str, value: Any, path: str) -> None:
    if not condition:
        raise _Mistake(f"{path} must be {expected}, not {shortened(value)}")


_INTEGER = _scalar("an int", int)
_NUMBER = _scalar("a number", int, float, Decimal)
_STRING = _scalar("a string", str)
_CHECKS: dict[str, Callable[[Shape, Any, str], None]] = {
    "blob": _scalar("bytes", bytes, bytearray, memoryview, str),
    "boolean": _scalar("True or False", bool),
    "character": _STRING,
    "double": _NUMBER,
    "float": _NUMBER,
    "integer": _INTEGER,
    "list": _check_list,
    "long": _INTEGER,
    "map": _check_map,
    "string": _STRING,
    "structure": _check_structure,
    "timestamp": _check_timestamp,
}


def _first(members: Mapping[Any, Any]) -> Any:
    return next(iter(members))


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)
