"""What a model says: its content, why it stopped, and how the content is split in a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

# How a model's stream splits a text: each word with the space before it.
_WORDS = re.compile(r"\s*\S+(?:\s+$)?")
_JSON_PIECE = 12  # characters


class Completion(NamedTuple):
    """What a model says to one request.

    Attributes:
        content: the blocks of content, in the shape of Converse.
        stop_reason: why the model stopped, by Converse's name.
        usage: the tokens that it took, by Converse's names.
        milliseconds: how long it took.
        chunks: into which pieces a stream splits the text, or how many; ``None`` splits between words.
    """

    content: list[dict[str, Any]]
    stop_reason: str
    usage: Mapping[str, Any]
    milliseconds: int
    chunks: list[str] | int | None

    @property
    def text(self) -> str:
        """All of the text."""
        return "".join(block["text"] for block in self.content if "text" in block)

    @property
    def tool_uses(self) -> list[dict[str, Any]]:
        """The uses of tools."""
        return [block["toolUse"] for block in self.content if "toolUse" in block]

    def pieces(self, text: str) -> list[str]:
        """Split a text as a stream does."""
        if isinstance(self.chunks, int):
            return _split(text, self.chunks)
        if self.chunks is not None and "".join(self.chunks) == text:
            return self.chunks
        return _WORDS.findall(text) or [text]

    def json_pieces(self, value: Any) -> list[str]:
        """Split the input of a tool as a stream does: the first piece is empty, as Anthropic's is."""
        text = json.dumps(value)
        count = self.chunks if isinstance(self.chunks, int) else -(-len(text) // _JSON_PIECE)
        return ["", *_split(text, count)]

    @property
    def metrics(self) -> dict[str, Any]:
        """What the last chunk of each InvokeModelWithResponseStream has."""
        return {
            "amazon-bedrock-invocationMetrics": {
                "inputTokenCount": self.usage["inputTokens"],
                "outputTokenCount": self.usage["outputTokens"],
                "invocationLatency": self.milliseconds,
                "firstByteLatency": self.milliseconds,
            }
        }


def _split(text: str, count: int) -> list[str]:
    """Split into that many pieces of about one length; into fewer if the text is shorter."""
    count = max(1, min(count, len(text)))
    edges = [len(text) * index // count for index in range(count + 1)]
    return [text[begin:end] for begin, end in pairwise(edges)]
