"""The content of a reply, from the arguments of ``aws.bedrock.reply``."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from aiomoto._aws.names import check_choice, check_name
from aiomoto._aws.operations import operation_model
from aiomoto._aws.output_check import check_output
from aiomoto._errors import ArgumentError

_MEMBERS = ("name", "input", "toolUseId")


def content_of(text: Any, tool_use: Any, content: Any, chunks: Any) -> list[dict[str, Any]]:
    """The blocks of content in the shape of Converse. Uses of tools may lack an id.

    Raises:
        ArgumentError: an argument has a wrong value, cannot be combined with another, or there is no content.
    """
    if content is not None:
        if given := [name for name, each in (("text", text), ("tool_use", tool_use)) if each is not None]:
            raise ArgumentError(f"content cannot be combined with {given[0]}: it has all blocks of the reply")
        return _checked(content)
    if text is None and isinstance(chunks, Sequence) and not isinstance(chunks, str):
        _check_strings(chunks)
        text = "".join(chunks)
    if not (text is None or (isinstance(text, str) and text)):
        raise ArgumentError(f"text must be a non-empty string, not {text!r}")
    uses = [] if tool_use is None else _tool_uses(tool_use)
    if text is None and not uses:
        raise ArgumentError("a reply must have text, tool_use or content: aws.bedrock.reply('Hello')")
    return _checked([*([{"text": text}] if text is not None else []), *({"toolUse": use} for use in uses)])


def _tool_uses(tool_use: Any) -> list[dict[str, Any]]:
    uses = [tool_use] if isinstance(tool_use, Mapping) else tool_use
    if not isinstance(uses, (list, tuple)) or not uses or not all(isinstance(use, Mapping) for use in uses):
        raise ArgumentError(
            f"tool_use must be a mapping {{'name': ..., 'input': {{...}}}}, or a list of these, not {tool_use!r}"
        )
    for use in uses:
        for name in use:
            check_name("tool_use", "member", name, _MEMBERS)
        if not isinstance(use.get("name"), str) or not use["name"]:
            raise ArgumentError(f"tool_use must have the name of the tool, a non-empty string, not {use.get('name')!r}")
        if not isinstance(use.get("input", {}), Mapping):
            raise ArgumentError(f"the input of a tool must be a mapping of its arguments, not {use['input']!r}")
    return [{**use, "input": use.get("input", {})} for use in uses]


def _checked(content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, (list, tuple)) or not content:
        raise ArgumentError(f"content must be a non-empty list of Converse's blocks of content, not {content!r}")
    _check({"output": {"message": {"content": list(content)}}})
    uses = [block["toolUse"] for block in content if block.get("toolUse") is not None]
    if nameless := [use for use in uses if not use.get("name")]:
        raise ArgumentError(f"content must have the names of the tools that it uses, not {nameless[0]!r}")
    return [_copy(block) for block in content]


def _copy(block: Mapping[str, Any]) -> dict[str, Any]:
    copied = copy.deepcopy({name: value for name, value in block.items() if value is not None})
    if "toolUse" in copied:
        copied["toolUse"] = {**copied["toolUse"], "input": copied["toolUse"].get("input") or {}}
    return copied


def check_chunks(chunks: Any, content: Sequence[Mapping[str, Any]]) -> None:
    """Check that the chunks are those of the text.

    Raises:
        ArgumentError: they are neither strings nor a number of at least 1, or not the text.
    """
    if chunks is None:
        return
    if isinstance(chunks, int) and not isinstance(chunks, bool):
        if chunks < 1:
            raise ArgumentError(f"chunks must be at least 1, not {chunks!r}")
        return
    _check_strings(chunks)
    texts = [block["text"] for block in content if "text" in block]
    if texts != ["".join(chunks)]:
        said = repr(texts[0]) if len(texts) == 1 else f"{len(texts)} blocks of text"
        raise ArgumentError(f"chunks must give the text when joined: they give {''.join(chunks)!r}, not {said}")


def _check_strings(chunks: Any) -> None:
    is_list = isinstance(chunks, (list, tuple)) and bool(chunks)
    if not is_list or not all(isinstance(each, str) and each for each in chunks):
        raise ArgumentError(f"chunks must be a number, or a list of non-empty strings, not {chunks!r}")


def check_stop_reason(stop_reason: Any) -> None:
    """Check that Converse has the reason.

    Raises:
        ArgumentError: it does not.
    """
    if stop_reason is not None:
        model = operation_model("bedrock-runtime", "Converse")
        assert model is not None
        check_choice("stop_reason", stop_reason, model.output_shape.members["stopReason"].enum)


def check_usage(usage: Any) -> None:
    """Check that Converse's usage has these members.

    Raises:
        ArgumentError: it does not, or their values are no numbers.
    """
    if usage is None:
        return
    if not isinstance(usage, Mapping):
        raise ArgumentError(f"usage must be a mapping such as {{'inputTokens': 12, 'outputTokens': 3}}, not {usage!r}")
    _check({"usage": usage})


def _check(output: dict[str, Any]) -> None:
    model = operation_model("bedrock-runtime", "Converse")
    assert model is not None
    check_output(model, output)
