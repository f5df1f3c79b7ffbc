"""The one lock around Moto's backends, which are plain dicts and lists that know no threads."""

from __future__ import annotations

from threading import Event, Lock, RLock, get_ident
from types import TracebackType


class BackendLock:
    """A re-entrant lock that threads wait for, and event loops only ask for, again and again.

    A loop that asks at the wrong moments would never get it from busy threads, since nobody holds its place. So
    threads let a loop that has asked in vain go first, for as long as a slow handler takes, not for ever: what the
    loop does next may depend on them.
    """

    _GRACE = 0.02  # seconds

    def __init__(self) -> None:
        self._lock = RLock()
        self._holder: int | None = None
        self._depth = 0
        self._asking = 0
        self._nobody_asks = Event()
        self._nobody_asks.set()
        self._mutex = Lock()

    def __enter__(self) -> None:
        # A handler that calls AWS itself has the lock already.
        if self._asking and self._holder != get_ident():
            self._nobody_asks.wait(self._GRACE)
        self._lock.acquire()
        self._enter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def try_acquire(self) -> bool:
        """Take the lock if it is free; tell whether it was."""
        taken = self._lock.acquire(blocking=False)
        if taken:
            self._enter()
        return taken

    def release(self) -> None:
        """Give the lock back."""
        self._depth -= 1
        if not self._depth:
            self._holder = None
        self._lock.release()

    def ask(self, change: int) -> None:
        """Note that one more loop (1) or one fewer (-1) is asking for the lock."""
        with self._mutex:
            self._asking += change
            if self._asking:
                self._nobody_asks.clear()
            else:
                self._nobody_asks.set()

    def _enter(self) -> None:
        self._holder = get_ident()
        self._depth += 1
