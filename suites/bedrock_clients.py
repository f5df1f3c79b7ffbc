"""Chats of the libraries that people call Bedrock with, over a mock in this process, with replies of ``aws.bedrock``.

``nox -s bedrock`` installs those that there are, and runs this file with pytest. A library that is missing is skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from aiomoto import MockAWS, mock_aws

CLAUDE = "us.anthropic.claude-3-5-sonnet-20240620-v1:0"
NOVA = "us.amazon.nova-lite-v1:0"
LLAMA = "meta.llama3-1-70b-instruct-v1:0"
MISTRAL = "mistral.mistral-7b-instruct-v0:2"
REGION = "us-east-1"
USAGE = {"inputTokens": 7, "outputTokens": 2}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockAWS]:
    """A mock, with the region that the libraries look for."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_REGION_NAME", REGION)
    with mock_aws() as aws:
        yield aws


def weather(city: str) -> str:
    """Tell the weather in a city."""
    return f"22 degrees in {city}"


def script_tool_use(aws: MockAWS, text: str | None = "Let me see.") -> None:
    """Have the model use the tool, and then say what it returned."""
    aws.bedrock.reply(text, tool_use={"name": "weather", "input": {"city": "Paris"}}, prompt="How warm")
    aws.bedrock.reply("It is warm.", prompt="22 degrees in Paris")


# ---------------------------------------------------------------- langchain-aws


def langchain_converse(model: str = NOVA) -> Any:
    return pytest.importorskip("langchain_aws").ChatBedrockConverse(model=model, region_name=REGION)


def langchain_invoke(model: str) -> Any:
    return pytest.importorskip("langchain_aws").ChatBedrock(model=model, region=REGION, beta_use_converse_api=False)


def test_langchain_converse(aws: MockAWS) -> None:
    aws.bedrock.reply("Paris", usage=USAGE)
    message = langchain_converse().invoke("What is the capital of France?")

    assert message.text == "Paris"
    assert (message.usage_metadata["input_tokens"], message.usage_metadata["output_tokens"]) == (7, 2)
    assert message.response_metadata["stopReason"] == "end_turn"


def test_langchain_converse_async(aws: MockAWS) -> None:
    aws.bedrock.reply("Paris")

    async def ask() -> Any:
        return await asyncio.gather(*(langchain_converse().ainvoke("Hello") for _ in range(3)))

    assert [message.text for message in asyncio.run(ask())] == ["Paris"] * 3


def test_langchain_converse_stream(aws: MockAWS) -> None:
    aws.bedrock.reply("It is Paris", usage=USAGE)
    chunks = list(langchain_converse().stream("What is the capital of France?"))

    assert [chunk.text for chunk in chunks if chunk.text] == ["It", " is", " Paris"]
    assert sum(chunk.usage_metadata["output_tokens"] for chunk in chunks if chunk.usage_metadata) == 2


def test_langchain_converse_astream(aws: MockAWS) -> None:
    aws.bedrock.reply("It is Paris", delay=0.01)

    async def texts() -> list[str]:
        return [chunk.text async for chunk in langchain_converse().astream("Hello") if chunk.text]

    assert asyncio.run(texts()) == ["It", " is", " Paris"]


@pytest.mark.parametrize("is_streamed", [False, True])
def test_langchain_converse_with_tools(aws: MockAWS, is_streamed: bool) -> None:
    messages = pytest.importorskip("langchain_core.messages")
    script_tool_use(aws)
    model = langchain_converse(CLAUDE).bind_tools([weather])
    question = messages.HumanMessage("How warm is it in Paris?")

    def ask(*said: Any) -> Any:
        if not is_streamed:
            return model.invoke(said)
        first, *others = model.stream(said)
        return sum(others, first)

    asked = ask(question)
    [call] = asked.tool_calls
    assert (call["name"], call["args"]) == ("weather", {"city": "Paris"})
    result = messages.ToolMessage(weather(**call["args"]), tool_call_id=call["id"])
    assert ask(question, asked, result).text == "It is warm."


@pytest.mark.parametrize("model", [CLAUDE, LLAMA, MISTRAL])
def test_langchain_invoke_model(aws: MockAWS, model: str) -> None:
    aws.bedrock.reply("It is Paris", prompt="capital of France")
    chat = langchain_invoke(model)

    assert chat.invoke("What is the capital of France?").text == "It is Paris"
    streamed = [chunk.text for chunk in chat.stream("What is the capital of France?")]
    assert "".join(streamed) == "It is Paris"
    assert len(list(filter(None, streamed))) == 3
    assert {call.operation for call in aws.calls} == {"InvokeModel", "InvokeModelWithResponseStream"}


def test_langchain_invoke_model_with_tools(aws: MockAWS) -> None:
    messages = pytest.importorskip("langchain_core.messages")
    script_tool_use(aws)
    model = langchain_invoke(CLAUDE).bind_tools([weather])
    question = messages.HumanMessage("How warm is it in Paris?")
    asked = model.invoke([question])

    [call] = asked.tool_calls
    result = messages.ToolMessage(weather(**call["args"]), tool_call_id=call["id"])
    assert model.invoke([question, asked, result]).text == "It is warm."


