"""The output of an operation as its client returns it, read from a response."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import HierarchicalEmitter
from botocore.model import OperationModel
from botocore.parsers import create_parser

from aiomoto._wire.message import WireResponse


def output_of(response: WireResponse, operation: OperationModel, protocol: str) -> dict[str, Any]:
    """Read a response as botocore does. The body of a streaming output is bytes.

    Raises:
        ClientError: the response is an error.
    """
    content = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    output: dict[str, Any] = create_parser(protocol).parse(content, operation.output_shape)
    event = f"after-call.{operation.service_model.service_id.hyphenize()}.{operation.name}"
    _handlers().emit(event, http_response=None, parsed=output, model=operation, context={})
    if response.status >= 300:
        raise ClientError(output, operation.name)
    output.pop("ResponseMetadata", None)
    return output


@lru_cache(maxsize=1)
def _handlers() -> HierarchicalEmitter:
    """botocore's own handlers of responses, which decode policies, console output and the like."""
    handlers = HierarchicalEmitter()
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event.startswith("after-call."):
            handlers.register(event, handler)
    return handlers
