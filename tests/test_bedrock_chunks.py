"""InvokeModelWithResponseStream: replies in the chunks of each model family."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from urllib3.exceptions import ReadTimeoutError

from aiomoto import mock_aws
from tests.bedrock_requests import (
    BODIES,
    CLAUDE,
    COMMAND,
    COMMAND_R,
    LLAMA,
    MISTRAL,
    MISTRAL_LARGE,
    NOVA,
    PIXTRAL,
    REGION,
    TITAN,
    WEATHER,
    bedrock,
)

USAGE = {"inputTokens": 7, "outputTokens": 3}
METRICS = {"inputTokenCount": 7, "outputTokenCount": 3, "invocationLatency": 1, "firstByteLatency": 1}


def chunks(client: Any, model: str) -> list[dict[str, Any]]:
    response = client.invoke_model_with_response_stream(modelId=model, body=json.dumps(BODIES[model]))
    return [json.loads(event["chunk"]["bytes"]) for event in response["body"]]


NUMBERED = "00000000-0000-4000-8000-000000000001"
CHAT = {
    "id": "chatcmpl-00000000000000000000000000000001",
    "object": "chat.completion.chunk",
    "created": 0,
    "model": PIXTRAL,
}
STREAMED: dict[str, list[dict[str, Any]]] = {
    CLAUDE: [
        {
            "type": "message_start",
            "message": {
                "id": "msg_bdrk_000000000000000000000001",
                "type": "message",
                "role": "assistant",
                "model": "claude-3-5-sonnet-20240620",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 7, "output_tokens": 1},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "It's"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " Paris"}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 3},
        },
        {"type": "message_stop", "amazon-bedrock-invocationMetrics": METRICS},
    ],
    NOVA: [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": "It's"}, "contentBlockIndex": 0}},
        {"contentBlockDelta": {"delta": {"text": " Paris"}, "contentBlockIndex": 0}},
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {
            "metadata": {
                "usage": {
                    **USAGE,
                    "totalTokens": 10,
                    "cacheReadInputTokenCount": 0,
                    "cacheWriteInputTokenCount": 0,
                },
                "metrics": {},
                "trace": {},
            },
            "amazon-bedrock-invocationMetrics": METRICS,
        },
    ],
    TITAN: [
        {
            "outputText": "It's",
            "index": 0,
            "totalOutputTextTokenCount": None,
            "completionReason": None,
            "inputTextTokenCount": 7,
        },
        {
            "outputText": " Paris",
            "index": 0,
            "totalOutputTextTokenCount": 3,
            "completionReason": "FINISH",
            "inputTextTokenCount": None,
            "amazon-bedrock-invocationMetrics": METRICS,
        },
    ],
    LLAMA: [
        {"generation": "It's", "prompt_token_count": 7, "generation_token_count": 3, "stop_reason": None},
        {"generation": " Paris", "prompt_token_count": None, "generation_token_count": 4, "stop_reason": None},
        {
            "generation": "",
            "prompt_token_count": None,
            "generation_token_count": 3,
            "stop_reason": "stop",
            "amazon-bedrock-invocationMetrics": METRICS,
        },
    ],
    MISTRAL: [
        {"outputs": [{"text": "It's", "stop_reason": None}]},
        {"outputs": [{"text": " Paris", "stop_reason": "stop"}], "amazon-bedrock-invocationMetrics": METRICS},
    ],
    MISTRAL_LARGE: [
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": "It's"}, "stop_reason": None}]},
        {
            "choices": [{"index": 0, "message": {"role": "assistant", "content": " Paris"}, "stop_reason": "stop"}],
            "amazon-bedrock-invocationMetrics": METRICS,
        },
    ],
    PIXTRAL: [
        {**CHAT, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "It's"}, "finish_reason": None}]},
        {
            **CHAT,
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": " Paris"}, "finish_reason": "stop"}],
            "amazon-bedrock-invocationMetrics": METRICS,
        },
    ],
    COMMAND: [
        {"text": "It's", "is_finished": False},
        {"text": " Paris", "is_finished": False},
        {"is_finished": True, "finish_reason": "COMPLETE", "amazon-bedrock-invocationMetrics": METRICS},
    ],
    COMMAND_R: [
        {"is_finished": False, "event_type": "text-generation", "text": "It's"},
        {"is_finished": False, "event_type": "text-generation", "text": " Paris"},
        {
            "is_finished": True,
            "event_type": "stream-end",
            "response": {
                "response_id": NUMBERED,
                "text": "It's Paris",
                "generation_id": NUMBERED,
                "chat_history": [
                    {"role": "USER", "message": "Hello"},
                    {"role": "CHATBOT", "message": "Hello!"},
                    {"role": "USER", "message": "What is the capital of France?"},
                    {"role": "CHATBOT", "message": "It's Paris"},
                ],
                "finish_reason": "COMPLETE",
            },
            "finish_reason": "COMPLETE",
            "amazon-bedrock-invocationMetrics": METRICS,
        },
    ],
}


@pytest.mark.parametrize("model", STREAMED)
def test_a_text_is_streamed_in_the_chunks_of_its_family(model: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("It's Paris", usage=USAGE)

        assert chunks(bedrock(), model) == STREAMED[model]


@pytest.mark.parametrize("model", STREAMED)
def test_each_family_waits_between_its_chunks(model: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("It's Paris", delay=3600)
        config = Config(read_timeout=0.05, retries={"total_max_attempts": 1})
        client = boto3.client("bedrock-runtime", REGION, config=config)
        stream = client.invoke_model_with_response_stream(modelId=model, body=json.dumps(BODIES[model]))["body"]
        seen: list[bytes] = []
        with pytest.raises(ReadTimeoutError):
            seen.extend(event["chunk"]["bytes"] for event in stream)

    text = b"".join(seen)
    assert b"It's" in text
    assert b"Paris" not in text


def test_tool_use_is_streamed_as_anthropic_does() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(tool_use=WEATHER)
        found = chunks(bedrock(), CLAUDE)[1:-1]

    assert found == [
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "tool_use", "id": "tool_1", "name": "weather", "input": {}},
        },
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": '{"city":'}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": ' "Paris"}'}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"output_tokens": 11},
        },
    ]


def test_thinking_is_streamed_as_anthropic_does() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(content=[{"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "s"}}}])
        found = chunks(bedrock(), CLAUDE)[1:4]

    assert found == [
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": "", "signature": ""},
        },
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
    ]


TOOL_CALL = {
    "index": 0,
    "id": "tool_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Paris"}'},
}
TOOL_CHUNKS: dict[str, list[dict[str, Any]]] = {
    NOVA: [
        {
            "contentBlockStart": {
                "start": {"toolUse": {"name": "weather", "toolUseId": "tool_1"}},
                "contentBlockIndex": 0,
            }
        },
        {"contentBlockDelta": {"delta": {"toolUse": {"input": ""}}, "contentBlockIndex": 0}},
    ],
    MISTRAL_LARGE: [
        {
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "", "tool_calls": [TOOL_CALL]},
                    "stop_reason": "tool_calls",
                }
            ]
        }
    ],
    COMMAND_R: [
        {
            "is_finished": False,
            "event_type": "tool-calls-generation",
            "text": "",
            "tool_calls": [{"name": "weather", "parameters": {"city": "Paris"}}],
        }
    ],
}


@pytest.mark.parametrize("model", TOOL_CHUNKS)
def test_tool_use_is_streamed_in_the_chunks_of_its_family(model: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(tool_use=WEATHER)
        found = [
            {name: value for name, value in chunk.items() if name != "amazon-bedrock-invocationMetrics"}
            for chunk in chunks(bedrock(), model)
        ]

    assert [chunk for chunk in found if chunk in TOOL_CHUNKS[model]] == TOOL_CHUNKS[model]
