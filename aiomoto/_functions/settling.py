"""``aws.settle()``: wait until nothing is under way."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from typing import Any

from aiomoto import _clock, _loops
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._functions.runtime import Handlers


class Settling:
    """A wait for all that a mock's functions have under way, or that waits for its time.

    Args:
        handlers: the functions of the mock; ``None`` if it has none.
        timeout: how many seconds to wait.

    Raises:
        ArgumentError: the timeout is not a number of seconds.
    """

    def __init__(self, handlers: Handlers | None, timeout: float) -> None:
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout >= 0:
            raise ArgumentError(f"timeout must be a number of seconds, 0 or more, not {timeout!r}")
        self._handlers = handlers
        self._deadline = _clock.now() + timeout
        self._timeout = timeout

    def wait(self) -> Awaitable[None]:
        """Wait: in a thread it is over when this returns, on an event loop the result has to be awaited.

        Raises:
            AiomotoError: it takes longer, or something went wrong where nobody waited.
        """
        if _loops.on_any_loop():
            return self.settle()  # Python warns of a coroutine that nobody has awaited
        while not self._is_over():
            _clock.pause(0.0005)
        return _Settled()

    async def settle(self) -> None:
        """Wait on the running loop."""
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


class _Settled:
    """Nothing to wait for."""

    def __await__(self) -> Generator[Any, None, None]:
        yield from ()


def _listed(lines: list[str]) -> str:
    return "; ".join(lines) or "a chain of functions"
