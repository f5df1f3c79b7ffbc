"""The output of an operation as its client returns it, read from a response."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import HierarchicalEmitter
from botocore.model import OperationModel
from botocore.parsers import create_parser

from aiomoto._wire.message import WireRequest, WireResponse


def output_of(request: WireRequest, response: WireResponse, operation: OperationModel, protocol: str) -> dict[str, Any]:
    """Read the response to a request as botocore does. The body of a streaming output is bytes.

    Raises:
        ClientError: the response is an error.
    """
    content = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    output: dict[str, Any] = create_parser(protocol).parse(content, operation.output_shape)
    event = f"after-call.{operation.service_model.service_id.hyphenize()}.{operation.name}"
    http_response = SimpleNamespace(raw=True, status_code=response.status, headers={}, content=response.body)
    # Clients ask for quoted keys by themselves, and undo that.
    context = {"encoding_type_auto_set": "encoding-type" in request.query}
    _handlers().emit(event, http_response=http_response, parsed=output, model=operation, context=context)
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
