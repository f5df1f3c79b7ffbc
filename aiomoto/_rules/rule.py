"""The base of all rules: which calls match, how many of these it skips, and how many it acts on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any

from aiomoto._errors import AiomotoError
from aiomoto._lock import state_lock
from aiomoto._rules.selection import SelectableCall, Selection

if TYPE_CHECKING:
    from typing_extensions import Self


class Rule:
    """A rule of one mock. As a context manager it removes itself at the end of the block."""

    owner = ""
    """What the rule was added to: ``"aws.faults"``."""
    hits: int
    """How many calls it has acted on."""
    optional: bool
    """Whether it may act on no call at all without being listed as unused."""

    def __init__(
        self,
        selection: Selection,
        *,
        times: int | None,
        after: int,
        optional: bool = False,
        remove: Callable[[Any], None],
    ) -> None:
        self.hits = 0
        self.optional = optional
        self._selection = selection
        self._times = times
        self._to_skip = after
        self._remove = remove

    def remove(self) -> None:
        """Remove the rule from its mock. Removing it twice is fine."""
        self._remove(self)

    def acts_on(self, call: SelectableCall) -> bool:
        """Tell whether the rule acts on a call, and count the call if it does.

        Raises:
            AiomotoError: the ``where`` function has raised an error.
        """
        return self.count(call) is not None

    def count(self, call: SelectableCall) -> int | None:
        """Count a call, if the rule acts on it, and return how many it had counted before; else ``None``.

        Raises:
            AiomotoError: the ``where`` function has raised an error.
        """
        if not self.is_for(call):
            return None
        with state_lock:
            return self.hits - 1 if self._count() else None

    def selects(self, call: SelectableCall) -> bool:
        """Tell whether the rule is for a call's operation and region."""
        return self._selection.includes(call)

    def is_for(self, call: SelectableCall) -> bool:
        """Tell whether the rule would act on a call, which is not counted.

        Raises:
            AiomotoError: the ``where`` function has raised an error.
        """
        return not self._is_used_up and self.selects(call) and self._condition_holds(call)

    def uncount(self) -> None:
        """Take back the count of a call, since the rule did not act on it after all."""
        with state_lock:
            self.hits -= 1

    def _condition_holds(self, call: SelectableCall) -> bool:
        where = self._selection.where
        if where is None:
            return True
        try:
            holds = where(call)
            is_true = bool(holds)
        except Exception as error:
            raise AiomotoError(f"the where function of {self!r} raised {type(error).__name__}: {error}") from error
        if isinstance(holds, Coroutine):
            holds.close()
            raise AiomotoError(f"the where function of {self!r} must return True or False, not a coroutine")
        return is_true

    def _count(self) -> bool:
        if self._is_used_up:
            return False
        if self._to_skip:
            self._to_skip -= 1
            return False
        if not self._chooses():
            return False
        self.hits += 1
        return True

    def _chooses(self) -> bool:
        """Tell whether to act on one more matching call. Called with the state lock held."""
        return True

    @property
    def _is_used_up(self) -> bool:
        return self._times is not None and self.hits >= self._times

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    @property
    def target(self) -> str:
        """The service and operation that the rule is for: ``"s3.PutObject"``."""
        return ".".join([self._selection.service or "*", self._selection.operation or "*"])

    def __repr__(self) -> str:
        limits = [f"{self._times} times"] if self._times is not None else []
        words = ", ".join([self.words, *self._more_words(), *limits])
        return f"<{type(self).__name__} {self._selection}: {words}; hits={self.hits}>"

    @property
    def words(self) -> str:
        """What the rule does to a call, in a few words."""
        return ""

    def _more_words(self) -> list[str]:
        """What else there is to say of the rule, for its ``repr``."""
        return []
