"""Parse the parameters of an API call back out of its request, by botocore's model of the operation.

botocore's response parsers read bodies and headers, which look the same in requests. The path, the query and forms
occur in requests only, and are parsed here.
"""

from __future__ import annotations

import base64
import re
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from botocore.awsrequest import HeadersDict
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.utils import parse_timestamp

from aiomoto._aws.operations import labels_of
from aiomoto._aws.scope import header
from aiomoto._wire.aws_chunked import parse_chunks
from aiomoto._wire.content import content_of
from aiomoto._wire.message import WireRequest, WireResponse


def parameters_of(request: WireRequest, operation: OperationModel) -> dict[str, Any]:
    """Parse the parameters of a call by botocore's names. Parameters that do not parse are left out.

    Args:
        request: the request; for S3, in path style.
        operation: the operation that it calls.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    protocol = protocol_of(request, operation)
    if protocol in ("query", "ec2"):
        form = content_of(request) or request.split.query.encode()
        return _from_form(form, shape, is_ec2=protocol == "ec2")
    if not protocol.startswith("rest-"):
        return _parse(protocol, request, shape)
    streamed = shape.serialization.get("payload") if _has_blob_body(shape) else None
    found = _from_url(request, operation) | _parse(protocol, request, shape, has_body=streamed is None)
    if encoding := str(found.pop("ContentEncoding", "")).removesuffix("aws-chunked").removesuffix(","):
        found["ContentEncoding"] = encoding
    if streamed and request.body is not None:
        found[streamed] = _blob_body(request)
    return found


def in_body(request: WireRequest, operation: OperationModel) -> frozenset[str]:
    """The names of the parameters that requests to an operation carry in the body."""
    shape = operation.input_shape
    if shape is None:
        return frozenset()
    if not protocol_of(request, operation).startswith("rest-"):
        return frozenset(shape.members)
    if payload := shape.serialization.get("payload"):
        return frozenset({payload})
    return frozenset(name for name, member in shape.members.items() if "location" not in member.serialization)


def error_code_of(response: WireResponse, request: WireRequest, operation: OperationModel | None) -> str:
    """Parse the error code of a response, as a client does; the status if there is no code."""
    if operation is None:
        return str(response.status)
    raw = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    try:
        parsed = create_parser(protocol_of(request, operation)).parse(raw, operation.output_shape)
        return str(parsed.get("Error", {}).get("Code") or response.status)
    except Exception:  # botocore's parsers raise errors of many kinds
        return str(response.status)


def protocol_of(request: WireRequest, operation: OperationModel) -> str:
    """Return botocore's name of the protocol that a request uses."""
    protocol: str
    if request.operation is not None:
        protocol = operation.service_model.resolved_protocol
        return protocol
    protocol = operation.service_model.metadata["protocol"]
    if protocol.startswith("rest-"):
        return protocol
    # A service may support several protocols, and another client or version may choose another than this botocore.
    if header(request, "smithy-protocol") == "rpc-v2-cbor":
        return "smithy-rpc-v2-cbor"
    if header(request, "x-amz-target"):
        return "json"
    is_form = "x-www-form-urlencoded" in header(request, "content-type")
    return "query" if is_form and protocol in ("json", "smithy-rpc-v2-cbor") else protocol


def _blob_body(request: WireRequest) -> bytes:
    """Decode an aws-chunked body. A body that is not aws-chunked is returned as it is."""
    body = request.body or b""
    if not header(request, "x-amz-content-sha256").startswith("STREAMING-"):
        return body
    try:
        return parse_chunks([body]).data
    except ValueError:
        return body


def _has_blob_body(shape: Shape) -> bool:
    payload = shape.serialization.get("payload")
    return payload is not None and shape.members[payload].type_name == "blob"


def _parse(protocol: str, request: WireRequest, shape: Shape, *, has_body: bool = True) -> dict[str, Any]:
    body = content_of(request) if has_body else b""
    headers = HeadersDict({name: value for name, value in request.headers.items() if value})
    parsed = _parse_as_response(protocol, headers, body, shape)
    if parsed is None:
        # The headers or the body do not parse: keep the parameters of the other.
        parsed = _from_headers(headers, shape) | (_parse_as_response(protocol, HeadersDict(), body, shape) or {})
    # The parser returns empty values for an empty body, and for a map of headers without any.
    payload = shape.serialization.get("payload")
    return {name: value for name, value in parsed.items() if value != {} and (body or name != payload)}


def _parse_as_response(protocol: str, headers: HeadersDict, body: bytes, shape: Shape) -> dict[str, Any] | None:
    response = {"status_code": 200, "headers": headers, "body": body}
    try:
        parsed: dict[str, Any] = create_parser(protocol).parse(response, shape)
        del parsed["ResponseMetadata"]
    except Exception:  # botocore's parsers raise errors of many kinds
        return None
    return parsed


