"""Undo what botocore's clients do to outputs after parsing: an output is given as the client is to return it.

botocore/handlers.py lists these handlers, registered for the events ``after-call`` and ``before-parse``; aiobotocore
has one of them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from botocore.model import OperationModel, Shape

from aiomoto._aws.output_values import base64_of
from aiomoto._aws.output_xml import escaped
from aiomoto._errors import ArgumentError

Output = Mapping[str, Any]


def before_handlers(operation: OperationModel, output: Output) -> Output:
    """Return the output that the client's handlers turn into the given one."""
    service = operation.service_model.service_id.hyphenize()
    if service == "iam" and operation.output_shape is not None:
        return _with_encoded_policies(operation.output_shape, output)  # type: ignore[no-any-return]
    undo = _UNDONE.get((service, operation.name))
    return undo(output) if undo else output


def raw_headers(operation: OperationModel, output: Output) -> dict[str, str]:
    """The headers of members that handlers add and no model has."""
    return {"Expires": str(output["ExpiresString"])} if has_expires_string(operation) and _has_expires(output) else {}


def has_expires_string(operation: OperationModel) -> bool:
    """Whether clients add the member ``ExpiresString`` to the output: S3's header as it is, which may be no date."""
    members = operation.output_shape.members if operation.output_shape is not None else {}
    is_s3 = operation.service_model.service_id.hyphenize() == "s3"
    return is_s3 and any(member.name == "Expires" for member in members.values())


def unmodelled_body(operation: OperationModel, output: Output) -> bytes | None:
    """The body of an operation that has none in the model, and that a handler parses; ``None`` for all others."""
    if (operation.service_model.service_id.hyphenize(), operation.name) != ("s3", "GetBucketLocation"):
        return None
    namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    region = escaped(output.get("LocationConstraint") or "")
    return f'<LocationConstraint xmlns="{namespace}">{region}</LocationConstraint>'.encode()


def _has_expires(output: Output) -> bool:
    return output.get("ExpiresString") is not None


# ---------------------------------------------------------------- documents in strings

POLICY = "policyDocumentType"  # the shape by whose name the handler finds IAM's policies


def _with_encoded_policies(shape: Shape, value: Any) -> Any:
    if value is None:
        return None
    if shape.type_name == "list":
        return [_with_encoded_policies(shape.member, item) for item in value]
    if shape.type_name != "structure":
        return value
    return {
        name: _policy(item)
        if name in shape.members and shape.members[name].name == POLICY
        else _with_encoded_policies(shape.members[name], item)
        if name in shape.members
        else item
        for name, item in value.items()
    }


def _policy(value: Any) -> Any:
    # A string that is JSON would come back as what it describes.
    return value if value is None or _stays(value, unquote) else quote(json.dumps(value))


def _template(output: Output) -> Output:
    value = output.get("TemplateBody")
    return output if value is None or _stays(value, str) else {**output, "TemplateBody": json.dumps(value)}


def _stays(value: Any, decode: Callable[[str], str]) -> bool:
    """Whether a handler that decodes JSON leaves the value as it is."""
    if not isinstance(value, str):
        return False
    try:
        json.loads(decode(value))
    except ValueError:
        return True
    return False


def _console_output(output: Output) -> Output:
    return output if output.get("Output") is None else {**output, "Output": base64_of(output["Output"])}


# ---------------------------------------------------------------- S3's lists


def _quoted(*names: str, **nested: str) -> Callable[[Output], Output]:
    """Quote members, and one member each of the items of lists, in an output that says that they are quoted."""

    def undo(output: Output) -> Output:
        if output.get("EncodingType") != "url":
            return output
        quoted: dict[str, Any] = {name: quote(output[name]) for name in names if output.get(name) is not None}
        for name, key in nested.items():
            if output.get(name) is not None:
                quoted[name] = [{**item, key: quote(_required(item, name, key))} for item in output[name]]
        return {**output, **quoted}

    return undo


def _required(item: Output, name: str, key: str) -> str:
    if item.get(key) is None:
        raise ArgumentError(f"each of {name} must have a {key} where EncodingType is 'url', as clients decode it")
    return str(item[key])


_UNDONE: dict[tuple[str, str], Callable[[Output], Output]] = {
    ("cloudformation", "GetTemplate"): _template,
    ("ec2", "GetConsoleOutput"): _console_output,
    ("s3", "ListObjects"): _quoted("Delimiter", "Marker", "NextMarker", Contents="Key", CommonPrefixes="Prefix"),
    ("s3", "ListObjectsV2"): _quoted("Delimiter", "Prefix", "StartAfter", Contents="Key", CommonPrefixes="Prefix"),
    ("s3", "ListObjectVersions"): _quoted(
        "KeyMarker",
        "NextKeyMarker",
        "Prefix",
        "Delimiter",
        Versions="Key",
        DeleteMarkers="Key",
        CommonPrefixes="Prefix",
    ),
}
