"""The output of an operation as its client returns it, read from a response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import HierarchicalEmitter
from botocore.model import OperationModel
from botocore.parsers import create_parser

from aiomoto._aws.output_stream import streamed_member
from aiomoto._wire.message import WireRequest, WireResponse


def output_of(request: WireRequest, response: WireResponse, operation: OperationModel, protocol: str) -> dict[str, Any]:
    """Read the response to a request as botocore does. A streaming body is bytes, and an event stream is a list.

    Raises:
        ClientError: the response is an error.
    """
    streams = response.status < 300 and (operation.has_streaming_output or operation.has_event_stream_output)
    body = _Whole(response.body) if streams else response.body
    content = {
        "status_code": response.status,
        "headers": HeadersDict(response.headers),
        "body": body,
        "context": {"operation_name": operation.name},
    }
    output: dict[str, Any] = create_parser(protocol).parse(content, operation.output_shape)
    if streams:
        name = streamed_member(operation)
        output[name] = list(output[name]) if operation.has_event_stream_output else response.body
    event = f"after-call.{operation.service_model.service_id.hyphenize()}.{operation.name}"
    http_response = SimpleNamespace(raw=True, status_code=response.status, headers={}, content=response.body)
    # Clients ask for quoted keys by themselves, and undo that.
    context = {"encoding_type_auto_set": "encoding-type" in request.query}
    _handlers().emit(event, http_response=http_response, parsed=output, model=operation, context=context)
    if response.status >= 300:
        raise ClientError(output, operation.name)
    output.pop("ResponseMetadata", None)
    return output


class _Whole:
    """A body that has come in, in place of the stream that botocore reads events from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self) -> Iterator[bytes]:
        yield self._data


def with_new_body(operation: OperationModel, output: Mapping[str, Any], original: Mapping[str, Any]) -> dict[str, Any]:
    """Take out of an output what it says of another body, whose output it was made from: its length and checksums."""
    name = streamed_member(operation)
    if not name or output.get(name) == original.get(name):
        return dict(output)
    stale = {
        key
        for key, value in original.items()
        if (key == "ContentLength" or key.startswith("Checksum")) and output.get(key) == value
    }
    return {key: value for key, value in output.items() if key not in stale}


@lru_cache(maxsize=1)
def _handlers() -> HierarchicalEmitter:
    """botocore's own handlers of responses, which decode policies, console output and the like."""
    handlers = HierarchicalEmitter()
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event.startswith("after-call."):
            handlers.register(event, handler)
    return handlers
