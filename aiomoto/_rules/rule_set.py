"""The rules of one kind that one mock has, in the order in which they were added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from aiomoto._lock import state_lock
from aiomoto._rules.rule import Rule

AnyRule = TypeVar("AnyRule", bound=Rule)


class RuleSet(Generic[AnyRule]):
    """Rules of one mock.

    Only the first matching rule that is not used up applies to a call. In nested mocks the rules of the innermost mock
    are tried first, then those of the mocks around it.
    """

    rules: tuple[AnyRule, ...]
    """The rules, in the order in which they were added."""

    def __init__(self) -> None:
        self.rules = ()

    @property
    def unused(self) -> list[AnyRule]:
        """The rules that have acted on no call, except for optional ones. In a test they are a mistake."""
        return [rule for rule in self.rules if not rule.hits and not rule.optional]

    def clear(self) -> None:
        """Remove all rules."""
        with state_lock:
            self.rules = ()

    def append(self, rule: AnyRule) -> AnyRule:
        """Put a rule behind all others, and return it."""
        with state_lock:
            self.rules = (*self.rules, rule)
        return rule

    def discard(self, rule: AnyRule) -> None:
        """Remove a rule, if it is there."""
        with state_lock:
            self.rules = tuple(each for each in self.rules if each is not rule)

    def __len__(self) -> int:
        return len(self.rules)

    def __iter__(self) -> Iterator[AnyRule]:
        return iter(self.rules)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {list(self.rules)}>"
