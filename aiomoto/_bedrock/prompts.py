"""The turns of a conversation that a prompt of one string contains, by the marks of its model family."""

from __future__ import annotations

import re
from typing import Any

from aiomoto._bedrock.conversation import Conversation, message

_INST = re.compile(r"\[INST\](.*?)\[/INST\](.*?)(?=\[INST\]|\Z)", re.DOTALL)
_SYSTEM = re.compile(r"<<SYS>>(.*?)<</SYS>>", re.DOTALL)
# Llama 3 and Llama 4.
_HEADER = re.compile(
    r"<\|(?:start_header_id|header_start)\|>\s*(\w+)\s*<\|(?:end_header_id|header_end)\|>"
    r"(.*?)(?=<\|(?:eot_id|eot|eom_id|start_header_id|header_start)\|>|\Z)",
    re.DOTALL,
)
_LABEL = re.compile(r"^(User|Bot):(.*?)(?=^(?:User|Bot):|\Z)", re.DOTALL | re.MULTILINE)


def of_instructions(prompt: str) -> Conversation:
    """Read the ``[INST] ... [/INST]`` of Mistral and Llama 2; a prompt without is one turn of the user."""
    messages: list[dict[str, Any]] = []
    system = "".join(_SYSTEM.findall(prompt))
    for asked, said in _INST.findall(_SYSTEM.sub("", prompt)):
        messages.append(message("user", {"text": asked.strip()}))
        if said := re.sub(r"</?s>", "", said).strip():
            messages.append(message("assistant", {"text": said}))
    return Conversation(messages, system) if messages else _of_user(prompt)


def of_headers(prompt: str) -> Conversation:
    """Read the headers of Llama 3 and 4, or the ``[INST]`` of Llama 2."""
    turns = [(role, text.strip()) for role, text in _HEADER.findall(prompt)]
    if not turns:
        return of_instructions(prompt)
    # The last one is the header that the model's own turn begins with.
    messages = [message(_ROLES.get(role, role), {"text": text}) for role, text in turns if text and role != "system"]
    return Conversation(messages, [text for role, text in turns if role == "system"])


_ROLES = {"ipython": "user"}  # Llama's name for the result of a tool


def of_labels(prompt: str) -> Conversation:
    """Read the ``User: ...`` and ``Bot: ...`` of Titan; a prompt without is one turn of the user."""
    turns = [(label, text.strip()) for label, text in _LABEL.findall(prompt)]
    messages = [message("user" if label == "User" else "assistant", {"text": text}) for label, text in turns if text]
    return Conversation(messages) if messages else _of_user(prompt)


def _of_user(prompt: str) -> Conversation:
    return Conversation([message("user", {"text": prompt})])
