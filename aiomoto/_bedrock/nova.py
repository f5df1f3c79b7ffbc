"""Amazon Nova: bodies like those of Converse.

https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from aiomoto._bedrock.conversation import of_converse
from aiomoto._bedrock.converse import events_of, is_piece, output_of
from aiomoto._bedrock.family import Family, Invocation


def _response(invocation: Invocation) -> dict[str, Any]:
    output = output_of(invocation.completion)
    usage = invocation.completion.usage
    return {
        "output": _without_bytes(output["output"]),
        "stopReason": output["stopReason"],
        "usage": {
            **{name: usage[name] for name in ("inputTokens", "outputTokens", "totalTokens")},
            "cacheReadInputTokenCount": usage.get("cacheReadInputTokens", 0),
            "cacheWriteInputTokenCount": usage.get("cacheWriteInputTokens", 0),
        },
    }


def _chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    for event in events_of(invocation.completion):
        if "metadata" in event:
            usage = _response(invocation)["usage"]
            yield {"metadata": {"usage": usage, "metrics": {}, "trace": {}}, **invocation.completion.metrics}
        else:
            yield _without_bytes(event)


def _without_bytes(value: Any) -> Any:
    """JSON has blobs in base64."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: _without_bytes(item) for name, item in value.items()}
    return [_without_bytes(item) for item in value] if isinstance(value, list) else value


FAMILY = Family(
    "Amazon Nova",
    "messages",
    of_converse,
    _response,
    _chunks,
    ("text", "toolUse", "reasoningContent"),
    is_piece,
)
