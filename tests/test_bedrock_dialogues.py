"""Several replies of a model: which one answers a call, and how often."""

from __future__ import annotations

import boto3
import pytest

from aiomoto import AiomotoError, mock_aws
from tests.bedrock_requests import NOVA, REGION, WEATHER, ask, bedrock, converse, tool_result


def test_one_reply_answers_all_calls() -> None:
    with mock_aws() as aws:
        reply = aws.bedrock.reply("Hello")
        client = bedrock()

        assert [ask(client) for _ in range(3)] == ["Hello"] * 3
        assert reply.hits == 3


def test_several_replies_are_a_dialogue_whose_last_one_stays() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("one")
        aws.bedrock.reply("two", times=2)
        aws.bedrock.reply("three")
        client = bedrock()

        assert [ask(client) for _ in range(5)] == ["one", "two", "two", "three", "three"]


def test_dialogues_of_different_prompts_and_models_do_not_mix() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("a1", prompt="a")
        aws.bedrock.reply("b1", prompt="b", model="nova")
        aws.bedrock.reply("a2", prompt="a")
        aws.bedrock.reply("b2", prompt="b", model="nova")
        client = bedrock()

        assert [ask(client, text) for text in "abbaab"] == ["a1", "b1", "b2", "a2", "a2", "b2"]


def test_a_reply_with_times_is_used_up() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Hello", times=1)
        client = bedrock()
        ask(client)

        used_up = r"^No rule answered this call: <aws\.bedrock\.reply\('Hello', times=1\); hits=1>\. "
        with pytest.raises((AiomotoError, NotImplementedError), match=used_up):
            ask(client)


def test_a_tool_use_does_not_answer_the_result_of_its_tool() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(tool_use={"name": "weather"}, prompt="weather")
        aws.bedrock.reply("22 degrees")
        client = bedrock()

        for _ in range(2):
            first = converse(client, "What is the weather in Paris?")
            [block] = first["output"]["message"]["content"]
            second = client.converse(modelId=NOVA, messages=tool_result(block["toolUse"]["toolUseId"]))
            assert [first["stopReason"], second["stopReason"]] == ["tool_use", "end_turn"]


def test_a_tool_may_be_used_several_times_if_the_reply_says_so() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply(tool_use=WEATHER, times=2)
        aws.bedrock.reply("22 degrees")
        client = bedrock()

        reasons = [client.converse(modelId=NOVA, messages=tool_result("tool_1"))["stopReason"] for _ in range(3)]
        assert reasons == ["tool_use", "tool_use", "end_turn"]


def test_a_reply_that_is_removed_answers_no_more() -> None:
    with mock_aws() as aws:
        removed = aws.bedrock.reply("removed")
        with aws.bedrock.reply("in the block", prompt="France"):
            removed.remove()
            client = bedrock()
            assert ask(client) == "in the block"
        aws.bedrock.reply("after it")

        assert ask(client) == "after it"


def test_replies_of_the_inner_mock_come_first() -> None:
    with mock_aws() as outer:
        outer.bedrock.reply("outer")
        with mock_aws() as inner:
            inner.bedrock.reply("inner", prompt="France")
            client = bedrock()
            assert [ask(client), ask(client, "Hello")] == ["inner", "outer"]

        assert ask(client) == "outer"


def test_calls_of_other_services_pass_by() -> None:
    with mock_aws() as aws:
        reply = aws.bedrock.reply("Hello", optional=True)
        boto3.client("sqs", REGION).create_queue(QueueName="jobs")

        assert reply.hits == 0
        assert repr(aws.bedrock) == "<Bedrock [<aws.bedrock.reply('Hello'); hits=0>]>"


def test_unused_replies_are_listed_by_name() -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Paris", prompt="France")
        aws.bedrock.reply("Rome", prompt="Italy")
        aws.bedrock.reply("Oslo", prompt="Norway", optional=True)
        ask(bedrock())

        assert list(map(repr, aws.answers.unused)) == ["<aws.bedrock.reply('Rome', prompt='Italy'); hits=0>"]
