"""Values of an output as they go over a wire, the same in all protocols: timestamps, blobs, numbers and flags."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_to_aware_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def blob_of(value: Any) -> bytes:
    """Convert what botocore takes for a blob to bytes."""
    return value.encode() if isinstance(value, str) else bytes(value)


def base64_of(value: Any) -> str:
    """Encode a blob for a body that holds text."""
    return b64encode(blob_of(value)).decode()


def epoch_seconds_of(value: Any) -> int | float:
    """Convert what botocore takes for a timestamp to seconds since 1970; naive values are in UTC."""
    seconds: float = (parse_to_aware_datetime(value) - _EPOCH).total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def timestamp_of(shape: Shape, value: Any, default: str) -> str:
    """Format a timestamp as its shape says: https://smithy.io/2.0/spec/protocol-traits.html#timestamp-formats.

    Args:
        shape: the shape of the timestamp.
        value: what botocore takes for a timestamp.
        default: the format of a shape that names none.
    """
    style = shape.serialization.get("timestampFormat", default)
    if style == "unixTimestamp":
        return str(epoch_seconds_of(value))
    moment = parse_to_aware_datetime(value).astimezone(timezone.utc)
    if style == "rfc822":
        return format_datetime(moment, usegmt=True)
    return str(moment.isoformat().replace("+00:00", "Z"))


def text_of(shape: Shape, value: Any, timestamp_format: str) -> str:
    """Convert a value that is neither structure, list nor map to the characters of XML and of headers."""
    if shape.type_name in ("string", "character"):
        return str.__str__(value)  # an enumeration's member has another str() than its value
    if shape.type_name == "timestamp":
        return timestamp_of(shape, value, timestamp_format)
    if shape.type_name == "blob":
        return base64_of(value)
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name in ("float", "double"):
        return _NOT_FINITE.get(str(float(value)), str(value))
    return str(value)


# https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html#shape-serialization
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
