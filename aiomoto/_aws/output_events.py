"""Event streams: encode what a test yields, https://smithy.io/2.0/aws/amazon-eventstream.html."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any
from zlib import crc32

from botocore.exceptions import ClientError
from botocore.model import OperationModel, Shape

from aiomoto._aws.output_check import check_event, is_wait
from aiomoto._aws.output_structures import structure_bytes, structure_type
from aiomoto._aws.output_values import blob_of
from aiomoto._wire.delivery import Piece

CONTENT_TYPE = "application/vnd.amazon.eventstream"


class EventEncoder:
    """Encodes the events of one response.

    Args:
        operation: the operation, whose output has an event stream.
        protocol: botocore's name of the protocol that the request uses.
        output: the output; REST protocols have all of it but the stream in headers, the others in a first event.
    """

    def __init__(self, operation: OperationModel, protocol: str, output: Mapping[str, Any]) -> None:
        self.is_over = False
        self._operation = operation
        self._shape = operation.output_shape.members[operation.output_shape.event_stream_name]
        self._protocol = protocol
        self._output = output
        self._count = 0

    def head(self) -> Iterator[bytes]:
        """The event that has the rest of the output, in the protocols that have one."""
        if not self._protocol.startswith("rest-"):
            shape = self._operation.output_shape
            others = {name: value for name, value in self._output.items() if name != shape.event_stream_name}
            payload = structure_bytes(self._protocol, shape, others, "")
            yield _message("event", {":event-type": "initial-response", ":content-type": self._type}, payload)

    def encode(self, item: Any) -> Piece:
        """Encode an event, a number of seconds to wait, or an error that ends the stream.

        Raises:
            ArgumentError: it is none of these, or the stream has no such event.
        """
        if isinstance(item, ClientError):
            return self.encode_error(item)
        check_event(self._operation, item, self._count)
        self._count += 1
        if is_wait(item):
            return Piece(item, b"")
        name, value = next((name, value) for name, value in item.items() if value is not None)
        shape = self._shape.members[name]
        if shape.metadata.get("exception"):
            return self._exception(name, shape, value)
        return Piece(0, self._event(name, shape, value))

    def encode_error(self, error: Exception) -> Piece:
        """Encode an error that ends the stream: the client raises it as an ``EventStreamError``.

        Raises:
            Exception: the error itself, if it is no ``ClientError``.
        """
        if not isinstance(error, ClientError):
            raise error
        said = error.response.get("Error", {})
        code, text = str(said.get("Code") or "InternalFailure"), str(said.get("Message") or "")
        for name, shape in self._shape.members.items():
            if code in (name, shape.name, shape.metadata.get("error", {}).get("code")):
                own = {key: value for key, value in error.response.items() if key in shape.members}
                message = next((key for key in shape.members if key.lower() == "message"), None)
                return self._exception(name, shape, {message: text} | own if message else own)
        self.is_over = True
        return Piece(0, _message("error", {":error-code": code, ":error-message": text}, b""))

    def _exception(self, name: str, shape: Shape, value: Mapping[str, Any]) -> Piece:
        self.is_over = True
        payload = structure_bytes(self._protocol, shape, value, name)
        return Piece(0, _message("exception", {":exception-type": name, ":content-type": self._type}, payload))

    def _event(self, name: str, shape: Shape, value: Mapping[str, Any]) -> bytes:
        payload = next((key for key, member in shape.members.items() if member.serialization.get("eventpayload")), None)
        if payload is None:
            kind, data = self._type, structure_bytes(self._protocol, shape, value, name)
        else:
            kind, data = self._payload(payload, shape.members[payload], value.get(payload))
        return _message("event", {":event-type": name, ":content-type": kind}, data)

    def _payload(self, name: str, shape: Shape, value: Any) -> tuple[str, bytes]:
        if shape.type_name in ("blob", "string"):
            kind = "text/plain" if shape.type_name == "string" else "application/octet-stream"
            return kind, b"" if value is None else blob_of(value)
        return self._type, b"" if value is None else structure_bytes(self._protocol, shape, value, name)

    @property
    def _type(self) -> str:
        return structure_type(self._protocol)


# ---------------------------------------------------------------- messages


def _message(kind: str, headers: Mapping[str, str], payload: bytes) -> bytes:
    encoded = b"".join(_header(name, value) for name, value in {":message-type": kind, **headers}.items())
    prelude = struct.pack(">II", 16 + len(encoded) + len(payload), len(encoded))
    checked = prelude + struct.pack(">I", crc32(prelude)) + encoded + payload
    return checked + struct.pack(">I", crc32(checked))


def _header(name: str, value: str) -> bytes:
    data = value.encode()[:_LONGEST_HEADER]
    return struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", _STRING, len(data)) + data


_STRING = 7  # the type of a header's value; the models of outputs have no other
_LONGEST_HEADER = 2**15 - 1  # bytes
