"""The ends of mocks: at once where that can be, and else by another thread as soon as it can be."""

from __future__ import annotations

import sys
import threading
from _thread import start_new_thread
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from aiomoto import _loops
from aiomoto._lock import BackendLock

End = Callable[[], object]


class Endings:
    """Brings mocks to an end, one at a time, under one lock.

    Args:
        lock: the lock.
        is_busy: tells whether somebody has a lock that an end takes after that one.
    """

    def __init__(self, lock: BackendLock, is_busy: Callable[[], bool]) -> None:
        self._lock = lock
        self._is_busy = is_busy
        self._pending: deque[End] = deque()

    def run(self, end: End) -> None:
        """Bring a mock to its end, once it is this thread's turn.

        A thread that must not wait, for the reasons in ``_lock``, does what :meth:`run_soon` does: one that closes a
        generator, which may be the garbage collector's work, and one that is in a handler of Moto's, or in the start
        or the end of another mock.
        """
        if self._lock.is_held() or _closes_generator():
            self.run_soon(end)
            return
        with self._lock.for_thread():
            self.run_pending()
            end()

    async def run_on_loop(self, end: End) -> CancelledError | None:
        """Do the same on an event loop, which goes on meanwhile, also where the task is cancelled.

        Returns:
            The cancellation, for the caller to raise.
        """
        if self._lock.is_held() or _closes_generator():
            self.run_soon(end)
            return None
        cancelled = await self._lock.acquire_on_loop(to_the_end=True)
        try:
            self.run_pending()
            end()
        finally:
            self._lock.release()
        return cancelled

    def run_soon(self, end: End) -> None:
        """Bring a mock to its end without waiting: now if the lock is free, else when it is."""
        if not (self._lock.is_held() or self._is_busy()) and self._lock.try_acquire():
            try:
                self.run_pending()
                end()
            finally:
                self._lock.release()
            return
        self._pending.append(end)
        with suppress(RuntimeError):  # there is no thread to be had: whoever starts or ends a mock next does it
            start_new_thread(self._start_thread, ())

    def run_before_next_use(self, step: Callable[[], object]) -> None:
        """Do something under the lock: in this thread's turn, and on an event loop without waiting.

        Where another thread has the lock, that is before the next use of it.
        """
        if not _loops.on_any_loop():
            with self._lock.for_thread():
                step()
            return
        self._lock.due.append(step)
        self.run_soon(self._lock.run_due)

    def run_pending(self) -> None:
        """Bring those to their end that have been left to others. The lock is held."""
        while self._pending:
            _reporting(self._pending.popleft())

    def _start_thread(self) -> None:
        # In a thread of its own, since ``Thread.start`` waits, which a collection must not.
        threading.Thread(target=self._wait_and_run, name="aiomoto end", daemon=True).start()

    def _wait_and_run(self) -> None:
        with self._lock.for_thread():
            self.run_pending()


def _closes_generator() -> bool:
    """Tell whether this thread is in the clean-up of a generator that is closed or collected before its end."""
    error, steps = sys.exc_info()[1], 0
    while error is not None and steps < 100:
        if isinstance(error, GeneratorExit):
            return True
        error, steps = error.__context__, steps + 1
    return False


def _reporting(end: End) -> None:
    """Have an error reported as one of a thread: it is not that of whoever is at work here."""
    try:
        end()
    except Exception as error:
        details = (type(error), error, error.__traceback__, threading.current_thread())
        threading.excepthook(threading.ExceptHookArgs(details))
