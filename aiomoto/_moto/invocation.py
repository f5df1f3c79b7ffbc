"""How a handler is run: at once, again when a poll may find something, or in a thread where it would block.

The lock is held while a handler runs and never while anything waits. On a loop, nothing here blocks.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from contextvars import copy_context
from threading import Thread
from typing import Any, NamedTuple, NoReturn

from moto.core.responses import ActionAuthenticatorMixin

from aiomoto import _clock, _loops
from aiomoto._aws.scope import action_of
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._moto import backends
from aiomoto._moto.explanations import explain_missing_docker, explain_region
from aiomoto._moto.long_polls import Poll, WouldWait, current_poll
from aiomoto._moto.router import Handler
from aiomoto._moto.slow_handlers import is_slow, keeps_lock
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse


class Invocation(NamedTuple):
    """A handler of Moto's, and what to call it with."""

    service: str
    handler: Handler
    request: WireRequest
    url: str

    def run(self, *, record: bool = True) -> WireResponse:
        """Run the handler; Moto's recorder gets to see the request if ``record``.

        Raises:
            ArgumentError: the client's region is none of Moto's.
            AiomotoError: it needs Docker, which is not there.
        """
        try:
            response = backends.call(self.handler, self.request, self.url, record=record)
        except KeyError as error:
            if mistake := explain_region(error, self.request):
                raise ArgumentError(mistake) from None
            raise
        if mistake := explain_missing_docker(self.service, self.request, response):
            raise AiomotoError(mistake)
        return response


class _Attempts:
    """The attempts to answer one request."""

    def __init__(
        self, prepare: Callable[[], Invocation], read_timeout: float | None, new_signal: Callable[[], Any]
    ) -> None:
        self._prepare = prepare
        self._read_timeout = read_timeout
        self._began = _clock.now()
        self._is_first = True
        self._waits_to_the_end = False
        self._new_signal = new_signal
        self._poll: Poll | None = None
        self.slow: Invocation | None = None

    def attempt(self) -> WireResponse | None:
        """Run the handler once; ``None`` where it is slow, or a poll that has to wait. The lock is held."""
        if backends.lock.due:
            backends.lock.run_due()
        invocation = self._prepare()
        if is_slow(invocation.service, invocation.request):
            self.slow = invocation
            return None
        is_poll = invocation.service == "sqs" and action_of(invocation.request) == "ReceiveMessage"
        token = current_poll.set(self.poll if is_poll else False)
        requests_before = ActionAuthenticatorMixin.request_count
        try:
            return invocation.run(record=self._is_first)
        except WouldWait:
            # A poll is one request, however often it looks.
            ActionAuthenticatorMixin.request_count = requests_before
            self._is_first = False
            return None
        finally:
            current_poll.reset(token)

    @property
    def poll(self) -> Poll:
        """The poll that the request is."""
        if self._poll is None:
            self._poll = Poll(self._new_signal)
        return self._poll

    def timeout(self) -> float:
        """Seconds to wait for the poll's signal."""
        left, of_the_poll = self.time_left(), self.poll.timeout()
        self._waits_to_the_end = left is not None and left <= of_the_poll
        return left if left is not None and self._waits_to_the_end else of_the_poll

    def end(self) -> None:
        """Leave the queue, if it was a poll."""
        if self._poll is not None:
            self._poll.end()

    def woke(self, *, signalled: bool) -> None:
        """Go on after a wait.

        Raises:
            WireFailure: it has been too long for the client.
        """
        # By what was waited for, not by the real clock alone: the loop may have one of its own.
        if self.time_left() == 0 or (self._waits_to_the_end and not signalled):
            raise WireFailure("read_timeout")
        self.poll.woke(signalled=signalled)

    def time_left(self) -> float | None:
        """Seconds until the client gives up; ``None`` where it never does."""
        if self._read_timeout is None:
            return None
        return max(self._began + self._read_timeout - _clock.now(), 0)


def pause(seconds: float, timeout: float | None = None) -> None:
    """Let this thread wait.

    Args:
        seconds: how long.
        timeout: how long at most; ``None`` for as long as it takes.

    Raises:
        WireFailure: it is longer than that.
    """
    if seconds:
        _clock.pause(_limited(seconds, timeout))
        _check_timeout(seconds, timeout)


async def pause_async(seconds: float, timeout: float | None = None) -> None:
    """The same for a task."""
    if seconds:
        await _loops.sleep(_limited(seconds, timeout))
        _check_timeout(seconds, timeout)


def _limited(seconds: float, timeout: float | None) -> float:
    return seconds if timeout is None else min(seconds, timeout)


def _check_timeout(seconds: float, timeout: float | None) -> None:
    if timeout is not None and seconds > timeout:
        _give_up()


def answer(prepare: Callable[[], Invocation], read_timeout: float | None) -> WireResponse:
    """Answer in this thread, and let it wait where it has to.

    Raises:
        WireFailure: a poll or a slow handler took longer than the client waits.
    """
    attempts = _Attempts(prepare, read_timeout, _loops.ThreadSignal)
    try:
        while True:
            with backends.lock.for_thread():
                response = attempts.attempt()
            if response is not None:
                return response
            if attempts.slow:
                done = _loops.ThreadSignal()
                outcome = _start_in_thread(attempts.slow, done)
                return outcome.result() if done.wait(attempts.time_left()) else _give_up()
            attempts.woke(signalled=attempts.poll.signal.wait(attempts.timeout()))
    finally:
        attempts.end()


async def answer_async(prepare: Callable[[], Invocation], read_timeout: float | None) -> WireResponse:
    """Answer on the loop that is running, other tasks going on meanwhile.

    Raises:
        WireFailure: a poll or a slow handler took longer than the client waits.
    """
    attempts = _Attempts(prepare, read_timeout, _loops.signal)
    try:
        while True:
            response = await _attempt_on_loop(attempts)
            if response is not None:
                return response
            if attempts.slow:
                return await _run_in_thread(attempts.slow, attempts.time_left())
            attempts.woke(signalled=await attempts.poll.signal.wait(attempts.timeout(), by_own_clock=True))
    finally:
        attempts.end()


async def _attempt_on_loop(attempts: _Attempts) -> WireResponse | None:
    turnstile = await _loops.take_turn()
    try:
        if not backends.lock.try_acquire():
            # Another thread is in a handler. Waiting for it must not stop the loop.
            await backends.lock.acquire_on_loop()
        return attempts.attempt()
    finally:
        backends.lock.release()
        turnstile.leave()


async def _run_in_thread(invocation: Invocation, seconds: float | None) -> WireResponse:
    done = _loops.signal()
    outcome = _start_in_thread(invocation, done)
    return outcome.result() if await done.wait(seconds) else _give_up()


def _give_up() -> NoReturn:
    raise WireFailure("read_timeout")


def _start_in_thread(invocation: Invocation, done: _loops.Signal | _loops.ThreadSignal) -> Future[WireResponse]:
    """Run a slow handler in a thread of its own, which goes on if the caller is cancelled, as a server would.

    Not in the loop's pool: its few threads are the test's own, and a loop waits for them when it closes.
    """
    outcome: Future[WireResponse] = Future()

    def work() -> None:
        try:
            with backends.lock.for_thread() if keeps_lock(invocation.service) else nullcontext():
                outcome.set_result(invocation.run())
        except BaseException as error:
            outcome.set_exception(error)
        done.set()

    Thread(target=copy_context().run, args=(work,), name=f"aiomoto {invocation.service}", daemon=True).start()
    return outcome
