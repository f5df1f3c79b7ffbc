"""SQS long polling without holding anything up.

Moto's ``SQSBackend.receive_message`` waits in a condition variable. Inside a handler of ours it does not: where a poll
finds nothing, :class:`WouldWait` takes it out of the handler, and the poll waits for a signal that a message may have
become visible. Then the handler runs again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from types import ModuleType
from typing import Any

from moto.core.utils import unix_time_millis

from aiomoto import _clock
from aiomoto._lock import state_lock
from aiomoto._patching.places import argument, with_argument
from aiomoto._patching.required_names import check_instance


class WouldWait(BaseException):
    """A poll found no message. Not an ``Exception``, so that no handler takes it for a failure of its own."""


class Poll:
    """One ``ReceiveMessage`` request, from its first look into the queue to its answer.

    Attributes:
        signal: what to wait for after a look that found nothing.
    """

    def __init__(self, new_signal: Callable[[], Any]) -> None:
        self.signal: Any = None
        self._new_signal = new_signal
        self._queue: Any = None
        self._end: float | None = None
        self._visible_in: float | None = None
        self._waits_to_the_end = False
        self._time_is_over = False

    def look(self, receive: Callable[[], list[Any]], queue: Any, seconds: int) -> list[Any]:
        """Receive without waiting.

        Args:
            receive: Moto's own ``receive_message``, its wait set to nothing.
            queue: the queue to look into.
            seconds: how long the request asks to wait.

        Raises:
            WouldWait: there is nothing, and the time is not over.
        """
        if not seconds:
            return receive()
        if self._end is None:
            self._end = _clock.now() + seconds
        # Before the look, so that no message comes in between.
        self.signal = self._new_signal()
        if queue is not self._queue:
            self.end()
            self._queue = queue
            waiting.add(queue, self)
        messages = receive()
        if messages or self._time_is_over or _clock.now() >= self._end:
            return messages
        self._visible_in = _next_visible(queue)
        raise WouldWait

    def timeout(self) -> float:
        """Seconds to wait for the signal: to the end, or until a message that is in flight or delayed shows itself."""
        left = max((self._end or 0) - _clock.now(), 0)
        # The first in the queue looks after the clock; when it ends, it wakes the next.
        visible_in = self._visible_in if waiting.is_first(self._queue, self) else None
        self._waits_to_the_end = visible_in is None or left <= visible_in
        return left if self._waits_to_the_end else visible_in or 0

    def woke(self, *, signalled: bool) -> None:
        """Note that a wait is over, and whether by the signal."""
        # By what was waited for, not by the real clock alone: the loop may have one of its own.
        self._time_is_over = not signalled and self._waits_to_the_end

    def wake(self) -> bool:
        """Signal, unless that has been done already; tell whether this was the one."""
        if self.signal is None or self.signal.is_set:
            return False
        self.signal.set()
        return True

    def end(self) -> None:
        """Stop waiting. Whatever this poll left in the queue, the next one may have."""
        if self._queue is not None:
            queue, self._queue = self._queue, None
            waiting.remove(queue, self)
            waiting.wake_next(queue)


class _Waiting:
    """The polls that wait at each queue, the oldest first."""

    def __init__(self) -> None:
        self._polls: dict[int, list[Poll]] = {}

    def add(self, queue: Any, poll: Poll) -> None:
        with state_lock:
            self._polls.setdefault(id(queue), []).append(poll)

    def remove(self, queue: Any, poll: Poll) -> None:
        with state_lock:
            polls = self._polls[id(queue)]
            polls.remove(poll)
            if not polls:
                del self._polls[id(queue)]

    def is_first(self, queue: Any, poll: Poll) -> bool:
        return self._at(queue)[:1] == [poll]

    def wake_next(self, queue: Any) -> None:
        """Wake one poll: what came may be for one only. It wakes the next when it ends."""
        any(poll.wake() for poll in self._at(queue))

    def wake_all(self, queue: Any = None) -> None:
        """Wake every poll at a queue that is gone, or at all queues when their mock ends or is reset."""
        for poll in self._at(queue):
            poll.wake()

    def _at(self, queue: Any) -> list[Poll]:
        with state_lock:
            if queue is None:
                return [poll for polls in self._polls.values() for poll in polls]
            return list(self._polls.get(id(queue), ()))


waiting = _Waiting()

# In a handler of ours: the poll that it serves, or False where it serves none, and so must not wait at all.
current_poll: ContextVar[Poll | bool | None] = ContextVar("aiomoto_poll", default=None)


def _next_visible(queue: Any) -> float | None:
    """Seconds until the next message that is in flight or delayed can be received; ``None`` where there is none."""
    check_instance(queue, "moto.sqs.models", "Queue")
    now = unix_time_millis()
    times = [max(message.visible_at, message.delayed_until) for message in queue._messages]
    return min((max(at - now, 0) / 1000 + 0.001 for at in times if at >= now), default=None)


# ---------------------------------------------------------------- what is replaced in Moto while a mock is live

_WAIT = "wait_seconds_timeout"


def _receive_message(original: Any) -> Any:
    @wraps(original)
    def receive_message(self: Any, *args: Any, **kwargs: Any) -> Any:
        def receive(seconds: int = 0) -> Any:
            positional, named = with_argument(args, kwargs, 2, _WAIT, seconds)
            return original(self, *positional, **named)

        poll, wait = current_poll.get(), argument(args, kwargs, 2, _WAIT)
        if isinstance(poll, Poll):
            return poll.look(receive, self.get_queue(argument(args, kwargs, 0, "queue_name")), wait)
        return receive(wait if poll is None else 0)

    return receive_message


def _then_wake_next(original: Any) -> Any:
    """For what may make a message of a queue visible to the next poll."""

    @wraps(original)
    def changed(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        # A method of the backend's names the queue.
        has_queues = hasattr(self, "get_queue")
        waiting.wake_next(self.get_queue(argument(args, kwargs, 0, "queue_name")) if has_queues else self)
        return result

    return changed


def _delete_queue(original: Any) -> Any:
    @wraps(original)
    def delete_queue(self: Any, *args: Any, **kwargs: Any) -> Any:
        queue = self.get_queue(argument(args, kwargs, 0, "queue_name"))
        result = original(self, *args, **kwargs)
        waiting.wake_all(queue)
        return result

    return delete_queue


def targets(models: ModuleType) -> tuple[tuple[Any, str, Callable[[Any], Any]], ...]:
    """What is replaced in ``moto.sqs.models``."""
    return (
        (models.SQSBackend, "receive_message", _receive_message),
        (models.SQSBackend, "change_message_visibility", _then_wake_next),
        (models.SQSBackend, "delete_queue", _delete_queue),
        (models.Queue, "add_message", _then_wake_next),
        (models.Queue, "delete_message", _then_wake_next),  # a FIFO queue delivers the group's next message then
    )


TARGETS = {"moto.sqs.models": targets}
