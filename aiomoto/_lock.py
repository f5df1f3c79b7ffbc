"""The locks of this package and their order; the one around Moto's backends; locks and forks.

Whoever takes several takes them in this order, and waits for one only while it holds none that stands below it:

| | lock | who holds it |
|---|---|---|
| 1 | ``_moto.backends.lock`` (:class:`BackendLock`) | a handler of Moto's; the start, the end and the reset of a mock |
| 2 | Python's import locks | whoever imports: handlers, starts, and the test itself |
| 3 | Moto's own ``MockAWS._mock_init_lock`` | the starts and ends of Moto's mocks, and of ours |
| 4 | the lock of ``Replacements`` | starts, ends, and whoever imports a module that is replaced in as it is imported |
| 4 | :data:`state_lock`, and that of ``_endpoint.server`` | whoever changes a log, a rule, or the polls that wait |

Nothing is waited for under those of the last rank. They are re-entrant: at any allocation Python may collect a
generator that was abandoned inside a mock, whose end comes then, in the midst of whatever its thread is doing. No order
can be kept there, so that such an end waits for none of the first three: where one of them is not free, another thread
is left to do it (``_endings``). Event loops wait for no lock at all; they ask for the first one again and again.

What a test does in the clean-up of an abandoned generator besides, such as calling AWS, waits as it does elsewhere.
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
    """Make a lock be free in a forked child if it is held by a thread of the parent, which the child does not have."""

    def free() -> None:
        # The child's one thread goes on with what it holds: a handler of Moto's may have forked.
        if not (hasattr(lock, "_is_owned") and lock._is_owned()):
            lock._at_fork_reinit()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=free)
    return lock


# Held for a few statements, in which nothing else is waited for. One for all mocks, since what a fork does to a lock is
# registered for ever.
state_lock = surviving_fork(RLock())


class BackendLock:
    """A re-entrant lock that threads wait for, and event loops only ask for, again and again.

    A loop that asks at the wrong moments would never get it from busy threads, since nobody holds its place. So
    threads let a loop that has asked in vain go first, for as long as a slow handler takes, not for ever: what the
    loop does next may depend on them.

    Attributes:
        due: what somebody could not wait to do, and what is to be done before anything else is.
    """

    _GRACE = 0.02  # seconds

    def __init__(self) -> None:
        self._lock = surviving_fork(RLock())
        self.due: deque[Callable[[], object]] = deque()
        # One entry for each loop that asks. Lists and locks change in one step, which nothing can come in between.
        self._asking: list[None] = []
        # Closed while a loop asks. It guards nothing: threads wait at it, for no longer than the grace.
        self._gate = surviving_fork(Lock())
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._asking.clear)

    def for_thread(self) -> AbstractContextManager[Any]:
        """The lock, for a ``with`` statement, once the loops that ask for it have had their time.

        It is the built-in lock itself: nothing written in Python is sure to give it back when Ctrl-C comes in between.
        """
        # A handler that calls AWS itself has the lock already.
        if self._asking and not self.is_held() and self._gate.acquire(timeout=self._GRACE):
            self._open_gate()
        return self._lock

    def try_acquire(self) -> bool:
        """Take the lock if it is free; tell whether it was."""
        return self._lock.acquire(blocking=False)

    async def acquire_on_loop(self, *, to_the_end: bool = False) -> asyncio.CancelledError | None:
        """Take the lock once it is free; the loop goes on meanwhile.

        Args:
            to_the_end: whether a cancellation does not end that.

        Returns:
            A cancellation that has come meanwhile, for the caller to raise when it has done its work.
        """
        if self.try_acquire():
            return None
        self.ask(1)
        try:
            return await _loops.poll(self.try_acquire, to_the_end=to_the_end)
        finally:
            self.ask(-1)

    def run_due(self) -> None:
        """Do what is due before anything else is done under the lock, which is held."""
        while self.due:
            self.due.popleft()()

    def release(self) -> None:
        """Give the lock back, if this thread has it."""
        if self.is_held():
            self._lock.release()

    def ask(self, change: int) -> None:
        """Note that one more loop (1) or one fewer (-1) is asking for the lock."""
        if change > 0:
            self._asking.append(None)
            self._gate.acquire(blocking=False)
            return
        with suppress(IndexError):  # the loop has gone on in a forked child, where nobody asks
            self._asking.pop()
        if not self._asking:
            self._open_gate()

    def is_held(self) -> bool:
        """Tell whether this thread has the lock."""
        held: bool = self._lock._is_owned()  # type: ignore[attr-defined]
        return held

    def _open_gate(self) -> None:
        with suppress(RuntimeError):  # it is open
            self._gate.release()
        if self._asking:  # somebody has begun to ask meanwhile
            self._gate.acquire(blocking=False)
