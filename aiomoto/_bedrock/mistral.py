"""Mistral AI: text completion (``prompt``) and chat completion (``messages``).

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-chat-completion.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-pixtral-large.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from aiomoto._bedrock.conversation import Conversation, message, result_block
from aiomoto._bedrock.family import Family, Invocation
from aiomoto._bedrock.prompts import of_instructions

_REASONS = {"max_tokens": "length", "tool_use": "tool_calls"}
# Mistral Large and Small of 2024 name the reason stop_reason; Pixtral and later ones have the bodies of OpenAI's chat.
_OF_2024 = re.compile(r"mistral\.(mistral|mixtral)-[\w-]*?(7b|8x7b|24\d\d)")


def _read(body: Mapping[str, Any]) -> Conversation:
    if "messages" not in body:
        return of_instructions(body["prompt"])
    messages = [_message(each) for each in body["messages"] if each.get("role") != "system"]
    system = [each.get("content") for each in body["messages"] if each.get("role") == "system"]
    return Conversation(messages, [system, body.get("tools")])


def _message(said: Mapping[str, Any]) -> dict[str, Any]:
    content = said.get("content") or ()
    if said.get("role") == "tool":
        return message("user", result_block(said.get("tool_call_id"), content))
    blocks = [{"text": content}] if isinstance(content, str) else [_block(block) for block in content]
    uses = [
        {"toolUse": {"toolUseId": call.get("id"), **_named(call.get("function") or {})}}
        for call in said.get("tool_calls") or ()
    ]
    return message(str(said.get("role")), *blocks, *uses)


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(block.get("type"))
    return {kind: block.get(kind)}


def _named(function: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": function.get("name"), "input": function.get("arguments")}


def _response(invocation: Invocation) -> dict[str, Any]:
    completion = invocation.completion
    if "messages" not in invocation.body:
        return {"outputs": [{"text": completion.text, "stop_reason": _reason(invocation)}]}
    said: dict[str, Any] = {"role": "assistant", "content": completion.text}
    if completion.tool_uses:
        said["tool_calls"] = _tool_calls(invocation)
    if _OF_2024.search(invocation.model):
        return {"choices": [{"index": 0, "message": said, "stop_reason": _reason(invocation)}]}
    choice = {"index": 0, "message": said, "finish_reason": _reason(invocation)}
    return {**_head(invocation, "chat.completion"), "choices": [choice], "usage": _usage(invocation)}


def _tool_calls(invocation: Invocation) -> list[dict[str, Any]]:
    return [
        {
            "id": use["toolUseId"],
            "type": "function",
            "function": {"name": use["name"], "arguments": json.dumps(use["input"])},
        }
        for use in invocation.completion.tool_uses
    ]


def _head(invocation: Invocation, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{invocation.number:032d}", "object": kind, "created": 0, "model": invocation.model}


def _usage(invocation: Invocation) -> dict[str, Any]:
    usage = invocation.completion.usage
    names = {"prompt_tokens": "inputTokens", "completion_tokens": "outputTokens", "total_tokens": "totalTokens"}
    return {name: usage[of_converse] for name, of_converse in names.items()}


def _reason(invocation: Invocation) -> str:
    return _REASONS.get(invocation.completion.stop_reason, "stop")


def _chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    completion = invocation.completion
    if "messages" in invocation.body:
        yield from _chat_chunks(invocation)
        return
    *first, last = completion.pieces(completion.text)
    for piece in first:
        yield {"outputs": [{"text": piece, "stop_reason": None}]}
    yield {"outputs": [{"text": last, "stop_reason": _reason(invocation)}], **completion.metrics}


def _chat_chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    completion = invocation.completion
    said: list[dict[str, Any]] = [{"content": piece} for piece in completion.pieces(completion.text) if piece]
    if completion.tool_uses:
        calls = [{"index": index, **call} for index, call in enumerate(_tool_calls(invocation))]
        said.append({"content": "", "tool_calls": calls})
    *first, last = said
    for delta in first:
        yield _chat_chunk(invocation, delta, None)
    yield {**_chat_chunk(invocation, last, _reason(invocation)), **completion.metrics}


def _chat_chunk(invocation: Invocation, delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
    if _OF_2024.search(invocation.model):
        return {"choices": [{"index": 0, "message": {"role": "assistant", **delta}, "stop_reason": reason}]}
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": reason}
    return {**_head(invocation, "chat.completion.chunk"), "choices": [choice]}


TEXT = Family("Mistral AI's text completion", "prompt", _read, _response, _chunks)
CHAT = Family("Mistral AI's chat completion", "messages", _read, _response, _chunks, ("text", "toolUse"))
