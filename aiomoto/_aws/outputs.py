"""Responses to operations from outputs in the shape that clients return, in each of AWS's protocols.

The client's parser decides what counts: https://github.com/boto/botocore/blob/develop/botocore/parsers.py
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from botocore.model import OperationModel, Shape

from aiomoto._aws.output_events import CONTENT_TYPE as EVENT_STREAM
from aiomoto._aws.output_handlers import before_handlers, raw_headers, unmodelled_body
from aiomoto._aws.output_headers import given_headers, has_content_type, headers_of, status_of
from aiomoto._aws.output_json import json_bytes, json_members
from aiomoto._aws.output_stream import source_of
from aiomoto._aws.output_structures import structure_bytes
from aiomoto._aws.output_values import blob_of
from aiomoto._aws.output_xml import has_members, members_xml, xmlns
from aiomoto._errors import ArgumentError
from aiomoto._wire.message import BODILESS, WireResponse
from aiomoto._wire.source import Source


def response_for(operation: OperationModel, protocol: str, output: Mapping[str, Any]) -> WireResponse:
    """Create the response that a client reads as the given output.

    Args:
        operation: the operation that was called.
        protocol: botocore's name of the protocol that the request uses.
        output: what the client is to return, checked by :func:`~aiomoto._aws.output_check.check_output`.

    Raises:
        ArgumentError: no response can carry the output.
    """
    wire = before_handlers(operation, output)
    request_id = _request_id_of(wire)
    headers = _head_of(operation, protocol, wire, request_id) | _modelled_headers(operation, protocol, wire)
    headers = given_headers(wire, headers) | headers
    if (source := source_of(operation, protocol, wire)) is not None:
        return _streamed(operation, wire, headers, source)
    body = _body(operation, protocol, wire, request_id)
    if body.kind and not has_content_type(operation.output_shape):
        headers["content-type"] = body.kind
    return _framed(operation, status_of(operation, wire), headers, body.data)


class _Body(NamedTuple):
    """A body and its content type, which is empty for no body."""

    data: bytes
    kind: str


def _request_id_of(output: Mapping[str, Any]) -> str:
    """The request id that the output's ``ResponseMetadata`` names, or a new one."""
    return str((output.get("ResponseMetadata") or {}).get("RequestId") or uuid4())


def _head_of(operation: OperationModel, protocol: str, output: Mapping[str, Any], request_id: str) -> dict[str, str]:
    """The headers that all responses in the protocol have."""
    if operation.service_model.service_name in ("s3", "s3control"):
        host_id = (output.get("ResponseMetadata") or {}).get("HostId") or "aiomoto"
        return {"x-amz-request-id": request_id, "x-amz-id-2": host_id}
    extra = {"smithy-protocol": "rpc-v2-cbor"} if protocol == "smithy-rpc-v2-cbor" else {}
    return {"x-amzn-requestid": request_id} | extra


def _modelled_headers(operation: OperationModel, protocol: str, output: Mapping[str, Any]) -> dict[str, str]:
    """The headers that are members of the output, which only REST protocols have."""
    if not protocol.startswith("rest-"):
        return {}
    return headers_of(operation.output_shape, output) | raw_headers(operation, output)


def content_type_of(operation: OperationModel, protocol: str) -> str:
    """The content type of a structure in the protocol."""
    if protocol == "json":
        return f"application/x-amz-json-{operation.service_model.metadata.get('jsonVersion', '1.0')}"
    return _CONTENT_TYPES[protocol]


_CONTENT_TYPES = {
    "ec2": "text/xml;charset=UTF-8",
    "query": "text/xml",
    "rest-json": "application/json",
    "rest-xml": "application/xml",
    "smithy-rpc-v2-cbor": "application/cbor",
}


