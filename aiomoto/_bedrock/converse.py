"""What Converse and ConverseStream return.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiomoto._bedrock.completion import Completion
from aiomoto._errors import ArgumentError


def output_of(completion: Completion) -> dict[str, Any]:
    """The output of Converse."""
    return {
        "output": {"message": {"role": "assistant", "content": completion.content}},
        "stopReason": completion.stop_reason,
        "usage": dict(completion.usage),
        "metrics": {"latencyMs": completion.milliseconds},
    }


def events_of(completion: Completion) -> Iterator[dict[str, Any]]:
    """The events of ConverseStream. Only the use of a tool has an event where its block begins, as at AWS."""
    yield {"messageStart": {"role": "assistant"}}
    for index, block in enumerate(completion.content):
        if "toolUse" in block:
            start = {name: value for name, value in block["toolUse"].items() if name != "input"}
            yield {"contentBlockStart": {"start": {"toolUse": start}, "contentBlockIndex": index}}
        for delta in _deltas(completion, block):
            yield {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}
        yield {"contentBlockStop": {"contentBlockIndex": index}}
    yield {"messageStop": {"stopReason": completion.stop_reason}}
    yield {"metadata": {"usage": dict(completion.usage), "metrics": {"latencyMs": completion.milliseconds}}}


def is_piece(event: dict[str, Any]) -> bool:
    """Tell whether an event carries a piece of the content."""
    return "contentBlockDelta" in event


def _deltas(completion: Completion, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    [(kind, value)] = block.items()
    if kind == "text":
        yield from ({"text": piece} for piece in completion.pieces(value))
    elif kind == "toolUse":
        yield from ({"toolUse": {"input": piece}} for piece in completion.json_pieces(value["input"]))
    elif kind == "reasoningContent" and "reasoningText" in value:
        reasoning = value["reasoningText"]
        yield from ({"reasoningContent": {"text": piece}} for piece in completion.pieces(reasoning.get("text") or ""))
        if "signature" in reasoning:
            yield {"reasoningContent": {"signature": reasoning["signature"]}}
    elif kind == "reasoningContent":
        yield {"reasoningContent": value}
    elif kind == "citationsContent":
        for part in value.get("content") or ():
            yield from ({"text": piece} for piece in completion.pieces(part["text"]))
        yield from ({"citation": citation} for citation in value.get("citations") or ())
    else:
        raise ArgumentError(
            f"a reply with {kind!r} in its content cannot be streamed: ConverseStream has text, toolUse, "
            "reasoningContent and citationsContent"
        )