def _from_headers(headers: HeadersDict, shape: Shape) -> dict[str, Any]:
    members = {
        name: member for name, member in shape.members.items() if member.serialization.get("location") == "header"
    }
    wire_names = {name: member.serialization.get("name", name) for name, member in members.items()}
    return {name: _scalar(members[name], headers[wire]) for name, wire in wire_names.items() if wire in headers}


# ---------------------------------------------------------------- the URL


def _from_url(request: WireRequest, operation: OperationModel) -> dict[str, Any]:
    labels = labels_of(request, operation)
    members = operation.input_shape.members
    query = request.query
    known = {shape.serialization.get("name") for shape in members.values()} | _fixed_query(operation)
    found: dict[str, Any] = {}
    for name, shape in members.items():
        location = shape.serialization.get("location")
        wire_name = shape.serialization.get("name", name)
        if location == "uri" and wire_name in labels:
            found[name] = _scalar(shape, unquote(labels[wire_name]))
        elif location == "querystring" and shape.type_name == "map":
            found |= _map(name, shape, {key: query[key] for key in query.keys() - known})
        elif location == "querystring" and wire_name in query:
            values = query[wire_name]
            is_list = shape.type_name == "list"
            found[name] = [_scalar(shape.member, value) for value in values] if is_list else _scalar(shape, values[0])
    return found


def _fixed_query(operation: OperationModel) -> set[str]:
    return set(parse_qs(urlsplit(operation.http["requestUri"]).query, keep_blank_values=True))


def _map(name: str, shape: Shape, query: dict[str, list[str]]) -> dict[str, Any]:
    """The parameter that is a map of all other names in the query; empty if there are none."""
    is_multiple = shape.value.type_name == "list"
    values = {key: values if is_multiple else values[0] for key, values in query.items()}
    return {name: values} if values else {}


def _scalar(shape: Shape, string: str) -> Any:
    """Parse a scalar; a malformed one is returned as the string that it is."""
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(string)
            case "float" | "double":
                return float(string)
            case "boolean":
                return string.lower() == "true"
            case "timestamp":
                return parse_timestamp(string)
            case "blob":
                return base64.b64decode(string)
    except (ValueError, OverflowError, RuntimeError, OSError):  # parse_timestamp raises any of these
        pass
    return string


# ---------------------------------------------------------------- forms

# A form's fields as a tree: {"Filter": {"1": {"Name": "state"}}} for Filter.1.Name=state.
_Tree = dict[str, Any]


def _from_form(body: bytes, shape: Shape, *, is_ec2: bool) -> dict[str, Any]:
    tree: _Tree = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        *path, last = name.split(".")
        node = tree
        for part in path:
            child = node.setdefault(part, {})
            node = child if isinstance(child, dict) else node
        node[last] = value
    return _Form(is_ec2).structure(shape, tree)


class _Form:
    """Reads the values of shapes from a tree of form fields."""

    def __init__(self, is_ec2: bool) -> None:
        self._is_ec2 = is_ec2

    def structure(self, shape: Shape, tree: _Tree) -> dict[str, Any]:
        wire_names = {name: self._name(name, member) for name, member in shape.members.items()}
        found = {}
        for name, wire_name in wire_names.items():
            if wire_name in tree:
                with suppress(LookupError, TypeError, RecursionError):  # the fields do not fit the shape
                    found[name] = self._value(shape.members[name], tree[wire_name])
        return found

    def _name(self, name: str, shape: Shape) -> str:
        serialization = shape.serialization
        if self._is_ec2:
            wire_name: str = serialization.get("name", name)
            return str(serialization.get("queryName", wire_name[:1].upper() + wire_name[1:]))
        # Flattened lists use the name of their members.
        if shape.type_name == "list" and serialization.get("flattened") and "name" in shape.member.serialization:
            return str(shape.member.serialization["name"])
        return str(serialization.get("name", name))

    def _value(self, shape: Shape, node: Any) -> Any:
        match shape.type_name:
            case "structure":
                return self.structure(shape, node if isinstance(node, dict) else {})
            case "list":
                wrapper = shape.member.serialization.get("name", "member")
                return [self._value(shape.member, item) for item in self._numbered(shape, node, wrapper)]
            case "map":
                key, value = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
                items = self._numbered(shape, node, "entry")
                return {item[key]: self._value(shape.value, item[value]) for item in items}
        return _scalar(shape, node) if isinstance(node, str) else node

    def _numbered(self, shape: Shape, node: Any, wrapper: str) -> list[Any]:
        if not isinstance(node, dict):
            return []  # an empty list is sent as a single field
        if not (self._is_ec2 or shape.serialization.get("flattened")):
            node = node.get(wrapper, {})
        numbers = sorted(filter(_NUMBER.fullmatch, node), key=int)
        return [node[number] for number in numbers]


_NUMBER = re.compile("[0-9]{1,9}")