def _streamed(
    operation: OperationModel, output: Mapping[str, Any], headers: dict[str, str], source: Source
) -> WireResponse:
    """A body that is made while it is sent. Only the output itself can tell its length."""
    if not has_content_type(operation.output_shape):
        headers["content-type"] = EVENT_STREAM if operation.has_event_stream_output else "binary/octet-stream"
    if not any(name.lower() == "content-length" for name in headers):
        headers["transfer-encoding"] = "chunked"
    return WireResponse(status_of(operation, output), tuple(headers.items()), b"", source=source)


def _framed(operation: OperationModel, status: int, headers: dict[str, str], body: bytes) -> WireResponse:
    """Add the length of the body. A response to HEAD describes a body that it does not have."""
    if operation.http.get("method") == "HEAD":
        return WireResponse(status, tuple(headers.items()), b"")
    if status in BODILESS:
        # Some models have such a status for operations whose outputs are in the body.
        status, body = (200, body) if body not in (b"", b"{}") else (status, b"")
    length = next((value for name, value in headers.items() if name.lower() == "content-length"), None)
    if length is None and status not in BODILESS:
        headers = headers | {"content-length": str(len(body))}
    elif length is not None and length != str(len(body)):
        raise ArgumentError(f"ContentLength is {length}, but the body has {len(body)} bytes: leave it out")
    return WireResponse(status, tuple(headers.items()), body)


# ---------------------------------------------------------------- bodies


def _body(operation: OperationModel, protocol: str, output: Mapping[str, Any], request_id: str) -> _Body:
    shape = operation.output_shape
    if protocol.startswith("rest-"):
        return _rest(operation, protocol, output) if shape is not None else _Body(b"", "")
    kind = content_type_of(operation, protocol)
    if protocol in ("query", "ec2"):
        return _Body(_query(operation, protocol, output, request_id).encode(), kind)
    if shape is None:
        return _Body(b"{}", kind) if protocol == "json" else _Body(b"", "")
    return _Body(structure_bytes(protocol, shape, output, ""), kind)


def _query(operation: OperationModel, protocol: str, output: Mapping[str, Any], request_id: str) -> str:
    shape, metadata = operation.output_shape, operation.service_model.metadata
    result = members_xml(shape, output) if shape is not None else ""
    if shape is not None and (wrapper := shape.serialization.get("resultWrapper")):
        result = f"<{wrapper}>{result}</{wrapper}>"
    if protocol == "ec2":
        namespace = f"http://ec2.amazonaws.com/doc/{metadata['apiVersion']}/"
        result = f"<requestId>{request_id}</requestId>{result}"
    else:
        namespace = metadata.get("xmlNamespace", "")
        result = f"{result}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f"<{operation.name}Response{xmlns(namespace)}>{result}</{operation.name}Response>"


def _rest(operation: OperationModel, protocol: str, output: Mapping[str, Any]) -> _Body:
    shape, kind = operation.output_shape, content_type_of(operation, protocol)
    if (body := unmodelled_body(operation, output)) is not None:
        return _Body(body, kind)
    if payload := shape.serialization.get("payload"):
        return _payload(payload, shape.members[payload], protocol, output.get(payload), kind)
    if protocol == "rest-json":
        return _Body(json_bytes(json_members(shape, output, is_rest=True)), kind)
    if not has_members(shape):
        return _Body(b"", "")
    namespace = xmlns(operation.service_model.metadata.get("xmlNamespace"))
    tag = shape.serialization.get("name") or f"{operation.name}Result"
    return _Body(f"<{tag}{namespace}>{members_xml(shape, output)}</{tag}>".encode(), kind)


def _payload(name: str, shape: Shape, protocol: str, value: Any, kind: str) -> _Body:
    if shape.type_name in ("blob", "string"):
        kind = "text/plain" if shape.type_name == "string" else "binary/octet-stream"
        return _Body(b"" if value is None else blob_of(value), kind)
    if value is None:
        return _Body(b"", "")
    return _Body(structure_bytes(protocol, shape, value, shape.serialization.get("name") or name), kind)
