"""The locks of this package and their order, the lock around Moto's backends, and locks after a fork.

Code that takes several locks takes them in this order. It never waits for a lock while it holds one further down:

| | lock | who holds it |
|---|---|---|
| 1 | ``_moto.backends.lock`` (:class:`BackendLock`) | a Moto handler; the start, the end and the reset of a mock |
| 2 | Python's import locks | imports: by handlers, by starts, and by the test itself |
| 3 | Moto's own ``MockAWS._mock_init_lock`` | the starts and ends of Moto's mocks, and of ours |
| 4 | the lock of ``Replacements`` | starts, ends, and imports of modules that are patched as they are imported |
| 4 | :data:`state_lock`, and that of ``_endpoint.server`` | changes of a log, of a rule, or of the waiting polls |

Nothing waits while it holds a lock of the last rank. All locks are re-entrant: at any allocation, Python may collect a
generator that was abandoned inside a mock, and so end that mock in the middle of whatever its thread is doing. No order
can be kept there. So such an end waits for none of the first three locks: if one is not free, another thread ends the
mock (``_endings``). Event loops never wait for a lock; they try the first one again and again.

Other code in the clean-up of an abandoned generator, such as a call to AWS, waits as it does elsewhere.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from threading import Lock, RLock
from typing import Any, TypeVar

from aiomoto import _loops

AnyLock = TypeVar("AnyLock", bound=Any)


def surviving_fork(lock: AnyLock) -> AnyLock:
    """Free a lock in a forked child if a thread of the parent holds it, since the child has no such thread."""

    def free() -> None:
        # The child's only thread keeps what it holds: it may have forked inside one of Moto's handlers.
        if not (hasattr(lock, "_is_owned") and lock._is_owned()):
            lock._at_fork_reinit()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=free)
    return lock


# Held for a few statements that wait for nothing. One lock for all mocks, since fork handlers stay registered for ever.
state_lock = surviving_fork(RLock())


class BackendLock:
    """A re-entrant lock that threads wait for, and event loops only try to take, again and again.

    Busy threads would starve such a loop, since it is in no queue. So while a loop is trying, threads let it go first.
    They do so for as long as a slow handler takes, but not for ever: the loop's next step may depend on them.

    Attributes:
        due: what has to be done before anything else is done under the lock.
    """

    _GRACE = 0.02  # seconds

    def __init__(self) -> None:
        self._lock = surviving_fork(RLock())
        self.due: deque[Callable[[], object]] = deque()
        # One entry for each loop that is trying. Changing a list or a lock is atomic.
        self._asking: list[None] = []
        # Closed while a loop is trying. It guards nothing: threads wait at it, for at most the grace period.
        self._gate = surviving_fork(Lock())
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._asking.clear)

    def for_thread(self) -> AbstractContextManager[Any]:
        """The lock, for a ``with`` statement, after the loops that are trying to take it have had their chance.

        It is the built-in lock itself, since code written in Python may fail to release it when Ctrl-C interrupts.
        """
        # A handler that itself calls AWS has the lock already.
        if self._asking and not self.is_held() and self._gate.acquire(timeout=self._GRACE):
            self._open_gate()
        return self._lock

    def try_acquire(self) -> bool:
        """Take the lock if it is free; tell whether it was."""
        return self._lock.acquire(blocking=False)

    async def acquire_on_loop(self, *, to_the_end: bool = False) -> asyncio.CancelledError | None:
        """Take the lock when it is free, without blocking the loop.

        Args:
            to_the_end: whether to go on after a cancellation.

        Returns:
            The cancellation that arrived meanwhile, if any, for the caller to raise after its work.
        """
        if self.try_acquire():
            return None
        self.ask(1)
        try:
            return await _loops.poll(self.try_acquire, to_the_end=to_the_end)
        finally:
            self.ask(-1)

    def run_due(self) -> None:
        """Do what is due. The lock is held."""
        while self.due:
            self.due.popleft()()

    def release(self) -> None:
        """Release the lock, if this thread has it."""
        if self.is_held():
            self._lock.release()

    def ask(self, change: int) -> None:
        """Note that one more loop (1) or one fewer (-1) is trying to take the lock."""
        if change > 0:
            self._asking.append(None)
            self._gate.acquire(blocking=False)
            return
        with suppress(IndexError):  # the loop runs on in a forked child, where no loop is trying
            self._asking.pop()
        if not self._asking:
            self._open_gate()

    def is_held(self) -> bool:
        """Tell whether this thread has the lock."""
        held: bool = self._lock._is_owned()  # type: ignore[attr-defined]
        return held

    def _open_gate(self) -> None:
        with suppress(RuntimeError):  # already open
            self._gate.release()
        if self._asking:  # another loop has begun to try meanwhile
            self._gate.acquire(blocking=False)
