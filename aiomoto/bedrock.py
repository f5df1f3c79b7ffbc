"""``aws.bedrock``: script what Bedrock's models say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from re import Pattern
from typing import Any

from aiomoto._aws.names import check_switch
from aiomoto._bedrock.content import check_chunks, check_stop_reason, check_usage, content_of
from aiomoto._bedrock.reply import Reply, Said
from aiomoto._bedrock.selection import ModelAndPrompt
from aiomoto._rules.arguments import check_kinds, check_numbers, plain
from aiomoto.answers import Answers

__all__ = ["Bedrock", "Reply"]


class Bedrock:
    """The scripted replies of models. They are rules of ``aws.answers``, in the order in which they were added."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._numbers = count(1)  # of ids, which are the same in each run of a test

    def reply(
        self,
        text: str | None = None,
        *,
        tool_use: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        content: Sequence[Mapping[str, Any]] | None = None,
        model: str | Pattern[str] | None = None,
        prompt: str | Pattern[str] | Callable[[list[dict[str, Any]]], bool] | None = None,
        stop_reason: str | None = None,
        usage: Mapping[str, Any] | None = None,
        chunks: Sequence[str] | int | None = None,
        times: int | None = None,
        latency: float = 0,
        delay: float = 0,
        optional: bool = False,
    ) -> Reply:
        """Add a reply to Converse, ConverseStream, InvokeModel and InvokeModelWithResponseStream.

        Replies with the same ``model`` and ``prompt`` are a dialogue: each answers one call, in the order in which they
        were added, and the last one all calls that follow. A reply with tool use does not answer the call that brings
        the result of its tool, which would go on forever. ``times`` overrides both. Otherwise the first reply that
        matches answers.

        Args:
            text: what the model says.
            tool_use: the tools that it uses: ``{"name": "weather", "input": {"city": "Paris"}}``, or a list of these.
                A ``toolUseId`` is added if there is none. With ``text``, the text comes first.
            content: all blocks of the reply in Converse's shape, in place of ``text`` and ``tool_use``.
            model: a part of the model id (``"claude"``, ``"amazon.nova-*-v1"``), or a compiled pattern to search it
                for. The id is what the client passes: it may be that of an inference profile, or an ARN.
            prompt: a part of the user's last message or of the tool results in it, a compiled pattern to search it for,
                or a function of the messages in Converse's shape, whichever operation is called.
            stop_reason: why the model stopped, by Converse's name (``"max_tokens"``); by default ``"tool_use"`` if it
                uses a tool, else ``"end_turn"``.
            usage: the tokens by Converse's names (``{"inputTokens": 12, "outputTokens": 3}``). What is not given is
                counted, about as a tokenizer would.
            chunks: the pieces of the text in a stream, or how many; by default it is split between words.
            times: how many calls to answer.
            latency: seconds that the response, or the first event of a stream, takes longer.
            delay: seconds between the chunks of a stream.
            optional: whether the reply may answer no call without being listed in ``aws.answers.unused``.

        Raises:
            ArgumentError: an argument has a wrong value, cannot be combined with another, or the reply is empty.
        """
        blocks = content_of(text, tool_use, content, chunks)
        check_chunks(chunks, blocks)
        check_stop_reason(stop_reason)
        check_usage(usage)
        selection = ModelAndPrompt(model, prompt)
        selection.check()
        check_kinds(times=times, latency=latency, delay=delay)
        check_numbers(times=times, latency=latency, delay=delay)
        check_switch("optional", optional)
        uses_tool = any("toolUse" in block for block in blocks)
        said = Said(
            blocks,
            stop_reason or ("tool_use" if uses_tool else "end_turn"),
            {name: value for name, value in (usage or {}).items() if value is not None},
            chunks if chunks is None or isinstance(chunks, int) else list(chunks),
            plain(delay),
        )
        reply = Reply(
            said,
            selection,
            times=None if times is None else int(times),
            latency=plain(latency),
            optional=optional,
            rules=lambda: self._answers.rules,
            new_number=lambda: next(self._numbers),
            remove=self._answers.discard,
        )
        self._answers.append(reply)
        return reply

    def __repr__(self) -> str:
        return f"<Bedrock {[rule for rule in self._answers if isinstance(rule, Reply)]}>"
