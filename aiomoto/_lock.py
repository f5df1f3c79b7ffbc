"""The one lock around Moto's backends, which are plain dicts and lists that know no threads; locks and forks."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from threading import Event, Lock, RLock
from typing import Any, TypeVar

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


class BackendLock:
    """A re-entrant lock that threads wait for, and event loops only ask for, again and again.

    A loop that asks at the wrong moments would never get it from busy threads, since nobody holds its place. So
    threads let a loop that has asked in vain go first, for as long as a slow handler takes, not for ever: what the
    loop does next may depend on them.
    """

    _GRACE = 0.02  # seconds

    def __init__(self) -> None:
        self._lock = surviving_fork(RLock())
        self._asking = 0
        self._nobody_asks = Event()
        self._nobody_asks.set()
        self._mutex = surviving_fork(Lock())
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget_loops)

    def for_thread(self) -> AbstractContextManager[Any]:
        """The lock, for a ``with`` statement, once the loops that ask for it have had their time.

        It is the built-in lock itself: nothing written in Python is sure to give it back when Ctrl-C comes in between.
        """
        # A handler that calls AWS itself has the lock already.
        if self._asking and not self._is_held():
            self._nobody_asks.wait(self._GRACE)
        return self._lock

    def try_acquire(self) -> bool:
        """Take the lock if it is free; tell whether it was."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Give the lock back, if this thread has it."""
        if self._is_held():
            self._lock.release()

    def ask(self, change: int) -> None:
        """Note that one more loop (1) or one fewer (-1) is asking for the lock."""
        with self._mutex:
            self._asking += change
            if self._asking:
                self._nobody_asks.clear()
            else:
                self._nobody_asks.set()

    def _is_held(self) -> bool:
        held: bool = self._lock._is_owned()  # type: ignore[attr-defined]
        return held

    def _forget_loops(self) -> None:
        self._asking = 0
        self._nobody_asks = Event()
        self._nobody_asks.set()
