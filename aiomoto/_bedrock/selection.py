"""Which requests a reply matches: by the model, and by what the user asks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Coroutine, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeAlias

from aiomoto._bedrock.conversation import Conversation
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._rules.arguments import takes_one_argument

Pattern: TypeAlias = "str | re.Pattern[str] | None"
PromptFunction: TypeAlias = Callable[[list[dict[str, Any]]], bool]


class ModelAndPrompt(NamedTuple):
    """Which requests a reply matches; ``None`` matches any.

    Attributes:
        model: a part of the model id, with wildcards, or a pattern to search it for.
        prompt: a part of what the user said last, a pattern to search it for, or a function of the messages.
    """

    model: Pattern
    prompt: Pattern | PromptFunction

    def check(self) -> None:
        """Check the types.

        Raises:
            ArgumentError: one of them is of another type, or empty.
        """
        if not (self.model is None or _is_pattern(self.model)):
            raise ArgumentError(
                f"model must be a part of the model id, such as 'claude' or 'amazon.nova-*-v1', or a compiled pattern, "
                f"not {self.model!r}"
            )
        if self.prompt is None or _is_pattern(self.prompt):
            return
        if inspect.iscoroutinefunction(self.prompt):
            raise ArgumentError(f"prompt must be a plain function, not the coroutine function {self.prompt!r}")
        if isinstance(self.prompt, type) or not takes_one_argument(self.prompt):
            raise ArgumentError(
                "prompt must be a part of the user's last message, a compiled pattern, or a function of the messages, "
                f"not {self.prompt!r}"
            )

    def includes_model(self, model: str) -> bool:
        """Tell whether it is for a model. The id may be an ARN, or that of an inference profile."""
        if self.model is None or isinstance(self.model, str):
            return fnmatchcase(model, f"*{self.model or ''}*")
        return self.model.search(model) is not None

    def includes_prompt(self, conversation: Conversation) -> bool:
        """Tell whether it is for what the user says in a conversation.

        Raises:
            AiomotoError: the function has raised an error, or is a coroutine function.
        """
        if self.prompt is None or isinstance(self.prompt, str):
            return (self.prompt or "") in conversation.prompt
        if isinstance(self.prompt, re.Pattern):
            return self.prompt.search(conversation.prompt) is not None
        try:
            holds: Any = self.prompt(conversation.messages)
            is_true = bool(holds)
        except Exception as error:
            message = f"the prompt function {self.prompt!r} raised {type(error).__name__}: {error}"
            raise AiomotoError(message) from error
        if isinstance(holds, Coroutine):
            holds.close()
            raise AiomotoError(f"the prompt function {self.prompt!r} must return True or False, not a coroutine")
        return is_true

    @property
    def words(self) -> Sequence[str]:
        """The arguments, as they were written."""
        return [f"{name}={_written(value)}" for name, value in self._asdict().items() if value is not None]


def _is_pattern(value: Any) -> bool:
    if isinstance(value, re.Pattern):
        return isinstance(value.pattern, str)
    return isinstance(value, str) and bool(value)


def _written(value: Any) -> str:
    return value.__qualname__ if inspect.isfunction(value) else repr(value)
