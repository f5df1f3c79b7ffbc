"""Outputs as JSON, in the way that clients read it by botocore's model (json, rest-json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape

from aiomoto._aws.output_headers import is_in_body
from aiomoto._aws.output_values import base64_of, epoch_seconds_of, timestamp_of


def json_bytes(value: Any) -> bytes:
    """Encode a converted value. Numbers that are not finite are written as Python's ``json`` reads them."""
    return json.dumps(value).encode()


def json_value(shape: Shape, value: Any) -> Any:
    """Convert a value to what ``json`` can encode; ``None`` stays where it is an item of a list, and in documents."""
    if value is None:
        return None
    if shape.type_name == "structure":
        return value if shape.is_document_type else json_members(shape, value)
    if shape.type_name == "list":
        return [json_value(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: json_value(shape.value, item) for key, item in value.items() if item is not None}
    if shape.type_name == "timestamp":
        return _timestamp(shape, value)
    if shape.type_name == "blob":
        return base64_of(value)
    return float(value) if shape.type_name in ("float", "double") else value


def json_members(shape: Shape, value: Mapping[str, Any], *, is_rest: bool = False) -> dict[str, Any]:
    """Convert a structure. In a REST protocol, the outermost structure leaves out what goes into headers."""
    return {
        member.serialization.get("name", name): json_value(member, value[name])
        for name, member in shape.members.items()
        if value.get(name) is not None and (is_in_body(member) or not is_rest)
    }


def _timestamp(shape: Shape, value: Any) -> str | int | float:
    if shape.serialization.get("timestampFormat", "unixTimestamp") == "unixTimestamp":
        return epoch_seconds_of(value)
    return timestamp_of(shape, value, "iso8601")
