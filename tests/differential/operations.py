"""Calls made from botocore's service models: which operations there are, and parameters that each of them takes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from botocore import xform_name

_DEEPEST = 6

# What shapes do not say of the strings that they stand for: by the end of a member's name, in lower case.
_STRINGS = {
    "arn": "arn:aws:iam::123456789012:role/abcd",
    "bucket": "abcd-bucket",
    "cidrblock": "10.0.0.0/16",
    "email": "ada@example.com",
    "policydocument": '{"Version": "2012-10-17", "Statement": []}',
    "url": "https://example.com/",
}

# The operations that are not called, and why. Without a name: all of the service's.
LEFT_OUT = {
    ("s3", "WriteGetObjectResponse"): "goes to a host of its own, that of a Lambda function",
}


# Instead of the names of operations.
ALL: Collection[str] = ()


class Operation(NamedTuple):
    """An operation of a service, and the shape of its parameters."""

    name: str
    shape: Any

    @property
    def method(self) -> str:
        """The name of the client's method."""
        return str(xform_name(self.name))

    def parameters(self, known: dict[str, str]) -> dict[str, Any]:
        """Make the required parameters; ``known``: what earlier answers said, by the name of the member."""
        return _structure(self.shape, known, 0) if self.shape else {}


def operations(client: Any, names: Collection[str] = ALL) -> list[Operation]:
    """These of the operations of a client's service: first those that make things, last those that take them away."""
    model = client.meta.service_model
    found = []
    for name in model.operation_names if names is ALL else names:
        operation = model.operation_model(name)
        if not operation.has_event_stream_input and (model.service_name, name) not in LEFT_OUT:
            found.append(Operation(name, operation.input_shape))
    return sorted(found, key=lambda each: (not each.name.startswith(("Create", "Put")), each.name.startswith("Delete")))


def _value(shape: Any, name: str, known: dict[str, str], depth: int) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return {} if depth > _DEEPEST else _structure(shape, known, depth)
    if kind == "list":
        return [_value(shape.member, name, known, depth + 1)] if depth < _DEEPEST else []
    if kind == "map":
        return {_value(shape.key, "key", known, depth): _value(shape.value, name, known, depth + 1)}
    if kind == "string":
        return _string(shape, name, known)
    simple: dict[str, Any] = {
        "blob": b"abcd",
        "boolean": True,
        "timestamp": "2026-01-01T00:00:00Z",
        "float": 1.0,
        "double": 1.0,
    }
    return simple.get(kind, max(int(shape.metadata.get("min", 1)), 1))


def _structure(shape: Any, known: dict[str, str], depth: int) -> dict[str, Any]:
    names = list(shape.members)[:1] if getattr(shape, "is_tagged_union", False) else shape.required_members
    return {name: _value(shape.members[name], name, known, depth + 1) for name in names}


def _string(shape: Any, name: str, known: dict[str, str]) -> str:
    if shape.enum:
        return str(shape.enum[0])
    if name.lower() in known:
        return known[name.lower()]
    for ending, string in _STRINGS.items():
        if name.lower().endswith(ending):
            return string
    length = max(shape.metadata.get("min", 1), min(4, shape.metadata.get("max", 4)))
    return str(("abcd" * length)[:length])
