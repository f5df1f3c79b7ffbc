"""What a request asks of a model: the conversation, in the shape of Converse's messages for all operations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from aiomoto._bedrock.tokens import tokens_in


class Conversation(NamedTuple):
    """The messages of a request, and what else the model reads.

    Attributes:
        messages: the messages, ``{"role": "user", "content": [{"text": "Hello"}]}``.
        context: the system prompt and the tools.
    """

    messages: list[dict[str, Any]]
    context: Any = ()

    @property
    def prompt(self) -> str:
        """The text of the last message of the user, with that of the results of tools."""
        asked = [message for message in self.messages if message.get("role") == "user"]
        return "\n".join(_texts(asked[-1].get("content") or ())) if asked else ""

    @property
    def results(self) -> set[str]:
        """The ids of the tool uses whose results the last message has."""
        blocks = self.messages[-1].get("content") or () if self.messages else ()
        return {block["toolResult"].get("toolUseId") for block in blocks if "toolResult" in block}

    @property
    def tokens(self) -> int:
        """How many tokens the model reads, about."""
        return max(1, tokens_in(self.messages) + tokens_in(self.context))


def _texts(blocks: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for block in blocks:
        if "toolResult" in block:
            yield from _texts(block["toolResult"].get("content") or ())
        elif "json" in block:
            yield json.dumps(block["json"])
        elif isinstance(block.get("text"), str):
            yield block["text"]


def of_converse(params: Mapping[str, Any]) -> Conversation:
    """The conversation of Converse, ConverseStream, and of InvokeModel of Amazon Nova."""
    return Conversation(list(params.get("messages") or ()), [params.get("system"), params.get("toolConfig")])


def message(role: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    """A message of Converse."""
    return {"role": role, "content": list(blocks)}


def result_block(tool_use_id: Any, content: Any) -> dict[str, Any]:
    """The result of a tool, as a block of Converse."""
    blocks = [{"text": content}] if isinstance(content, str) else [{"json": content}]
    return {"toolResult": {"toolUseId": tool_use_id, "content": blocks}}
