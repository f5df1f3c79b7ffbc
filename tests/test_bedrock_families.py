"""InvokeModel: replies in the bodies that the documentation of each model family describes."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from aiomoto import ArgumentError, mock_aws
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
    QUESTION,
    REGION,
    TITAN,
    WEATHER,
    bedrock,
    invoke,
)
from tests.conftest import ClientFactory

USAGE = {"inputTokens": 7, "outputTokens": 2}
UUID = "00000000-0000-4000-8000-000000000001"

TEXTS: dict[str, dict[str, Any]] = {
    CLAUDE: {
        "id": "msg_bdrk_000000000000000000000001",
        "type": "message",
        "role": "assistant",
        "model": "claude-3-5-sonnet-20240620",
        "content": [{"type": "text", "text": "Paris."}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 7, "output_tokens": 2},
    },
    NOVA: {
        "output": {"message": {"role": "assistant", "content": [{"text": "Paris."}]}},
        "stopReason": "end_turn",
        "usage": {
            "inputTokens": 7,
            "outputTokens": 2,
            "totalTokens": 9,
            "cacheReadInputTokenCount": 0,
            "cacheWriteInputTokenCount": 0,
        },
    },
    TITAN: {
        "inputTextTokenCount": 7,
        "results": [{"tokenCount": 2, "outputText": "Paris.", "completionReason": "FINISH"}],
    },
    LLAMA: {"generation": "Paris.", "prompt_token_count": 7, "generation_token_count": 2, "stop_reason": "stop"},
    MISTRAL: {"outputs": [{"text": "Paris.", "stop_reason": "stop"}]},
    MISTRAL_LARGE: {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Paris."}, "stop_reason": "stop"}]
    },
    PIXTRAL: {
        "id": "chatcmpl-00000000000000000000000000000001",
        "object": "chat.completion",
        "created": 0,
        "model": PIXTRAL,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Paris."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9},
    },
    COMMAND: {
        "id": UUID,
        "generations": [{"id": UUID, "text": "Paris.", "finish_reason": "COMPLETE"}],
        "prompt": QUESTION,
    },
    COMMAND_R: {
        "response_id": UUID,
        "text": "Paris.",
        "generation_id": UUID,
        "chat_history": [
            {"role": "USER", "message": "Hello"},
            {"role": "CHATBOT", "message": "Hello!"},
            {"role": "USER", "message": QUESTION},
            {"role": "CHATBOT", "message": "Paris."},
        ],
        "finish_reason": "COMPLETE",
    },
}


@pytest.mark.parametrize("model", TEXTS)
def test_a_text_is_in_the_body_of_its_family(model: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris.", usage=USAGE)

        assert invoke(bedrock(), model, BODIES[model]) == TEXTS[model]


def test_the_headers_of_an_invocation_tell_its_tokens() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris", usage={"inputTokens": 12, "outputTokens": 3})
        body = json.dumps({"inputText": "What is the capital of France?"})
        response = boto3.client("bedrock-runtime", "us-east-1").invoke_model(
            modelId="amazon.titan-text-lite-v1", body=body
        )
        headers = response["ResponseMetadata"]["HTTPHeaders"]

    assert headers["x-amzn-bedrock-input-token-count"] == "12"
    assert headers["x-amzn-bedrock-output-token-count"] == "3"
    assert int(headers["x-amzn-bedrock-invocation-latency"]) > 0


@pytest.mark.anyio
async def test_async_clients_get_the_same(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("bedrock-runtime", region_name=REGION) as bedrock:
        aws.bedrock.reply("Paris.")
        response = await bedrock.invoke_model(modelId=MISTRAL, body='{"prompt": "<s>[INST] Hello [/INST]"}')
        body = await response["body"].read()

    assert body == b'{"outputs": [{"text": "Paris.", "stop_reason": "stop"}]}'


LENGTHS: dict[str, tuple[str, ...]] = {
    CLAUDE: ("stop_reason", "max_tokens"),
    NOVA: ("stopReason", "max_tokens"),
    TITAN: ("results", "completionReason", "LENGTH"),
    LLAMA: ("stop_reason", "length"),
    MISTRAL: ("outputs", "stop_reason", "length"),
    MISTRAL_LARGE: ("choices", "stop_reason", "length"),
    PIXTRAL: ("choices", "finish_reason", "length"),
    COMMAND: ("generations", "finish_reason", "MAX_TOKENS"),
    COMMAND_R: ("finish_reason", "MAX_TOKENS"),
}


@pytest.mark.parametrize("model", LENGTHS)
def test_each_family_has_its_word_for_a_reply_that_was_too_long(model: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris and", stop_reason="max_tokens")
        found: Any = invoke(bedrock(), model, BODIES[model])

    *path, expected = LENGTHS[model]
    for name in path:
        found = found[name][0] if isinstance(found[name], list) else found[name]
    assert found == expected


CALL = {"id": "tool_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}
TOOLS: dict[str, dict[str, Any]] = {
    CLAUDE: {
        "stop_reason": "tool_use",
        "content": [
            {"type": "text", "text": "Let me see."},
            {"type": "tool_use", "id": "tool_1", "name": "weather", "input": {"city": "Paris"}},
        ],
    },
    NOVA: {
        "stopReason": "tool_use",
        "output": {"message": {"role": "assistant", "content": [{"text": "Let me see."}, {"toolUse": WEATHER}]}},
    },
    MISTRAL_LARGE: {
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL]},
                "stop_reason": "tool_calls",
            }
        ]
    },
    COMMAND_R: {
        "text": "Let me see.",
        "finish_reason": "COMPLETE",
        "tool_calls": [{"name": "weather", "parameters": {"city": "Paris"}}],
    },
}


@pytest.mark.parametrize("model", TOOLS)
def test_a_tool_use_is_in_the_body_of_its_family(model: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Let me see.", tool_use=WEATHER)
        body = invoke(bedrock(), model, BODIES[model])

    assert {name: body[name] for name in TOOLS[model]} == TOOLS[model]


@pytest.mark.parametrize("model", [TITAN, LLAMA, MISTRAL, COMMAND])
def test_families_without_tools_in_their_bodies_refuse_them(model: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(tool_use=WEATHER)
        with pytest.raises(ArgumentError, match=r"has only text in its bodies\. Call Converse"):
            invoke(bedrock(), model, BODIES[model])


RESULTS: dict[str, dict[str, Any]] = {
    CLAUDE: {
        "messages": [
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "tool_1", "name": "weather", "input": {"city": "Paris"}}],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "tool_1", "content": "22 degrees"}]},
        ]
    },
    NOVA: {
        "messages": [
            {"role": "assistant", "content": [{"toolUse": WEATHER}]},
            {
                "role": "user",
                "content": [{"toolResult": {"toolUseId": "tool_1", "content": [{"text": "22 degrees"}]}}],
            },
        ]
    },
    MISTRAL_LARGE: {
        "messages": [
            {"role": "assistant", "content": "", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "tool_1", "content": "22 degrees"},
        ]
    },
    COMMAND_R: {
        "message": "",
        "tool_results": [{"call": {"name": "weather", "parameters": {}}, "outputs": [{"text": "22 degrees"}]}],
    },
}


@pytest.mark.parametrize("model", RESULTS)
def test_the_result_of_a_tool_goes_to_the_next_reply(model: str) -> None:
    with mock_aws() as aws:
        used = aws.bedrock.reply(tool_use=WEATHER)
        invoke(bedrock(), model, BODIES[model])
        told = aws.bedrock.reply("It is warm.", prompt="22 degrees")
        invoke(bedrock(), model, RESULTS[model])

    assert (used.hits, told.hits) == (1, 1)


def test_reasoning_is_thinking_at_anthropic() -> None:
    reasoning: list[dict[str, Any]] = [
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "s"}}},
        {"reasoningContent": {"redactedContent": b"\x00\xff"}},
    ]
    with mock_aws() as aws:
        aws.bedrock.reply(content=[*reasoning, {"text": "Paris."}])
        content = invoke(bedrock(), CLAUDE, BODIES[CLAUDE])["content"]

    assert content == [
        {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        {"type": "redacted_thinking", "data": "AP8="},
        {"type": "text", "text": "Paris."},
    ]


PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"


@pytest.mark.parametrize(
    ("body", "member"),
    [
        (BODIES[CLAUDE], "content"),
        (BODIES[NOVA], "output"),
        (BODIES[TITAN], "results"),
        ({**BODIES[LLAMA], "max_gen_len": 9}, "generation"),
    ],
    ids=["anthropic", "nova", "titan", "llama"],
)
def test_a_profile_that_names_no_model_is_told_by_the_request(body: dict[str, Any], member: str) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris.")

        assert member in invoke(bedrock(), PROFILE, body)


LLAMAS = {
    "llama-2": "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello [/INST] Hello! </s><s>[INST] France? [/INST]",
    "llama-4": "<|begin_of_text|><|header_start|>user<|header_end|>\n\nFrance?<|eot|><|header_start|>assistant"
    "<|header_end|>\n\n",
    "plain": "France?",
}


@pytest.mark.parametrize("prompt", LLAMAS.values(), ids=LLAMAS)
def test_prompts_of_all_llamas_are_read(prompt: str) -> None:
    with mock_aws() as aws:
        reply = aws.bedrock.reply("Paris.", prompt=lambda messages: messages[-1]["content"] == [{"text": "France?"}])
        invoke(bedrock(), LLAMA, {"prompt": prompt})

    assert reply.hits == 1


UNKNOWN: dict[str, tuple[str, dict[str, Any], str]] = {
    "titan-embed": ("amazon.titan-embed-text-v2:0", {"inputText": "Hello"}, "gives embeddings, and a reply is text"),
    "arn": ("arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v1", {"inputText": "Hello"}, "gives"),
    "cohere-embed": ("cohere.embed-english-v3", {"texts": ["Hello"]}, "gives embeddings, and a reply is text"),
    "nova-embed": ("amazon.nova-2-multimodal-embeddings-v1:0", {}, "gives embeddings, and a reply is text"),
    "canvas": ("amazon.nova-canvas-v1:0", {}, "it knows the bodies of Anthropic Claude, Amazon Nova"),
    "ai21": ("ai21.jamba-1-5-mini-v1:0", {}, r'\naws\.answers\.add\("bedrock-runtime", "InvokeModel", '),
    "profile": (PROFILE, {"messages": []}, "application-inference-profile/a1b2c3d4e5f6"),
    "no-prompt": (LLAMA, {"messages": []}, "must be JSON with 'prompt', as those of Meta Llama; it has 'messages'"),
    "no-message": (COMMAND_R, {}, "must be JSON with 'message' or 'prompt'.*it has nothing"),
    "no-body": (TITAN, {}, "must be JSON with 'inputText'"),
    "wrong-kind": (CLAUDE, {"messages": ["Hello"]}, "is not a request of Anthropic Claude: AttributeError"),
}


@pytest.mark.parametrize(("model", "body", "message"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_no_reply_can_answer_says_what_to_write(model: str, body: dict[str, Any], message: str) -> None:
    with mock_aws() as aws:
        reply = aws.bedrock.reply("Hello")
        with pytest.raises(ArgumentError, match=message):
            invoke(bedrock(), model, body)

    assert reply.hits == 0
