"""Test an agent that talks to a Bedrock model with tools: script what the model says, streamed or not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiobotocore.session import get_session

from aiomoto import mock_aws

NOVA = "amazon.nova-lite-v1:0"
TOOLS = {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}]}


async def run_agent(question: str) -> str:
    """The code under test: ask a model, and run the tools that it uses until it has an answer."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": [{"text": question}]}]
    async with get_session().create_client("bedrock-runtime") as bedrock:
        while True:
            response = await bedrock.converse(modelId=NOVA, messages=messages, toolConfig=TOOLS)
            message = response["output"]["message"]
            messages.append(message)
            if response["stopReason"] != "tool_use":
                return "".join(block["text"] for block in message["content"])
            messages.append({"role": "user", "content": [run_tool(block) for block in message["content"]]})


def run_tool(block: dict[str, Any]) -> dict[str, Any]:
    """Run the one tool that there is."""
    use = block["toolUse"]
    text = f"It is 22 degrees in {use['input']['city']}"
    return {"toolResult": {"toolUseId": use["toolUseId"], "content": [{"text": text}]}}


async def stream(question: str) -> AsyncIterator[str]:
    """The code under test: show the text as it comes."""
    messages = [{"role": "user", "content": [{"text": question}]}]
    async with get_session().create_client("bedrock-runtime") as bedrock:
        response = await bedrock.converse_stream(modelId=NOVA, messages=messages)
        async for event in response["stream"]:
            if "contentBlockDelta" in event:
                yield event["contentBlockDelta"]["delta"]["text"]


async def main() -> None:
    """Let the model use its tool, after an attempt that is throttled; then let it stream."""
    async with mock_aws(sleep="instant") as aws:
        aws.bedrock.reply(tool_use={"name": "weather", "input": {"city": "Paris"}}, prompt="weather")
        aws.bedrock.reply("It is warm there.", prompt="22 degrees in Paris")
        aws.bedrock.reply("Hello, world", delay=0.1)
        aws.faults.add("bedrock-runtime", error="ThrottlingException", times=1)

        assert await run_agent("How is the weather in Paris?") == "It is warm there."
        assert [call.status for call in aws.calls] == [429, 200, 200]
        assert [text async for text in stream("Hello")] == ["Hello,", " world"]
        print(aws.calls)


asyncio.run(main())
