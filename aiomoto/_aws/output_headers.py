"""What an output has outside of its body: the status and the headers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import OperationModel, Shape
from botocore.utils import is_json_value_header

from aiomoto._aws.output_values import base64_of, text_of
from aiomoto._errors import ArgumentError


def status_of(operation: OperationModel, output: Mapping[str, Any]) -> int:
    """The status that a member holds, else the model's, else 200."""
    for name, _shape in _located(operation.output_shape, output, "statusCode"):
        return int(output[name])
    metadata = output.get("ResponseMetadata") or {}
    return int(metadata.get("HTTPStatusCode") or operation.http.get("responseCode") or 200)


def headers_of(shape: Shape | None, output: Mapping[str, Any]) -> dict[str, str]:
    """The members that are headers, by the names of the headers.

    Raises:
        ArgumentError: a value has a line break.
    """
    found = {
        shape.serialization.get("name", name): _header(shape, output[name])
        for name, shape in _located(shape, output, "header")
        # A header without a value would be read as a list of one empty string.
        if shape.type_name != "list" or output[name]
    }
    for name, member in _located(shape, output, "headers"):
        prefix = member.serialization.get("name", "")
        found |= {f"{prefix}{key}": str(value) for key, value in output[name].items() if value is not None}
    return {name: _one_line(name, value) for name, value in found.items()}


def given_headers(output: Mapping[str, Any], others: Mapping[str, str]) -> dict[str, str]:
    """The headers in the output's ``ResponseMetadata``, but for those that describe another body, and these others.

    Raises:
        ArgumentError: a value has a line break.
    """
    taken = _OF_A_BODY | {name.lower() for name in others}
    given = (output.get("ResponseMetadata") or {}).get("HTTPHeaders") or {}
    return {name: _one_line(name, str(value)) for name, value in given.items() if name.lower() not in taken}


_OF_A_BODY = {"connection", "content-encoding", "content-length", "content-type", "transfer-encoding", "x-amz-crc32"}


def _one_line(name: str, value: str) -> str:
    if any(character in value for character in "\r\n\0"):
        raise ArgumentError(f"the header {name} cannot carry a line break, which is in {value[:80]!r}")
    return value


def is_in_body(shape: Shape) -> bool:
    """Whether a member goes into the body in the protocols that have other places for members."""
    return shape.serialization.get("location") not in ("header", "headers", "statusCode")


def has_content_type(shape: Shape | None) -> bool:
    """Whether an output has the content type as a member, so that a client returns it where a response has it."""
    members = shape.members.items() if shape else ()
    return any(
        member.serialization.get("name", name).lower() == "content-type"
        for name, member in members
        if not is_in_body(member)
    )


def _located(shape: Shape | None, output: Mapping[str, Any], location: str) -> Iterator[tuple[str, Shape]]:
    for name, member in shape.members.items() if shape else ():
        if member.serialization.get("location") == location and output.get(name) is not None:
            yield name, member


def _header(shape: Shape, value: Any) -> str:
    if shape.type_name == "list":
        return ",".join(_header(shape.member, item) for item in value)
    if is_json_value_header(shape):
        return base64_of(json.dumps(value))
    return text_of(shape, value, "rfc822")
