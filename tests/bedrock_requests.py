"""Requests to Bedrock's models, and what tests read of the responses."""

from __future__ import annotations

import json
from typing import Any

import boto3

REGION = "us-east-1"
CLAUDE = "anthropic.claude-3-5-sonnet-20240620-v1:0"
NOVA = "amazon.nova-lite-v1:0"
TITAN = "amazon.titan-text-lite-v1"
LLAMA = "meta.llama3-1-70b-instruct-v1:0"
MISTRAL = "mistral.mistral-7b-instruct-v0:2"
MISTRAL_LARGE = "mistral.mistral-large-2407-v1:0"
PIXTRAL = "mistral.pixtral-large-2502-v1:0"
COMMAND = "cohere.command-text-v14"
COMMAND_R = "cohere.command-r-v1:0"

QUESTION = "What is the capital of France?"
WEATHER = {"name": "weather", "input": {"city": "Paris"}, "toolUseId": "tool_1"}


def bedrock() -> Any:
    """A client of boto3."""
    return boto3.client("bedrock-runtime", REGION)


def asked(text: str = QUESTION) -> list[dict[str, Any]]:
    """The messages of a user who says one thing."""
    return [{"role": "user", "content": [{"text": text}]}]


def converse(client: Any, text: str = QUESTION, model: str = NOVA) -> Any:
    """What the client returns for one question."""
    return client.converse(modelId=model, messages=asked(text))


def text_of(response: Any) -> str:
    """The text of a response of Converse."""
    return "".join(block.get("text", "") for block in response["output"]["message"]["content"])


def ask(client: Any, text: str = QUESTION, model: str = NOVA) -> str:
    """The text of the reply to one question."""
    return text_of(converse(client, text, model))


def invoke(client: Any, model: str, body: dict[str, Any]) -> Any:
    """The body of the response to InvokeModel."""
    response = client.invoke_model(modelId=model, body=json.dumps(body))
    assert response["contentType"] == "application/json"
    return json.loads(response["body"].read())


def tool_result(tool_use_id: str) -> list[dict[str, Any]]:
    """The messages after a tool was used."""
    use = {"toolUse": {"toolUseId": tool_use_id, "name": "weather", "input": {"city": "Paris"}}}
    result = {"toolResult": {"toolUseId": tool_use_id, "content": [{"json": {"weather": "22 degrees"}}]}}
    return [
        *asked("What is the weather in Paris?"),
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [result]},
    ]


# A request of each family that asks the question, with one turn before it where its form has turns.
BODIES: dict[str, dict[str, Any]] = {
    CLAUDE: {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": [{"type": "text", "text": "Hello!"}]},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
    },
    NOVA: {
        "schemaVersion": "messages-v1",
        "messages": [
            {"role": "user", "content": [{"text": "Hello"}]},
            {"role": "assistant", "content": [{"text": "Hello!"}]},
            {"role": "user", "content": [{"text": QUESTION}]},
        ],
    },
    TITAN: {"inputText": f"User: Hello\nBot: Hello!\nUser: {QUESTION}\nBot:"},
    LLAMA: {
        "prompt": "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nHello!<|eot_id|>"
        f"<|start_header_id|>user<|end_header_id|>\n\n{QUESTION}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    },
    MISTRAL: {"prompt": f"<s>[INST] Hello [/INST] Hello!</s> [INST] {QUESTION} [/INST]"},
    MISTRAL_LARGE: {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hello!"},
            {"role": "user", "content": QUESTION},
        ]
    },
    PIXTRAL: {"messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]},
    COMMAND: {"prompt": QUESTION},
    COMMAND_R: {
        "message": QUESTION,
        "chat_history": [{"role": "USER", "message": "Hello"}, {"role": "CHATBOT", "message": "Hello!"}],
    },
}
