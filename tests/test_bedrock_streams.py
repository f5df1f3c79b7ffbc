"""ConverseStream: replies in the events that AWS sends."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from urllib3.exceptions import ReadTimeoutError

from aiomoto import ArgumentError, mock_aws
from tests.bedrock_requests import (
    NOVA,
    REGION,
    WEATHER,
    asked,
    bedrock,
)

USAGE = {"inputTokens": 7, "outputTokens": 3}


def converse_events(client: Any) -> list[dict[str, Any]]:
    return list(client.converse_stream(modelId=NOVA, messages=asked())["stream"])


def deltas(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]


# ---------------------------------------------------------------- ConverseStream

TEXT_AND_TOOL = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"text": "Let"}, "contentBlockIndex": 0}},
    {"contentBlockDelta": {"delta": {"text": " me"}, "contentBlockIndex": 0}},
    {"contentBlockDelta": {"delta": {"text": " see."}, "contentBlockIndex": 0}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {
        "contentBlockStart": {
            "start": {"toolUse": {"name": "weather", "toolUseId": "tool_1"}},
            "contentBlockIndex": 1,
        }
    },
    {"contentBlockDelta": {"delta": {"toolUse": {"input": ""}}, "contentBlockIndex": 1}},
    {"contentBlockDelta": {"delta": {"toolUse": {"input": '{"city":'}}, "contentBlockIndex": 1}},
    {"contentBlockDelta": {"delta": {"toolUse": {"input": ' "Paris"}'}}, "contentBlockIndex": 1}},
    {"contentBlockStop": {"contentBlockIndex": 1}},
    {"messageStop": {"stopReason": "tool_use"}},
    {"metadata": {"usage": {**USAGE, "totalTokens": 10}, "metrics": {"latencyMs": 1}}},
]


@pytest.mark.anyio
async def test_text_and_tool_use_are_streamed_as_aws_does() -> None:
    async with mock_aws() as aws, get_session().create_client("bedrock-runtime", region_name=REGION) as client:
        reply = aws.bedrock.reply("Let me see.", tool_use=WEATHER, usage=USAGE)
        response = await client.converse_stream(modelId=NOVA, messages=asked())

        assert [event async for event in response["stream"]] == TEXT_AND_TOOL
        assert aws.calls.last.rule is reply


def test_boto3_gets_the_same() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Let me see.", tool_use=WEATHER, usage=USAGE)

        assert converse_events(bedrock()) == TEXT_AND_TOOL


def test_reasoning_and_citations_are_streamed() -> None:
    citation = {"title": "Atlas", "location": {"documentChar": {"documentIndex": 0, "start": 1, "end": 5}}}
    content: list[dict[str, Any]] = [
        {"reasoningContent": {"reasoningText": {"text": "Hm, yes", "signature": "s"}}},
        {"reasoningContent": {"redactedContent": b"\x00\xff"}},
        {"citationsContent": {"content": [{"text": "Paris"}], "citations": [citation]}},
    ]
    with mock_aws() as aws:
        aws.bedrock.reply(content=content)
        found = deltas(converse_events(bedrock()))

    assert found == [
        {"reasoningContent": {"text": "Hm,"}},
        {"reasoningContent": {"text": " yes"}},
        {"reasoningContent": {"signature": "s"}},
        {"reasoningContent": {"redactedContent": b"\x00\xff"}},
        {"text": "Paris"},
        {"citation": citation},
    ]


def test_a_block_that_has_no_events_is_refused() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(content=[{"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}])
        with pytest.raises(ArgumentError, match="a reply with 'image' in its content cannot be streamed"):
            converse_events(bedrock())


CHUNKS: dict[str, tuple[Any, list[str]]] = {
    "words": (None, ["Hello,", " dear", "  world\n"]),
    "strings": (["Hel", "lo, dear  world\n"], ["Hel", "lo, dear  world\n"]),
    "one": (1, ["Hello, dear  world\n"]),
    "two": (2, ["Hello, de", "ar  world\n"]),
    "many": (1000, list("Hello, dear  world\n")),
}


@pytest.mark.parametrize(("given", "expected"), CHUNKS.values(), ids=CHUNKS)
def test_chunks_say_how_the_text_is_split(given: Any, expected: list[str]) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Hello, dear  world\n", chunks=given)

        assert [delta["text"] for delta in deltas(converse_events(bedrock()))] == expected


def test_chunks_alone_are_the_text() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(chunks=["Hel", "lo"])
        client = bedrock()

        assert [delta["text"] for delta in deltas(converse_events(client))] == ["Hel", "lo"]
        assert client.converse(modelId=NOVA, messages=asked())["output"]["message"]["content"] == [{"text": "Hello"}]


# ---------------------------------------------------------------- waits

IMPATIENT = {"read_timeout": 0.05, "retries": {"total_max_attempts": 1}}


@pytest.mark.parametrize(
    ("waits", "expected"), [({"latency": 3600}, []), ({"delay": 3600}, ["Hello"])], ids=["latency", "delay"]
)
@pytest.mark.anyio
async def test_latency_is_before_the_first_event_and_delay_between_the_chunks(
    waits: dict[str, Any], expected: list[str]
) -> None:
    seen: list[dict[str, Any]] = []

    async def read(client: Any) -> None:
        async for event in (await client.converse_stream(modelId=NOVA, messages=asked()))["stream"]:
            seen.append(event)

    config = AioConfig(**IMPATIENT)  # type: ignore[arg-type]
    session = get_session()
    async with mock_aws() as aws, session.create_client("bedrock-runtime", region_name=REGION, config=config) as client:
        aws.bedrock.reply("Hello world", **waits)
        with pytest.raises(Exception, match=r"(?i)timeout"):
            await read(client)

    assert [delta["text"] for delta in deltas(seen)] == expected


def test_a_delay_does_not_concern_a_response_that_is_not_streamed() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Hello world", delay=3600)
        client = boto3.client("bedrock-runtime", REGION, config=Config(**IMPATIENT))  # type: ignore[arg-type]

        assert client.converse(modelId=NOVA, messages=asked())["stopReason"] == "end_turn"
        with pytest.raises(ReadTimeoutError):
            converse_events(client)
