"""``aws.settle()``: wait until nothing is under way."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from aiomoto import _clock, _loops
from aiomoto._errors import AiomotoError
from aiomoto._functions.runtime import Handlers


class Settling:
    """A wait for all that a mock's functions have under way, or that waits for its time.

    In a thread it is over when this exists. On an event loop it has to be awaited.

    Args:
        handlers: the functions of the mock; ``None`` if it has none.
        timeout: how many seconds to wait.

    Raises:
        AiomotoError: it takes longer, or something went wrong where nobody waited.
    """

    def __init__(self, handlers: Handlers | None, timeout: float) -> None:
        self._handlers = handlers
        self._deadline = _clock.now() + timeout
        self._timeout = timeout
        if not _loops.on_any_loop():
            while not self._is_over():
                _clock.pause(0.0005)

    def __await__(self) -> Generator[Any, None, None]:
        return self._on_loop().__await__()

    async def _on_loop(self) -> None:
        await _loops.yield_to_others()
        await _loops.poll(self._is_over)

    def _is_over(self) -> bool:
        if self._handlers is None:
            return True
        if self._handlers.errors:
            raise self._handlers.errors.pop(0)
        entries = self._handlers.pending.entries()
        is_at_work = bool(self._handlers.under_way)
        if not entries and not is_at_work:
            return True
        left = self._deadline - _clock.now()
        if left <= 0 or (not is_at_work and entries[0].due_in() > left):
            waits = [f"{each.title}, in {each.due_in():.0f} seconds" for each in entries]
            runs = [repr(each) for each in self._handlers.invocations if each.duration is None]
            raise AiomotoError(
                f"aws.settle() has waited {self._timeout} seconds, and there is still: {_listed(waits + runs)}"
            )
        return False


def _listed(lines: list[str]) -> str:
    return "; ".join(lines) or "a chain of functions"
