"""Bodies that are sent piece by piece: event streams, and streaming blobs from files and iterables."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import OperationModel

from aiomoto._aws.output_check import check_piece
from aiomoto._aws.output_events import EventEncoder
from aiomoto._aws.output_values import blob_of
from aiomoto._errors import ArgumentError
from aiomoto._wire.delivery import CHUNK_SIZE, Piece
from aiomoto._wire.source import Source


def source_of(operation: OperationModel, protocol: str, output: Mapping[str, Any]) -> Source | None:
    """The source of an output's body; ``None`` if the body is in memory."""
    if operation.has_event_stream_output:
        events = output.get(operation.output_shape.event_stream_name)
        return Source(() if events is None else events, EventEncoder(operation, protocol, output))
    name = streamed_member(operation)
    value = output.get(name) if name else None
    if value is None or isinstance(value, (bytes, bytearray, memoryview, str)):
        return None
    return Source(_blocks(value) if hasattr(value, "read") else value, _BlobEncoder(operation, name))


def streamed_member(operation: OperationModel) -> str:
    """The member that is the body itself; empty if there is none."""
    shape = operation.output_shape
    if shape is None:
        return ""
    if operation.has_event_stream_output:
        return str(shape.event_stream_name)
    payload = shape.serialization.get("payload", "")
    return payload if payload and shape.members[payload].type_name in ("blob", "string") else ""


class _BlobEncoder:
    is_over = False

    def __init__(self, operation: OperationModel, name: str) -> None:
        self._operation = operation
        self._name = name

    def head(self) -> Iterator[bytes]:
        return iter(())

    def encode(self, item: Any) -> Piece:
        check_piece(self._operation, self._name, item)
        return Piece(0, blob_of(item))

    def encode_error(self, error: Exception) -> Piece:
        if isinstance(error, ClientError):
            service = self._operation.service_model.service_name
            raise ArgumentError(
                f"{service} {self._operation.name}: {self._name} raised {error!r}: a body that has begun cannot become "
                "an error. Raise it in the function of the answer, or cut the body with aws.faults"
            ) from error
        raise error


def _blocks(file: Any) -> Any:
    return _async_blocks(file) if inspect.iscoroutinefunction(file.read) else _sync_blocks(file)


def _sync_blocks(file: Any) -> Iterator[Any]:
    while block := file.read(CHUNK_SIZE):
        yield block


async def _async_blocks(file: Any) -> AsyncIterator[Any]:
    while block := await file.read(CHUNK_SIZE):
        yield block
