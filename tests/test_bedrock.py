"""``aws.bedrock.reply``: a test says what a model says, and the client cannot tell."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
import pytest

from aiomoto import AiomotoError, ArgumentError, mock_aws
from tests.bedrock_requests import (
    BODIES,
    CLAUDE,
    NOVA,
    QUESTION,
    REGION,
    TITAN,
    WEATHER,
    ask,
    asked,
    bedrock,
    converse,
    invoke,
    tool_result,
)
from tests.conftest import ClientFactory

# ---------------------------------------------------------------- what a model says


@pytest.mark.anyio
async def test_a_text_is_the_output_of_converse(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("bedrock-runtime", region_name=REGION) as bedrock:
        reply = aws.bedrock.reply("Paris", usage={"inputTokens": 7, "outputTokens": 1})
        response = await converse(bedrock)

        assert aws.calls.last.rule is reply
        assert reply.hits == 1
    response.pop("ResponseMetadata")
    assert response == {
        "output": {"message": {"role": "assistant", "content": [{"text": "Paris"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 7, "outputTokens": 1, "totalTokens": 8},
        "metrics": {"latencyMs": 1},
    }


def test_a_tool_use_comes_after_the_text() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Let me see.", tool_use=WEATHER)
        response = converse(bedrock())

    assert response["output"]["message"]["content"] == [{"text": "Let me see."}, {"toolUse": WEATHER}]
    assert response["stopReason"] == "tool_use"


def test_tool_uses_without_ids_get_one_each() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(tool_use=[{"name": "weather", "input": {"city": "Paris"}}, {"name": "time"}])
        blocks = converse(bedrock())["output"]["message"]["content"]

    assert [block["toolUse"]["name"] for block in blocks] == ["weather", "time"]
    assert [block["toolUse"]["input"] for block in blocks] == [{"city": "Paris"}, {}]
    first, second = (block["toolUse"]["toolUseId"] for block in blocks)
    assert first != second
    assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", first)


def test_content_has_blocks_of_any_kind() -> None:
    content: list[dict[str, Any]] = [
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "s"}}},
        {"text": "Paris"},
    ]
    with mock_aws() as aws:
        aws.bedrock.reply(content=content, stop_reason="max_tokens")
        response = converse(bedrock())

    assert response["output"]["message"]["content"] == content
    assert response["stopReason"] == "max_tokens"


def test_tokens_are_counted_where_they_are_not_given() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("This is a test.", usage={"cacheReadInputTokens": 3})
        usage = converse(bedrock(), "Say this is a test")["usage"]

    assert usage == {"inputTokens": 5, "outputTokens": 5, "totalTokens": 10, "cacheReadInputTokens": 3}


def test_more_text_has_more_tokens() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Yes")
        client = bedrock()
        counted = [
            client.converse(modelId=NOVA, messages=messages, **options)["usage"]["inputTokens"]
            for messages, options in [
                (asked("Hello"), {}),
                (asked("Hello"), {"system": [{"text": "Be brief."}]}),
                (tool_result("tool_1"), {"system": [{"text": "Be brief."}]}),
            ]
        ]

    assert counted == sorted(set(counted))


def test_what_the_test_changes_later_does_not_change_the_reply() -> None:
    use = {"name": "weather", "input": {"city": "Paris"}}
    with mock_aws() as aws:
        aws.bedrock.reply(tool_use=use)
        use["input"]["city"] = "London"  # type: ignore[index]

        assert converse(bedrock())["output"]["message"]["content"][0]["toolUse"]["input"] == {"city": "Paris"}


# ---------------------------------------------------------------- which requests

PROMPTS: dict[str, Any] = {
    "part": "capital of France",
    "pattern": re.compile("CAPITAL.*france", re.IGNORECASE),
    "function": lambda messages: messages[-1] == {"role": "user", "content": [{"text": QUESTION}]},
}


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)
def test_prompt_selects_by_what_the_user_said_last(prompt: Any) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris", prompt=prompt)
        aws.bedrock.reply("I do not know")
        client = bedrock()

        assert [ask(client), ask(client, "Who are you?"), ask(client)] == ["Paris", "I do not know", "Paris"]
        earlier = [*asked(), {"role": "assistant", "content": [{"text": "Paris"}]}, *asked("And of Italy?")]
        response = client.converse(modelId=NOVA, messages=earlier)
        assert response["output"]["message"]["content"] == [{"text": "I do not know"}]


def test_prompt_may_be_in_the_result_of_a_tool() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("It is warm", prompt="22 degrees")

        response = bedrock().converse(modelId=NOVA, messages=tool_result("tool_1"))
        assert response["output"]["message"]["content"] == [{"text": "It is warm"}]


@pytest.mark.parametrize("body", BODIES.items(), ids=lambda body: body[0])
def test_prompt_is_read_from_the_body_of_each_family(body: tuple[str, dict[str, Any]]) -> None:
    with mock_aws() as aws:
        reply = aws.bedrock.reply("Paris", prompt=re.compile(f"^{re.escape(QUESTION)}$"))
        invoke(bedrock(), *body)

    assert reply.hits == 1


IDS = {
    "model": CLAUDE,
    "inference-profile": f"us.{CLAUDE}",
    "arn": f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}",
    "profile-arn": f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.{CLAUDE}",
}
PATTERNS: dict[str, Any] = {
    "id": CLAUDE,
    "part": "claude",
    "wildcard": "anthropic.claude-*-v1:0",
    "pattern": re.compile("sonnet|opus"),
}


@pytest.mark.parametrize("model", IDS.values(), ids=IDS)
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_model_selects_by_id(pattern: Any, model: str) -> None:
    with mock_aws() as aws:
        reply = aws.bedrock.reply("Claude", model=pattern)
        aws.bedrock.reply("another")
        client = bedrock()

        assert ask(client, model=model) == "Claude"
        assert invoke(client, model, BODIES[CLAUDE])["content"] == [{"type": "text", "text": "Claude"}]
        assert ask(client, model="amazon.nova-lite-v1:0") == "another"
        assert reply.hits == 2


# ---------------------------------------------------------------- beside replies


def test_a_throttled_call_is_retried_and_then_replied_to() -> None:
    with mock_aws(sleep="instant") as aws:
        aws.bedrock.reply("Paris")
        aws.faults.add("bedrock-runtime", error="ThrottlingException", times=1)

        assert ask(bedrock()) == "Paris"
        assert [call.status for call in aws.calls] == [429, 200]


def test_tokens_can_be_counted_and_guardrails_applied_beside_a_reply() -> None:
    with mock_aws() as aws:
        reply = aws.bedrock.reply("Paris")
        client = bedrock()
        counted = client.count_tokens(modelId=NOVA, input={"converse": {"messages": asked("Say this is a test")}})
        arguments = {"guardrailIdentifier": "g", "guardrailVersion": "1", "source": "INPUT", "content": []}
        applied = client.apply_guardrail(**arguments)

        assert (counted["inputTokens"], applied["action"], reply.hits) == (5, "NONE", 0)
        aws.answers.add("bedrock-runtime", "ApplyGuardrail", {"action": "GUARDRAIL_INTERVENED"})
        assert client.apply_guardrail(**arguments)["action"] == "GUARDRAIL_INTERVENED"


@pytest.mark.parametrize(
    ("model", "body", "tokens"),
    [(CLAUDE, BODIES[CLAUDE], 14), (TITAN, BODIES[TITAN], 11), ("ai21.jamba-1-5-mini-v1:0", {"prompt": "Hello"}, 1)],
    ids=["anthropic", "titan", "another"],
)
def test_tokens_of_an_invocation_can_be_counted(model: str, body: dict[str, Any], tokens: int) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris", optional=True)
        counted = bedrock().count_tokens(modelId=model, input={"invokeModel": {"body": json.dumps(body)}})

    assert counted["inputTokens"] == tokens


def test_an_answer_to_a_model_without_known_bodies_goes_with_replies() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Hello")
        embedding = {"body": b'{"embedding": [0.5]}', "contentType": "application/json"}
        aws.answers.add("bedrock-runtime", "InvokeModel", embedding, where={"modelId": "amazon.titan-embed-text-v2:0"})

        assert invoke(bedrock(), "amazon.titan-embed-text-v2:0", {"inputText": "Hello"}) == {"embedding": [0.5]}


def test_a_prompt_function_that_raises_is_named() -> None:
    def prompt(messages: list[dict[str, Any]]) -> bool:
        raise KeyError("x")

    with mock_aws() as aws:
        aws.bedrock.reply("Paris", prompt=prompt)
        with pytest.raises(AiomotoError, match=r"the prompt function .* raised KeyError: 'x'"):
            ask(boto3.client("bedrock-runtime", REGION))


def test_a_prompt_function_that_returns_a_coroutine_is_named() -> None:
    async def holds(messages: list[dict[str, Any]]) -> bool:
        return True

    with mock_aws() as aws:
        aws.bedrock.reply("Paris", prompt=lambda messages: holds(messages))  # type: ignore[arg-type, return-value]
        with pytest.raises(AiomotoError, match="must return True or False, not a coroutine"):
            ask(bedrock())


def test_a_body_that_is_no_json_is_refused() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris")
        with pytest.raises(
            ArgumentError, match="must be JSON with 'inputText', as those of Amazon Titan Text; it has nothing"
        ):
            bedrock().invoke_model(modelId=TITAN, body=b"Hello")


def test_images_are_read_past() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}}
    content = [image, {"type": "text", "text": "What is this?"}]
    with mock_aws() as aws:
        aws.bedrock.reply("A cat", prompt="What is this?")
        response = invoke(bedrock(), CLAUDE, {"messages": [{"role": "user", "content": content}]})

    assert response["usage"]["input_tokens"] > 1000
