"""Cohere: Command (``prompt``) and Command R (``message``).

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiomoto._bedrock.conversation import Conversation, message, result_block
from aiomoto._bedrock.family import Family, Invocation
from aiomoto._bedrock.prompts import of_labels

_REASONS = {"max_tokens": "MAX_TOKENS", "content_filtered": "ERROR_TOXIC", "guardrail_intervened": "ERROR_TOXIC"}
_ROLES = {"USER": "user", "CHATBOT": "assistant"}


def _id(invocation: Invocation) -> str:
    return f"00000000-0000-4000-8000-{invocation.number:012d}"


def _reason(invocation: Invocation) -> str:
    return _REASONS.get(invocation.completion.stop_reason, "COMPLETE")


# ---------------------------------------------------------------- Command


def _command_response(invocation: Invocation) -> dict[str, Any]:
    generation = {"id": _id(invocation), "text": invocation.completion.text, "finish_reason": _reason(invocation)}
    return {"id": _id(invocation), "generations": [generation], "prompt": invocation.body["prompt"]}


def _command_chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    completion = invocation.completion
    for piece in completion.pieces(completion.text):
        yield {"text": piece, "is_finished": False}
    yield {"is_finished": True, "finish_reason": _reason(invocation), **completion.metrics}


# ---------------------------------------------------------------- Command R


def _read_chat(body: Mapping[str, Any]) -> Conversation:
    history = [
        message(_ROLES.get(str(each.get("role")), "system"), {"text": each.get("message") or ""})
        for each in body.get("chat_history") or ()
    ]
    # The calls of tools have no ids here, only names.
    results = [result_block(each["call"]["name"], each.get("outputs")) for each in body.get("tool_results") or ()]
    asked = message("user", {"text": body["message"]}, *results)
    return Conversation([*history, asked], [body.get("preamble"), body.get("tools"), body.get("documents")])


def _chat_response(invocation: Invocation) -> dict[str, Any]:
    completion = invocation.completion
    asked = {"role": "USER", "message": invocation.body["message"]}
    said: dict[str, Any] = {"role": "CHATBOT", "message": completion.text}
    calls = _tool_calls(invocation)
    return {
        "response_id": _id(invocation),
        "text": completion.text,
        "generation_id": _id(invocation),
        "chat_history": [*(invocation.body.get("chat_history") or ()), asked, {**said, **calls}],
        "finish_reason": _reason(invocation),
        **calls,
    }


def _tool_calls(invocation: Invocation) -> dict[str, Any]:
    calls = [{"name": use["name"], "parameters": use["input"]} for use in invocation.completion.tool_uses]
    return {"tool_calls": calls} if calls else {}


def _chat_chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    completion = invocation.completion
    for piece in filter(None, completion.pieces(completion.text)):
        yield {"is_finished": False, "event_type": "text-generation", "text": piece}
    if calls := _tool_calls(invocation):
        yield {"is_finished": False, "event_type": "tool-calls-generation", "text": "", **calls}
    yield {
        "is_finished": True,
        "event_type": "stream-end",
        "response": _chat_response(invocation),
        "finish_reason": _reason(invocation),
        **completion.metrics,
    }


COMMAND = Family(
    "Cohere Command",
    "prompt",
    lambda body: of_labels(body["prompt"]),
    _command_response,
    _command_chunks,
)
COMMAND_R = Family(
    "Cohere Command R",
    "message",
    _read_chat,
    _chat_response,
    _chat_chunks,
    ("text", "toolUse"),
)
