"""One rule of ``aws.answers``: what it answers the calls with that it acts on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from aiomoto._rules.rule import Rule
from aiomoto._rules.selection import Selection

# An output in the shape that the client returns, an error, or a function of the call that gives one of them.
OneAnswer: TypeAlias = Mapping[str, Any] | ClientError | Callable[..., Any]


class Answer(Rule):
    """A rule that ``aws.answers.add`` has created. As a context manager it removes itself at the end of the block."""

    owner = "aws.answers"
    latency: float
    """Seconds that its response takes longer."""

    def __init__(
        self,
        selection: Selection,
        answers: Sequence[OneAnswer],
        *,
        in_turn: bool,
        latency: float,
        times: int | None,
        after: int,
        optional: bool,
        remove: Callable[[Answer], None],
    ) -> None:
        super().__init__(selection, times=times, after=after, optional=optional, remove=remove)
        self.latency = latency
        self._answers = tuple(answers)
        self._in_turn = in_turn

    def answer(self, number: int) -> OneAnswer:
        """The answer to the call of this number, from 0."""
        return self._answers[number if self._in_turn else 0]

    @property
    def words(self) -> str:
        """What the rule does to a call, in a few words."""
        return "answer"

    def _more_words(self) -> list[str]:
        what = f"{len(self._answers)} in turn" if self._in_turn else _kind(self._answers[0])
        return [what, *([f"latency={self.latency}"] if self.latency else [])]


def _kind(answer: OneAnswer) -> str:
    if isinstance(answer, Mapping):
        return "an output"
    if isinstance(answer, ClientError):
        return str(answer.response.get("Error", {}).get("Code"))
    return str(getattr(answer, "__qualname__", repr(answer)))
