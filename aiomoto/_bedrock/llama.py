"""Meta Llama. https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiomoto._bedrock.family import Family, Invocation
from aiomoto._bedrock.prompts import of_headers
from aiomoto._bedrock.tokens import tokens_in


def _response(invocation: Invocation) -> dict[str, Any]:
    completion = invocation.completion
    return {
        "generation": completion.text,
        "prompt_token_count": completion.usage["inputTokens"],
        "generation_token_count": completion.usage["outputTokens"],
        "stop_reason": _reason(invocation),
    }


def _reason(invocation: Invocation) -> str:
    return "length" if invocation.completion.stop_reason == "max_tokens" else "stop"


def _chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    completion = invocation.completion
    said = 0
    for number, piece in enumerate(completion.pieces(completion.text)):
        said += tokens_in(piece)
        yield {
            "generation": piece,
            "prompt_token_count": None if number else completion.usage["inputTokens"],
            "generation_token_count": said,
            "stop_reason": None,
        }
    yield {
        "generation": "",
        "prompt_token_count": None,
        "generation_token_count": completion.usage["outputTokens"],
        "stop_reason": _reason(invocation),
        **completion.metrics,
    }


FAMILY = Family("Meta Llama", "prompt", lambda body: of_headers(body["prompt"]), _response, _chunks)
