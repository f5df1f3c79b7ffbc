"""Test a chat on the AWS SDK for Python v4: script what Bedrock's model streams, and talk to it both ways."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aws_sdk_bedrock_runtime.client import AsyncBedrockRuntimeClient
from aws_sdk_bedrock_runtime.config import AsyncBedrockRuntimeConfig
from aws_sdk_bedrock_runtime.models import (
    BidirectionalInputPayloadPart,
    ContentBlockText,
    ConverseStreamInput,
    InvokeModelWithBidirectionalStreamInputChunk,
    InvokeModelWithBidirectionalStreamOperationInput,
    Message,
)

from aiomoto import Call, MotoHTTPClient, mock_aws

NOVA = "amazon.nova-lite-v1:0"
SONIC = "amazon.nova-sonic-v1:0"


async def stream(question: str) -> AsyncIterator[str]:
    """The code under test: show the text as it comes."""
    messages = [Message(role="user", content=[ContentBlockText(value=question)])]
    asked_for = ConverseStreamInput(model_id=NOVA, messages=messages)
    async with AsyncBedrockRuntimeClient() as bedrock, await bedrock.converse_stream(asked_for) as response:
        async for event in response.output_stream:
            if hasattr(event.value, "delta"):
                yield event.value.delta.value


async def say(bedrock: AsyncBedrockRuntimeClient, words: list[bytes]) -> list[bytes]:
    """The code under test: send words, each after the answer to the one before."""
    asked_for = InvokeModelWithBidirectionalStreamOperationInput(model_id=SONIC)
    talk = await bedrock.invoke_model_with_bidirectional_stream(asked_for)
    heard: list[bytes] = []
    async with talk:
        _, answers = await talk.await_output()
        for word in words:
            part = BidirectionalInputPayloadPart(bytes_=word)
            await talk.input_stream.send(InvokeModelWithBidirectionalStreamInputChunk(value=part))
            heard.append((await answers.receive()).value.bytes_)
    return heard


async def echo(call: Call) -> AsyncIterator[dict[str, Any]]:
    """The script: answer each event as it comes."""
    async for event in call.events:
        yield {"chunk": {"bytes": event["chunk"]["bytes"].upper()}}


async def main() -> None:
    """Stream a reply; then talk, over the transport that sends and receives at the same time."""
    async with mock_aws() as aws:
        aws.bedrock.reply("Hello, world", chunks=["Hello,", " world"])
        assert [text async for text in stream("Say hello")] == ["Hello,", " world"]

        aws.answers.add("bedrock-runtime", "InvokeModelWithBidirectionalStream", echo)
        config = await AsyncBedrockRuntimeConfig.resolve(transport=MotoHTTPClient())
        async with AsyncBedrockRuntimeClient(config) as bedrock:
            assert await say(bedrock, [b"good", b"morning"]) == [b"GOOD", b"MORNING"]
        print(aws.calls)


if __name__ == "__main__":
    asyncio.run(main())
