"""Run a handler: at once, repeatedly for a long poll, or in a thread if it would block.

The lock is held while a handler runs, and never while a request waits. Nothing here blocks an event loop.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from contextvars import copy_context
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

from moto.core.responses import ActionAuthenticatorMixin

from aiomoto import _clock, _loops
from aiomoto._aws.scope import action_of
from aiomoto._errors import AiomotoError, ArgumentError
from aiomoto._moto import backends, containers
from aiomoto._moto.explanations import explain_region
from aiomoto._moto.long_polls import Poll, WouldWait, current_poll
from aiomoto._moto.router import Handler
from aiomoto._moto.slow_handlers import is_slow, keeps_lock
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse

if TYPE_CHECKING:
    from aiomoto._moto.python_errors import Called


class MockTime(Protocol):
    """The time of a mock that a test has moved. ``_time`` has it: other tests do without its modules."""

    offset: float

    def now(self) -> float:
        """Seconds since 1970, in this time."""

    def handler(self, service: str, handler: Handler, request: WireRequest) -> Handler:
        """Wrap a handler: it runs in this time, after what has fallen due."""


class Invocation(NamedTuple):
    """One of Moto's handlers, with its arguments, and what its request calls."""

    service: str
    handler: Handler
    request: WireRequest
    url: str
    called: Called

    def run(self, *, record: bool = True) -> WireResponse:
        """Run the handler.

        Args:
            record: whether Moto's recorder records the request, if it is on.

        Raises:
            ArgumentError: Moto does not have the client's region.
            AiomotoError: the handler needs Docker, which does not respond.
        """
        not_run: list[str] = []
        token = containers.not_run.set(not_run)
        try:
            response = backends.call(self.service, self.handler, self.request, self.url, record=record)
        except KeyError as error:
            if mistake := explain_region(error, self.request):
                raise ArgumentError(mistake) from None
            return self._replaced(error)
        except Exception as error:
            return self._replaced(error)
        finally:
            containers.not_run.reset(token)
        if not_run and self.service == "awslambda":
            raise AiomotoError(not_run[0])
        for message in not_run:
            containers.warn(message)
        return response

    def _replaced(self, error: Exception) -> WireResponse:
        from aiomoto._moto import python_errors  # tests whose handlers end well do without it

        outcome = python_errors.replaced(error, self.request, self.called)
        return outcome if isinstance(outcome, WireResponse) else self._replace(request=outcome).run(record=False)


class _Attempts:
    """The attempts to handle one request: more than one for a long poll."""

    def __init__(
        self, prepare: Callable[[], Invocation], read_timeout: float | None, new_signal: Callable[[], Any]
    ) -> None:
        self._prepare = prepare
        self._read_timeout = read_timeout
        self._began = _clock.now()
        self._is_first = True
        self._waits_for_read_timeout = False
        self._new_signal = new_signal
        self._poll: Poll | None = None
        self.slow: Invocation | None = None

    def attempt(self) -> WireResponse | None:
        """Run the handler once, with the lock held; ``None`` if it is slow, or if a long poll has to wait."""
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
            # A poll counts as one request, however often the handler runs.
            ActionAuthenticatorMixin.request_count = requests_before
            self._is_first = False
            return None
        finally:
            current_poll.reset(token)

    @property
    def poll(self) -> Poll:
        """The request's long poll."""
        if self._poll is None:
            self._poll = Poll(self._new_signal)
        return self._poll

    def timeout(self) -> float:
        """Seconds to wait for the poll's signal."""
        left, poll_timeout = self.time_left(), self.poll.timeout()
        self._waits_for_read_timeout = left is not None and left <= poll_timeout
        return left if left is not None and self._waits_for_read_timeout else poll_timeout

    def end(self) -> None:
        """Remove the poll from its queue, if the request is one."""
        if self._poll is not None:
            self._poll.end()

    def end_wait(self, *, signalled: bool) -> None:
        """Note that a wait has ended, by the signal or by the timeout.

        Raises:
            WireFailure: the client's read timeout has passed.
        """
        # Do not rely on the real clock alone: the loop's clock may differ, for instance in pytest-trio.
        if self.time_left() == 0 or (self._waits_for_read_timeout and not signalled):
            raise WireFailure("read_timeout")
        self.poll.end_wait(signalled=signalled)

    def time_left(self) -> float | None:
        """Seconds until the client's read timeout; ``None`` if it has none."""
        if self._read_timeout is None:
            return None
        return max(self._began + self._read_timeout - _clock.now(), 0)


