"""End mocks: at once if possible, otherwise in another thread as soon as it is."""

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
    """Ends mocks, one at a time, under one lock.

    Args:
        lock: the lock.
        is_busy: tells whether a lock is held that an end takes after this one.
    """

    def __init__(self, lock: BackendLock, is_busy: Callable[[], bool]) -> None:
        self._lock = lock
        self._is_busy = is_busy
        self._pending: deque[End] = deque()

    def run(self, end: End) -> None:
        """End a mock when it is this thread's turn.

        Some threads must not wait (``_lock`` says why), and do what :meth:`run_soon` does: those that close a
        generator, which may be the garbage collector's doing, and those inside a Moto handler or inside the start or
        end of another mock.
        """
        if self._lock.is_held() or _closes_generator():
            self.run_soon(end)
            return
        with self._lock.for_thread():
            self.run_pending()
            end()

    async def run_on_loop(self, end: End) -> CancelledError | None:
        """Do the same without blocking the event loop, even if the task is cancelled.

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
        """End a mock without waiting: now if the lock is free, otherwise when it becomes free."""
        if not (self._lock.is_held() or self._is_busy()) and self._lock.try_acquire():
            try:
                self.run_pending()
                end()
            finally:
                self._lock.release()
            return
        self._pending.append(end)
        with suppress(RuntimeError):  # no thread can be started: the next start or end of a mock does it
            start_new_thread(self._start_thread, ())

    def run_before_next_use(self, step: Callable[[], object]) -> None:
        """Do something under the lock, without blocking an event loop.

        If another thread holds the lock, it is done before anything else is done under it.
        """
        if not _loops.on_any_loop():
            with self._lock.for_thread():
                step()
            return
        self._lock.due.append(step)
        self.run_soon(self._lock.run_due)

    def run_pending(self) -> None:
        """End the mocks whose end was put off. The lock is held."""
        while self._pending:
            _reporting(self._pending.popleft())

    def _start_thread(self) -> None:
        # Started from a helper thread, since ``Thread.start`` blocks, which a garbage collection must not.
        threading.Thread(target=self._wait_and_run, name="aiomoto end", daemon=True).start()

    def _wait_and_run(self) -> None:
        with self._lock.for_thread():
            self.run_pending()


def _closes_generator() -> bool:
    """Tell whether this thread is cleaning up a generator that was closed or collected before it was exhausted."""
    error, steps = sys.exc_info()[1], 0
    while error is not None and steps < 100:
        if isinstance(error, GeneratorExit):
            return True
        error, steps = error.__context__, steps + 1
    return False


def _reporting(end: End) -> None:
    """Report an error as a thread's error, since the code that runs here did not cause it."""
    try:
        end()
    except Exception as error:
        details = (type(error), error, error.__traceback__, threading.current_thread())
        threading.excepthook(threading.ExceptHookArgs(details))
