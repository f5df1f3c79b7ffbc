"""Test code that talks to a Bedrock model, which Moto does not have: script its answers."""

import asyncio

from aiobotocore.session import get_session

from aiomoto import Call, mock_aws


async def ask(question: str) -> str:
    """The code under test: ask a model, and retry by the client's own rules."""
    async with get_session().create_client("bedrock-runtime") as bedrock:
        messages = [{"role": "user", "content": [{"text": question}]}]
        response = await bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
    return str(response["output"]["message"]["content"][0]["text"])


def answer(call: Call) -> dict[str, object]:
    """Answer by what was asked, in the shape that the client returns."""
    question = call.params["messages"][-1]["content"][0]["text"]
    text = "Paris" if "France" in question else "I do not know"
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15},
    }


async def main() -> None:
    """Ask twice; the first attempt is throttled."""
    async with mock_aws(sleep="instant") as aws:
        aws.answers.add("bedrock-runtime", "Converse", answer)
        aws.faults.add("bedrock-runtime", error="ThrottlingException", times=1)

        assert await ask("What is the capital of France?") == "Paris"
        assert await ask("What is the capital of Atlantis?") == "I do not know"
        assert [call.status for call in aws.calls] == [429, 200, 200]
        print(aws.calls)


asyncio.run(main())
