"""Mistakes in ``aws.bedrock.reply`` say what is wrong, where they are made."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

import pytest

from aiomoto import AiomotoError, ArgumentError, mock_aws
from tests.bedrock_requests import ask, bedrock
from tests.inner_runs import run_tests
from tests.programs import run_source

pytest_plugins = ["pytester"]


async def coroutine(messages: list[dict[str, Any]]) -> bool:
    return True


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "a reply must have text, tool_use or content"),
    "text": ({"text": 5}, "text must be a non-empty string, not 5"),
    "empty-text": ({"text": ""}, "text must be a non-empty string, not ''"),
    "tool": ({"tool_use": "weather"}, r"tool_use must be a mapping \{'name'.*not 'weather'"),
    "no-tools": ({"tool_use": []}, r"tool_use must be a mapping .*not \[\]"),
    "tool-name": ({"tool_use": {"input": {}}}, "tool_use must have the name of the tool, .*not None"),
    "tool-member": ({"tool_use": {"name": "x", "args": {}}}, "tool_use has no member 'args'; it has input, name, tool"),
    "tool-input": ({"tool_use": {"name": "x", "input": "Paris"}}, "input of a tool must be a mapping.*'Paris'"),
    "tool-json": (
        {"tool_use": {"name": "x", "input": {"at": {1, 2}}}},
        r"content\[0\]\.toolUse\.input must be what JSON",
    ),
    "content": ({"content": "Hello"}, "content must be a non-empty list of Converse's blocks of content, not 'Hello'"),
    "no-content": ({"content": []}, r"content must be a non-empty list .*not \[\]"),
    "block": ({"content": [{"txt": "Hello"}]}, r"message\.content\[0\].*'?txt"),
    "block-name": ({"content": [{"toolUse": {}}]}, "content must have the names of the tools"),
    "text-and-content": ({"text": "a", "content": [{"text": "b"}]}, "content cannot be combined with text"),
    "tool-and-content": ({"tool_use": {"name": "x"}, "content": [{"text": "b"}]}, "cannot be combined with tool_use"),
    "model": ({"text": "a", "model": 5}, "model must be a part of the model id.*not 5"),
    "no-model": ({"text": "a", "model": ""}, "model must be a part of the model id.*not ''"),
    "bytes-model": ({"text": "a", "model": re.compile(b"x")}, r"model must be .*not re\.compile\(b'x'\)"),
    "prompt": ({"text": "a", "prompt": 5}, "prompt must be a part of the user's last message.*not 5"),
    "no-argument": ({"text": "a", "prompt": lambda: True}, "or a function of the messages, not <function"),
    "coroutine": ({"text": "a", "prompt": coroutine}, "prompt must be a plain function, not the coroutine function"),
    "stop-reason": (
        {"text": "a", "stop_reason": "tooluse"},
        "stop_reason must be one of 'end_turn', 'tool_use'.*tooluse",
    ),
    "usage": ({"text": "a", "usage": 5}, "usage must be a mapping such as .*not 5"),
    "usage-member": ({"text": "a", "usage": {"inputToken": 5}}, "usage has no member 'inputToken'; .*inputTokens"),
    "usage-type": ({"text": "a", "usage": {"inputTokens": "5"}}, r"usage\.inputTokens must be an int, not '5'"),
    "chunks": ({"text": "a", "chunks": "a"}, "chunks must be a number, or a list of non-empty strings, not 'a'"),
    "chunk": ({"text": "a", "chunks": ["a", 5]}, r"chunks must be a number, or a list of .*not \['a', 5\]"),
    "no-chunks": ({"text": "a", "chunks": 0}, "chunks must be at least 1, not 0"),
    "other-chunks": (
        {"text": "abc", "chunks": ["a", "b"]},
        "must give the text when joined: they give 'ab', not 'abc'",
    ),
    "times": ({"text": "a", "times": 0}, "times must be at least 1, not 0"),
    "latency": ({"text": "a", "latency": "1"}, "latency must be a number, not '1'"),
    "delay": ({"text": "a", "delay": -1}, "delay must be at least 0, not -1"),
    "no-delay": ({"text": "a", "delay": None}, "delay must be a number, not None"),
    "long-delay": ({"text": "a", "delay": 1e10}, "delay must be at most 1000000000 seconds"),
    "optional": ({"text": "a", "optional": "no"}, "optional must be True or False, not 'no'"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_when_the_reply_is_added(arguments: dict[str, Any], message: str) -> None:
    with mock_aws() as aws:
        with pytest.raises(ArgumentError, match=message):
            aws.bedrock.reply(**arguments)
        assert len(aws.answers) == 0


def test_a_model_that_nothing_answers_for_needs_a_reply() -> None:
    with (
        mock_aws(),
        pytest.raises((AiomotoError, NotImplementedError), match=r'with aws\.bedrock\.reply\("\.\.\."\), or:'),
    ):
        ask(bedrock())


def test_a_mock_without_replies_imports_nothing_for_them() -> None:
    program = """
        import sys
        from aiomoto import mock_aws

        with mock_aws() as aws:
            before = "aiomoto.bedrock" in sys.modules
            aws.bedrock.reply("Hello")
            print(before, "aiomoto.bedrock" in sys.modules)
    """
    result = run_source(dedent(program))

    assert (result.stdout, result.stderr) == ("False True\n", "")


def test_a_reply_that_nobody_asked_for_fails_its_test(pytester: pytest.Pytester) -> None:
    tests = """
        def test_reply(aiomoto):
            aiomoto.bedrock.reply("Paris", prompt="France")

        def test_optional(aiomoto):
            aiomoto.bedrock.reply("Paris", optional=True)
    """
    result = run_tests(pytester, tests)

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["*aws.bedrock: <aws.bedrock.reply('Paris', prompt='France'); hits=0> has acted on no call.*"]
    )
