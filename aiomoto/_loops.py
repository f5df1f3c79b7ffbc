"""What differs between event loops: yielding, waiting for a signal from any thread, taking turns.

aiobotocore runs on asyncio and, over httpx, on trio. Everything here looks at the running loop.

Waits take real time, since a loop's own timers go by a clock that a test may stop or move. A loop with its own clock,
such as trio's ``MockClock``, may end a wait earlier, since everything else on that loop goes by its clock.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext, suppress
from threading import TIMEOUT_MAX, Lock
from types import coroutine
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from aiomoto import _clock

_BETWEEN_CHECKS = 0.0005  # seconds


class Signal(Protocol):
    """A flag that a coroutine waits for, and any thread may set, once."""

    is_set: bool

    @property
    def is_lost(self) -> bool:
        """Whether its loop has been closed, so that nobody waits."""

    def set(self) -> None:
        """Wake the waiter, from any thread, even if its loop has ended."""

    async def wait(self, seconds: float | None, *, by_own_clock: bool = False) -> bool:
        """Wait until it is set, or for some time. Tell whether it was set.

        Args:
            seconds: how long at most, in real time; ``None`` for no limit.
            by_own_clock: whether the wait also ends when the time has passed on the loop's own clock, if it has one.
        """


class ThreadSignal:
    """The same, for a thread to wait for.

    It is a lock that is released when the signal is set. A ``threading.Event`` does not do: it holds an internal lock
    when it begins to wait, and a generator that is collected at that moment may end a mock that sets this very signal.
    """

    def __init__(self) -> None:
        self.is_set = False
        self._gate = Lock()
        self._gate.acquire()

    def set(self) -> None:
        """Wake the waiter."""
        self.is_set = True
        with suppress(RuntimeError):  # already released
            self._gate.release()

    def wait(self, seconds: float | None) -> bool:
        """Wait until it is set, or for some time. Tell whether it was set."""
        if not self._gate.acquire(timeout=-1 if seconds is None else min(max(seconds, 0), TIMEOUT_MAX)):
            return False
        self.set()
        return True


def signal() -> Signal:
    """Create a signal to wait for on the running loop."""
    return _TrioSignal() if on_trio() else _AsyncioSignal()


async def sleep(seconds: float) -> None:
    """Let other tasks run for some time, by the real clock or the loop's own."""
    if seconds > 0:
        await signal().wait(seconds, by_own_clock=True)
    else:
        await yield_to_others()


async def yield_to_others() -> None:
    """Let other tasks run."""
    if on_trio():
        await sys.modules["trio"].lowlevel.checkpoint()
    else:
        await _bare_yield()


@coroutine
def _bare_yield() -> Generator[None, None, None]:
    # Like asyncio.sleep(0), which a test may have replaced.
    yield


async def poll(is_over: Callable[[], bool], *, to_the_end: bool = False) -> asyncio.CancelledError | None:
    """Check again and again whether something is over, and let other tasks run meanwhile.

    Args:
        is_over: the check.
        to_the_end: whether to go on after a cancellation.

    Returns:
        The cancellation that arrived meanwhile, if any, for the caller to raise. On trio the next checkpoint raises it.
    """
    cancelled = None
    with sys.modules["trio"].CancelScope(shield=to_the_end) if on_trio() else nullcontext():
        while not is_over():
            try:
                await signal().wait(_BETWEEN_CHECKS)
            except asyncio.CancelledError as error:
                if not to_the_end:
                    raise
                cancelled = error
    return cancelled


class Later:
    """Call a function on an asyncio loop after some time, unless this is cancelled.

    Args:
        loop: the loop.
        seconds: how long from now; 0 for the next iteration of the loop.
        callback: the function.
        by_own_clock: whether to call it as well when the time has passed on the loop's own clock, if it has one.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seconds: float,
        callback: Callable[[], object],
        *,
        by_own_clock: bool = True,
    ) -> None:
        self._loop = loop
        self._callback: Callable[[], object] | None = callback
        self._handles: list[Any] = []
        if seconds <= 0:
            self._handles.append(self._loop.call_soon(self._call))
            return
        self._handles.append(_clock.Alarm(seconds, self._rings))
        if by_own_clock and _has_clock_of_its_own(self._loop):
            self._handles.append(self._loop.call_later(seconds, self._call))

    def cancel(self) -> None:
        """Keep it from being called."""
        self._callback = None
        for handle in self._handles:
            handle.cancel()

    def _rings(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, so that nothing waits
            self._loop.call_soon_threadsafe(self._call)

    def _call(self) -> None:
        if self._callback is not None:
            callback = self._callback
            self.cancel()
            callback()


def _has_clock_of_its_own(loop: asyncio.AbstractEventLoop) -> bool:
    # Neither asyncio's clock, which freezegun stops, nor the real one by another name, as uvloop's is.
    has_own = type(loop).time is not asyncio.BaseEventLoop.time
    return has_own and abs(loop.time() - _clock.loop_time()) > 1


async def take_turn() -> Turnstile:
    """Wait for a turn on the running loop; ``leave()`` passes the turn on.

    At most one coroutine has its turn in one iteration of the loop. Other tasks run in between, and a cancelled task
    stops here.
    """
    turnstile = _turnstile()
    await turnstile.enter()
    return turnstile


class Turnstile:
    """The queue of coroutines that wait for their turn on one loop: first come, first served."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: deque[Signal] = deque()

    async def enter(self) -> None:
        """Wait for a turn. At least one iteration of the loop passes."""
        if not self._taken:
            self._taken = True
            try:
                await yield_to_others()
            except BaseException:
                self.leave()
                raise
            return
        turn_has_come = signal()
        self._waiting.append(turn_has_come)
        try:
            await turn_has_come.wait(None)
        except BaseException:
            if turn_has_come.is_set:
                self.leave()
            else:
                self._waiting.remove(turn_has_come)
            raise

    def leave(self) -> None:
        """Pass the turn on, in the next iteration of the loop."""
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._taken = False


