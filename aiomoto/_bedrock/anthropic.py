"""Anthropic Claude: the Messages API.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from aiomoto._bedrock.completion import Completion
from aiomoto._bedrock.conversation import Conversation, result_block
from aiomoto._bedrock.family import Family, Invocation

_MODEL = re.compile(r"anthropic\.(claude-[\w-]*?)(?:-v\d+)?(?::\d+)*(?:[:/].*)?\Z")
_STOP_REASONS = {"content_filtered": "refusal", "guardrail_intervened": "refusal"}


def _read(body: Mapping[str, Any]) -> Conversation:
    messages = [
        {"role": each.get("role"), "content": [_read_block(block) for block in _blocks(each.get("content"))]}
        for each in body["messages"]
    ]
    return Conversation(messages, [body.get("system"), body.get("tools")])


def _blocks(content: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content or ())


def _read_block(block: dict[str, Any]) -> dict[str, Any]:
    kind = block.get("type")
    if kind == "text":
        return {"text": block.get("text") or ""}
    if kind == "tool_use":
        return {"toolUse": {"toolUseId": block.get("id"), "name": block.get("name"), "input": block.get("input")}}
    if kind == "tool_result":
        texts = [each["text"] for each in _blocks(block.get("content")) if each.get("type") == "text"]
        return result_block(block.get("tool_use_id"), "\n".join(texts))
    return {str(kind): block}


def _response(invocation: Invocation) -> dict[str, Any]:
    completion = invocation.completion
    return {
        **_head(invocation),
        "content": [_block(block) for block in completion.content],
        "stop_reason": _STOP_REASONS.get(completion.stop_reason, completion.stop_reason),
        "stop_sequence": None,
        "usage": _usage(completion, completion.usage["outputTokens"]),
    }


def _head(invocation: Invocation) -> dict[str, Any]:
    match = _MODEL.search(invocation.model)
    model = match[1] if match else invocation.model
    return {"id": f"msg_bdrk_{invocation.number:024d}", "type": "message", "role": "assistant", "model": model}


def _usage(completion: Completion, output_tokens: int) -> dict[str, Any]:
    usage = completion.usage
    cached = {
        "cache_creation_input_tokens": usage.get("cacheWriteInputTokens"),
        "cache_read_input_tokens": usage.get("cacheReadInputTokens"),
    }
    return {
        "input_tokens": usage["inputTokens"],
        **{name: count for name, count in cached.items() if count is not None},
        "output_tokens": output_tokens,
    }


def _block(block: dict[str, Any]) -> dict[str, Any]:
    if "toolUse" in block:
        use = block["toolUse"]
        return {"type": "tool_use", "id": use["toolUseId"], "name": use["name"], "input": use["input"]}
    if "reasoningContent" not in block:
        return {"type": "text", "text": block["text"]}
    if "redactedContent" in block["reasoningContent"]:
        data = base64.b64encode(block["reasoningContent"]["redactedContent"]).decode()
        return {"type": "redacted_thinking", "data": data}
    reasoning = block["reasoningContent"]["reasoningText"]
    return {"type": "thinking", "thinking": reasoning["text"], "signature": reasoning.get("signature") or ""}


def _chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    completion = invocation.completion
    empty: dict[str, Any] = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": _usage(completion, 1)}
    yield {"type": "message_start", "message": {**_head(invocation), **empty}}
    for index, block in enumerate(map(_block, completion.content)):
        yield {"type": "content_block_start", "index": index, "content_block": {**block, **_EMPTY[block["type"]]}}
        for delta in _deltas(completion, block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    reason = _STOP_REASONS.get(completion.stop_reason, completion.stop_reason)
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": completion.usage["outputTokens"]},
    }
    yield {"type": "message_stop", **completion.metrics}


# What a block begins as.
_EMPTY: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "tool_use": {"input": {}},
    "thinking": {"thinking": "", "signature": ""},
    "redacted_thinking": {},
}


def _deltas(completion: Completion, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] == "text":
        yield from ({"type": "text_delta", "text": piece} for piece in completion.pieces(block["text"]))
    elif block["type"] == "tool_use":
        pieces = completion.json_pieces(block["input"])
        yield from ({"type": "input_json_delta", "partial_json": piece} for piece in pieces)
    elif block["type"] == "thinking":
        yield from ({"type": "thinking_delta", "thinking": piece} for piece in completion.pieces(block["thinking"]))
        yield {"type": "signature_delta", "signature": block["signature"]}


FAMILY = Family(
    "Anthropic Claude",
    "messages",
    _read,
    _response,
    _chunks,
    ("text", "toolUse", "reasoningContent"),
    lambda chunk: chunk["type"] == "content_block_delta",
)