def test_a_langgraph_agent(aws: MockAWS) -> None:
    agents = pytest.importorskip("langgraph.prebuilt")
    script_tool_use(aws)
    agent = agents.create_react_agent(langchain_converse(), [weather])
    state = asyncio.run(agent.ainvoke({"messages": [("user", "How warm is it in Paris?")]}))

    assert state["messages"][-1].text == "It is warm."
    assert [call.operation for call in aws.calls] == ["Converse", "Converse"]


# ---------------------------------------------------------------- pydantic-ai


def pydantic_agent(**options: Any) -> Any:
    models = pytest.importorskip("pydantic_ai.models.bedrock")
    providers = pytest.importorskip("pydantic_ai.providers.bedrock")
    provider = providers.BedrockProvider(region_name=REGION)
    model = models.BedrockConverseModel(NOVA, provider=provider)
    return pytest.importorskip("pydantic_ai").Agent(model, **options)


def test_pydantic_ai(aws: MockAWS) -> None:
    aws.bedrock.reply("Paris", usage=USAGE)
    result = pydantic_agent().run_sync("What is the capital of France?")

    assert result.output == "Paris"


def test_pydantic_ai_with_tools(aws: MockAWS) -> None:
    script_tool_use(aws)
    result = asyncio.run(pydantic_agent(tools=[weather]).run("How warm is it in Paris?"))

    assert result.output == "It is warm."
    assert [call.operation for call in aws.calls] == ["Converse", "Converse"]


def test_pydantic_ai_stream_with_tools(aws: MockAWS) -> None:
    script_tool_use(aws, text=None)  # run_stream takes the first text for the result

    async def texts() -> list[str]:
        async with pydantic_agent(tools=[weather]).run_stream("How warm is it in Paris?") as result:
            return [text async for text in result.stream_text(delta=True, debounce_by=None)]

    assert "".join(asyncio.run(texts())) == "It is warm."
    assert {call.operation for call in aws.calls} == {"ConverseStream"}


# ---------------------------------------------------------------- litellm, which has no SDK


@pytest.mark.parametrize("model", [f"bedrock/{NOVA}", f"bedrock/converse/{CLAUDE}", f"bedrock/invoke/{CLAUDE}"])
def test_litellm(aws: MockAWS, model: str) -> None:
    litellm = pytest.importorskip("litellm")
    aws.bedrock.reply("It is Paris", usage=USAGE)
    messages = [{"role": "user", "content": "What is the capital of France?"}]

    said = litellm.completion(model=model, messages=messages)
    assert said.choices[0].message.content == "It is Paris"
    assert (said.usage.prompt_tokens, said.usage.completion_tokens) == (7, 2)

    async def ask() -> tuple[str, str]:
        whole = await litellm.acompletion(model=model, messages=messages)
        stream = await litellm.acompletion(model=model, messages=messages, stream=True)
        return whole.choices[0].message.content, "".join([part.choices[0].delta.content or "" async for part in stream])

    assert asyncio.run(ask()) == ("It is Paris", "It is Paris")
    streamed = litellm.completion(model=model, messages=messages, stream=True)
    assert "".join(part.choices[0].delta.content or "" for part in streamed) == "It is Paris"


def test_litellm_with_tools(aws: MockAWS) -> None:
    litellm = pytest.importorskip("litellm")
    script_tool_use(aws)
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
    messages: list[Any] = [{"role": "user", "content": "How warm is it in Paris?"}]
    options = {"model": f"bedrock/{NOVA}", "tools": [tool]}
    said = litellm.completion(messages=messages, **options).choices[0].message
    [call] = said.tool_calls
    assert call.function.arguments == '{"city": "Paris"}'
    result = {"role": "tool", "tool_call_id": call.id, "content": weather("Paris")}

    assert litellm.completion(messages=[*messages, said, result], **options).choices[0].message.content == "It is warm."


# ---------------------------------------------------------------- strands


@pytest.mark.parametrize("streaming", [False, True])
def test_strands(aws: MockAWS, streaming: bool) -> None:
    strands = pytest.importorskip("strands")
    models = pytest.importorskip("strands.models.bedrock")
    script_tool_use(aws)
    model = models.BedrockModel(model_id=NOVA, region_name=REGION, streaming=streaming)
    agent = strands.Agent(model=model, tools=[strands.tool(weather)], callback_handler=None)

    assert str(agent("How warm is it in Paris?")).strip() == "It is warm."
    operation = "ConverseStream" if streaming else "Converse"
    assert [call.operation for call in aws.calls] == [operation, operation]


def test_strands_async(aws: MockAWS) -> None:
    strands = pytest.importorskip("strands")
    models = pytest.importorskip("strands.models.bedrock")
    aws.bedrock.reply("It is Paris")
    agent = strands.Agent(model=models.BedrockModel(model_id=NOVA, region_name=REGION), callback_handler=None)

    async def texts() -> list[str]:
        return [event["data"] async for event in agent.stream_async("Hello") if "data" in event]

    assert asyncio.run(texts()) == ["It", " is", " Paris"]
