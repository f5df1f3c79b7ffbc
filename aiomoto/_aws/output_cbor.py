"""Outputs as CBOR, in the way that clients read it by botocore's model: https://www.rfc-editor.org/rfc/rfc8949."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape

from aiomoto._aws.output_values import blob_of, epoch_seconds_of
from aiomoto._errors import ArgumentError

_UNSIGNED, _NEGATIVE, _BYTES, _STRING, _ARRAY, _MAP, _TAG = range(7)
_FALSE, _TRUE, _NULL, _DOUBLE = b"\xf4", b"\xf5", b"\xf6", b"\xfb"
_EPOCH_TAG = 1


def cbor_bytes(shape: Shape, value: Any) -> bytes:
    """Encode a value; ``None`` stays where it is an item of a list."""
    if value is None:
        return _NULL
    if shape.type_name == "structure":
        return cbor_document(value) if shape.is_document_type else cbor_map(cbor_members(shape, value))
    if shape.type_name == "list":
        return _head(_ARRAY, len(value)) + b"".join(cbor_bytes(shape.member, item) for item in value)
    if shape.type_name == "map":
        return cbor_map({key: cbor_bytes(shape.value, item) for key, item in value.items() if item is not None})
    if shape.type_name == "timestamp":
        return _head(_TAG, _EPOCH_TAG) + cbor_document(epoch_seconds_of(value))
    if shape.type_name == "blob":
        return _head(_BYTES, len(blob_of(value))) + blob_of(value)
    return cbor_document(float(value) if shape.type_name in ("float", "double") else value)


def cbor_members(shape: Shape, value: Mapping[str, Any]) -> dict[str, bytes]:
    """Encode each member of a structure."""
    return {
        name: cbor_bytes(member, value[name]) for name, member in shape.members.items() if value.get(name) is not None
    }


def cbor_map(encoded: Mapping[str, bytes]) -> bytes:
    """Encode a map of values that are encoded already."""
    return _head(_MAP, len(encoded)) + b"".join(cbor_document(key) + item for key, item in encoded.items())


def cbor_document(value: Any) -> bytes:
    """Encode a value by its own type: a document, or a part of one, or a scalar."""
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, float):
        return _DOUBLE + struct.pack(">d", value)
    if isinstance(value, Mapping):
        return cbor_map({str(key): cbor_document(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return _head(_ARRAY, len(value)) + b"".join(map(cbor_document, value))
    encoded: bytes = value.encode()
    return _head(_STRING, len(encoded)) + encoded


def _head(major_type: int, argument: int) -> bytes:
    """Encode the beginning of a data item: its type, and its value or length in as few bytes as possible."""
    if argument < 24:
        return bytes([major_type << 5 | argument])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * size:
            return bytes([major_type << 5 | info]) + argument.to_bytes(size, "big")
    raise ArgumentError(f"CBOR cannot carry {argument}, which does not fit into 64 bits")