_asyncio_turnstiles: WeakKeyDictionary[asyncio.AbstractEventLoop, Turnstile] = WeakKeyDictionary()
_trio_turnstile: Any = None


def _turnstile() -> Turnstile:
    global _trio_turnstile
    if not on_trio():
        return _asyncio_turnstiles.setdefault(asyncio.get_running_loop(), Turnstile())
    if _trio_turnstile is None:
        _trio_turnstile = sys.modules["trio"].lowlevel.RunVar("aiomoto_turnstile")
    found: Turnstile | None = _trio_turnstile.get(None)
    if found is None:
        found = Turnstile()
        _trio_turnstile.set(found)
    return found


def on_trio() -> bool:
    """Tell whether trio runs in this thread."""
    # If trio was never imported, it does not run.
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


def on_any_loop() -> bool:
    """Tell whether a loop is running in this thread."""
    return running_asyncio_loop() is not None or on_trio()


def running_asyncio_loop() -> asyncio.AbstractEventLoop | None:
    """The asyncio loop that runs in this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class _AsyncioSignal:
    def __init__(self) -> None:
        self.is_set = False
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[None] = self._loop.create_future()

    @property
    def is_lost(self) -> bool:
        return self._loop.is_closed()

    def set(self) -> None:
        self.is_set = True
        if running_asyncio_loop() is self._loop:
            self._release()
        else:
            with suppress(RuntimeError):  # the loop is closed, so that nothing waits
                self._loop.call_soon_threadsafe(self._release)

    async def wait(self, seconds: float | None, *, by_own_clock: bool = False) -> bool:
        if self.is_set or (seconds is not None and seconds <= 0):
            await yield_to_others()
            return self.is_set
        timer = None if seconds is None else Later(self._loop, seconds, self._release, by_own_clock=by_own_clock)
        try:
            await self._future
        finally:
            if timer is not None:
                timer.cancel()
            if not self.is_set and self._future.done():
                self._future = self._loop.create_future()  # for another wait
        return self.is_set

    def _release(self) -> None:
        if not self._future.done():
            self._future.set_result(None)


class _TrioSignal:
    def __init__(self) -> None:
        self.is_set = False
        self._trio: Any = sys.modules["trio"]
        self._token = self._trio.lowlevel.current_trio_token()
        self._event = self._trio.Event()
        self.is_lost = False  # trio ends a run with its last task

    def set(self) -> None:
        self.is_set = True
        if on_trio() and self._trio.lowlevel.current_trio_token() is self._token:
            self._event.set()
        else:
            self._set_soon()

    async def wait(self, seconds: float | None, *, by_own_clock: bool = False) -> bool:
        if seconds is None or seconds <= 0:
            await (self._event.wait() if seconds is None else yield_to_others())
            return self.is_set
        alarm = _clock.Alarm(seconds, self._set_soon)
        try:
            with self._deadline(seconds, by_own_clock=by_own_clock):
                await self._event.wait()
        finally:
            alarm.cancel()
            if not self.is_set and self._event.is_set():
                self._event = self._trio.Event()  # for another wait
        return self.is_set

    def _set_soon(self) -> None:
        with suppress(self._trio.RunFinishedError):
            self._token.run_sync_soon(lambda: self._event.set())

    def _deadline(self, seconds: float, *, by_own_clock: bool) -> AbstractContextManager[Any]:
        clocks = sys.modules.get("trio.testing")
        has_own = clocks is not None and isinstance(self._trio.lowlevel.current_clock(), clocks.MockClock)
        deadline: AbstractContextManager[Any] = (
            self._trio.move_on_after(seconds) if by_own_clock and has_own else nullcontext()
        )
        return deadline