def pause(seconds: float, timeout: float | None = None) -> None:
    """Block this thread.

    Args:
        seconds: how long.
        timeout: the client's read timeout in seconds; ``None`` if it has none.

    Raises:
        WireFailure: the timeout is shorter, and has passed.
    """
    if seconds:
        _clock.pause(_limited(seconds, timeout))
        _check_timeout(seconds, timeout)


async def pause_async(seconds: float, timeout: float | None = None) -> None:
    """Suspend this task; otherwise like :func:`pause`."""
    if seconds:
        await _loops.sleep(_limited(seconds, timeout))
        _check_timeout(seconds, timeout)


def _limited(seconds: float, timeout: float | None) -> float:
    return seconds if timeout is None else min(seconds, timeout)


def _check_timeout(seconds: float, timeout: float | None) -> None:
    if timeout is not None and seconds > timeout:
        _raise_read_timeout()


def answer(prepare: Callable[[], Invocation], read_timeout: float | None) -> WireResponse:
    """Run the handler of a request, blocking this thread while the request waits.

    Args:
        prepare: finds the handler; called before each attempt, with the lock held.
        read_timeout: the client's read timeout in seconds; ``None`` if it has none.

    Raises:
        WireFailure: a poll or a slow handler exceeded the client's read timeout.
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
                return outcome.result() if done.wait(attempts.time_left()) else _raise_read_timeout()
            attempts.end_wait(signalled=attempts.poll.signal.wait(attempts.timeout()))
    finally:
        attempts.end()


async def answer_async(prepare: Callable[[], Invocation], read_timeout: float | None) -> WireResponse:
    """Run the handler of a request on the running event loop, without blocking it; otherwise like :func:`answer`.

    Raises:
        WireFailure: a poll or a slow handler exceeded the client's read timeout.
    """
    attempts = _Attempts(prepare, read_timeout, _loops.signal)
    try:
        while True:
            response = await _attempt_on_loop(attempts)
            if response is not None:
                return response
            if attempts.slow:
                return await _run_in_thread(attempts.slow, attempts.time_left())
            attempts.end_wait(signalled=await attempts.poll.signal.wait(attempts.timeout(), by_own_clock=True))
    finally:
        attempts.end()


async def _attempt_on_loop(attempts: _Attempts) -> WireResponse | None:
    turnstile = await _loops.take_turn()
    try:
        if not backends.lock.try_acquire():
            # Another thread is running a handler: wait for it without blocking the loop.
            await backends.lock.acquire_on_loop()
        return attempts.attempt()
    finally:
        backends.lock.release()
        turnstile.leave()


async def _run_in_thread(invocation: Invocation, seconds: float | None) -> WireResponse:
    done = _loops.signal()
    outcome = _start_in_thread(invocation, done)
    return outcome.result() if await done.wait(seconds) else _raise_read_timeout()


def _raise_read_timeout() -> NoReturn:
    raise WireFailure("read_timeout")


def _start_in_thread(invocation: Invocation, done: _loops.Signal | _loops.ThreadSignal) -> Future[WireResponse]:
    """Start a slow handler in a new thread. It runs to its end even if the caller is cancelled, as on a server.

    The loop's executor is not used: its few threads are for the test's own code, and closing the loop waits for them.
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
