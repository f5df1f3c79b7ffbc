"""Random outputs of operations, and how two outputs differ."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from botocore.model import OperationModel, Shape
from botocore.utils import is_json_value_header

_AWKWARD = "<&>\"'] ]]>\t\n\r é中😀\u2028\x85"
_ZONES = (timezone.utc, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-9, minutes=-30)))


# ---------------------------------------------------------------- random outputs


def random_members(error: Shape, protocol: str, random: Random) -> dict[str, Any]:
    """Create the members of a modelled error."""
    is_name = "x-amzn-errortype"  # a header that clients find in each response
    return {
        name: error.name if shape.serialization.get("name", "").lower() == is_name else _top(shape, protocol, random)
        for name, shape in error.members.items()
    }


def random_output(operation: OperationModel, protocol: str, random: Random) -> dict[str, Any]:
    """Create an output with most of its members. An event stream has each of its events but the errors."""
    shape = operation.output_shape
    if shape is None:
        return {}
    output = {
        name: _events_of(member, protocol, random)
        if member.serialization.get("eventstream")
        else _top(member, protocol, random)
        for name, member in shape.members.items()
        if (_is_always_returned(name, member, shape) or random.random() < 0.9)
    }
    return output | _lengths(operation, output)


def _is_always_returned(name: str, member: Shape, output: Shape) -> bool:
    """Whether clients return a member even if nothing is sent."""
    return (
        member.serialization.get("eventstream")
        or member.serialization.get("location") in ("statusCode", "headers")
        or name == output.serialization.get("payload")
        or name in ("ContentLength", "LocationConstraint")
    )


def _lengths(operation: OperationModel, output: dict[str, Any]) -> dict[str, int]:
    """The true length of the body, where an output has it as a member."""
    if "ContentLength" not in output or operation.http["method"] == "HEAD":
        return {}
    return {"ContentLength": len(output[operation.output_shape.serialization["payload"]])}


def _events_of(stream: Shape, protocol: str, random: Random) -> list[dict[str, Any]]:
    return [
        {name: _event(shape, protocol, random)}
        for name, shape in stream.members.items()
        if not shape.metadata.get("exception")
    ]


def _event(shape: Shape, protocol: str, random: Random) -> dict[str, Any]:
    payload = next((name for name, member in shape.members.items() if member.serialization.get("eventpayload")), None)
    if payload is None:
        return dict(_Body(protocol, random).value(shape, 0))
    return {payload: _Body(protocol, random).value(shape.members[payload], 0)}


def _top(shape: Shape, protocol: str, random: Random) -> Any:
    if shape.serialization.get("location") == "statusCode":
        return random.choice((200, 201, 202))
    if protocol.startswith("rest-") and shape.serialization.get("location") in ("header", "headers"):
        return _Header(protocol, random).value(shape, 0)
    return _Body(protocol, random).value(shape, 0)


class _Body:
    """Random values of the shapes of a model, of which a body can carry all."""

    is_header = False

    def __init__(self, protocol: str, random: Random) -> None:
        self._protocol = protocol
        self._random = random
        self._is_xml = protocol in ("query", "ec2", "rest-xml")

    def value(self, shape: Shape, depth: int) -> Any:
        """Create a value of a shape."""
        if is_json_value_header(shape) or (shape.type_name == "structure" and shape.is_document_type):
            return self._document(depth)
        return getattr(self, f"_{shape.type_name}")(shape, depth)

    def _document(self, depth: int) -> Any:
        return {"a": [1, -2.5, None, True, self._text()], self._text(): {"b": {}}, "c": []}

    def _structure(self, shape: Shape, depth: int) -> dict[str, Any]:
        names = list(shape.members)
        if shape.is_tagged_union:
            names = [self._random.choice(names)]
        elif depth > 3:
            names = []
        else:
            names = [name for name in names if self._random.random() < (0.8 if depth < 2 else 0.5)]
        return {name: self.value(shape.members[name], depth + 1) for name in names}

    def _list(self, shape: Shape, depth: int) -> list[Any]:
        return [self.value(shape.member, depth + 1) for _ in range(self._length(depth))]

    def _map(self, shape: Shape, depth: int) -> dict[str, Any]:
        return {
            self.value(shape.key, depth + 1): self.value(shape.value, depth + 1) for _ in range(self._length(depth))
        }

    def _length(self, depth: int) -> int:
        return self._random.choice((0, 1, 2, 3)) if depth < 4 else 0

    def _string(self, shape: Shape, depth: int) -> str:
        if shape.enum and self._random.random() < 0.5:
            return str(self._random.choice(shape.enum))
        return self._text()

    def _text(self) -> str:
        awkward = _AWKWARD if self._is_xml else _AWKWARD + "\x00\x07\x7f\\"
        return "".join(self._random.choices(string.ascii_letters + awkward, k=self._random.choice((0, 1, 5, 20))))

    _character = _string

    def _integer(self, shape: Shape, depth: int) -> int:
        return self._random.choice((0, -1, 1, 23, 24, 255, 256, 65535, 65536, -(2**31), 2**31 - 1))

    def _long(self, shape: Shape, depth: int) -> int:
        return self._random.choice((0, -1, 2**32, 2**53 + 1, -(2**63), 2**63 - 1))

    def _double(self, shape: Shape, depth: int) -> float:
        choices = (0.0, -0.5, 0.1, 1e308, 5e-324, 1 / 3, -1e22, float("inf"), float("-inf"), float("nan"))
        return self._random.choice(choices)

    _float = _double

    def _boolean(self, shape: Shape, depth: int) -> bool:
        return self._random.random() < 0.5

    def _blob(self, shape: Shape, depth: int) -> bytes:
        return self._random.randbytes(self._random.choice((0, 1, 30)))

    def _timestamp(self, shape: Shape, depth: int) -> datetime:
        zone = self._random.choice(_ZONES)
        moment = datetime(1902, 1, 1, tzinfo=zone) + timedelta(seconds=self._random.randrange(9_000_000_000))
        default = "rfc822" if self.is_header else "iso8601"
        if shape.serialization.get("timestampFormat", default) == "rfc822":
            return moment
        return moment + timedelta(microseconds=self._random.choice((0, 123_000, 999_999)))


class _Header(_Body):
    """Random values that a header can carry: visible characters, and no commas, which separate items."""

    is_header = True

    def _text(self) -> str:
        alphabet = string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+;=%<>\"{}"
        return "".join(self._random.choices(alphabet, k=self._random.choice((1, 5, 20))))

    def _map(self, shape: Shape, depth: int) -> dict[str, Any]:
        return {f"{name}-name": self._text() for name in "abc"[: self._length(0)]}


# ---------------------------------------------------------------- comparing


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Yield the places where two outputs differ. Not-a-number is itself, and moments are equal in any zone."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in expected.keys() | actual.keys():
            if name not in actual:
                yield f"{path}.{name} is missing; expected {expected[name]!r:.60}"
            elif name not in expected:
                yield f"{path}.{name} is extra: {actual[name]!r:.60}"
            else:
                yield from differences(expected[name], actual[name], f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif expected != actual and not (expected != expected and actual != actual):
        yield f"{path}: expected {expected!r:.60}, got {actual!r:.60}"
