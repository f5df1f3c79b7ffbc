"""Amazon Titan Text. https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiomoto._bedrock.family import Family, Invocation
from aiomoto._bedrock.prompts import of_labels

_REASONS = {
    "max_tokens": "LENGTH",
    "stop_sequence": "STOP_CRITERIA_MET",
    "content_filtered": "CONTENT_FILTERED",
    "guardrail_intervened": "CONTENT_FILTERED",
}


def _response(invocation: Invocation) -> dict[str, Any]:
    completion = invocation.completion
    result = {
        "tokenCount": completion.usage["outputTokens"],
        "outputText": completion.text,
        "completionReason": _reason(invocation),
    }
    return {"inputTextTokenCount": completion.usage["inputTokens"], "results": [result]}


def _reason(invocation: Invocation) -> str:
    # What AWS sends; its documentation says FINISHED.
    return _REASONS.get(invocation.completion.stop_reason, "FINISH")


def _chunks(invocation: Invocation) -> Iterator[dict[str, Any]]:
    completion = invocation.completion
    *first, last = completion.pieces(completion.text)
    for number, piece in enumerate(first):
        yield {
            "outputText": piece,
            "index": 0,
            "totalOutputTextTokenCount": None,
            "completionReason": None,
            "inputTextTokenCount": None if number else completion.usage["inputTokens"],
        }
    yield {
        "outputText": last,
        "index": 0,
        "totalOutputTextTokenCount": completion.usage["outputTokens"],
        "completionReason": _reason(invocation),
        "inputTextTokenCount": None if first else completion.usage["inputTokens"],
        **completion.metrics,
    }


FAMILY = Family("Amazon Titan Text", "inputText", lambda body: of_labels(body["inputText"]), _response, _chunks)
