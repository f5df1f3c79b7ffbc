"""A structure of an output as bytes, in each of AWS's protocols."""

from __future__ import annotations

from typing import Any

from botocore.model import Shape

from aiomoto._aws.output_cbor import cbor_bytes
from aiomoto._aws.output_json import json_bytes, json_value
from aiomoto._aws.output_xml import element_xml


def structure_bytes(protocol: str, shape: Shape, value: Any, tag: str) -> bytes:
    """Encode a structure as a body or as the payload of an event; only XML has a tag."""
    if protocol in ("json", "rest-json"):
        return json_bytes(json_value(shape, value))
    if protocol == "smithy-rpc-v2-cbor":
        return cbor_bytes(shape, value)
    return element_xml(tag, shape, value).encode()


def structure_type(protocol: str) -> str:
    """The content type of a structure where it is a part of a message."""
    if protocol in ("json", "rest-json"):
        return "application/json"
    return "application/cbor" if protocol == "smithy-rpc-v2-cbor" else "text/xml"
