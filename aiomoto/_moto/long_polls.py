"""SQS long polling that blocks neither the event loop nor other requests.

Moto's ``SQSBackend.receive_message`` waits on a condition variable. In a handler that we run, a poll that finds no
message raises :class:`WouldWait` out of the handler instead, waits for a signal that a message may have become
visible, and runs the handler again.
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
    """A poll found no message. Not an ``Exception``, so that no ``except Exception`` in a handler catches it."""


class Poll:
    """One ``ReceiveMessage`` request, from its first look into the queue to its response.

    Attributes:
        signal: set when a message may have become visible; a new one is created for each look into the queue.
    """

    def __init__(self, new_signal: Callable[[], Any]) -> None:
        self.signal: Any = None
        self._new_signal = new_signal
        self._queue: Any = None
        self._end: float | None = None
        self._visible_in: float | None = None
        self._waits_to_the_end = False
        self._is_over = False

    def look(self, receive: Callable[[], list[Any]], queue: Any, seconds: int) -> list[Any]:
        """Receive messages without waiting.

        Args:
            receive: Moto's ``receive_message``, with a wait of 0 seconds.
            queue: Moto's queue.
            seconds: the wait time that the request asks for.

        Raises:
            WouldWait: no message is visible, and the wait time is not over.
        """
        if not seconds:
            return receive()
        if self._end is None:
            self._end = _clock.now() + seconds
        # Before receiving, so that no message in between goes unnoticed.
        self.signal = self._new_signal()
        if queue is not self._queue:
            self.end()
            self._queue = queue
            waiting.add(queue, self)
        messages = receive()
        if messages or self._is_over or _clock.now() >= self._end:
            return messages
        self._visible_in = next_visible(queue)
        raise WouldWait

    def timeout(self) -> float:
        """Seconds to wait for the signal: to the end, or until an in-flight or delayed message becomes visible."""
        left = max((self._end or 0) - _clock.now(), 0)
        # Only the oldest poll of a queue waits for such messages; when it ends, it wakes the next one.
        visible_in = self._visible_in if waiting.is_first(self._queue, self) else None
        self._waits_to_the_end = visible_in is None or left <= visible_in
        return left if self._waits_to_the_end else visible_in or 0

    def end_wait(self, *, signalled: bool) -> None:
        """Note that a wait has ended, by the signal or by the timeout."""
        # Do not rely on the real clock alone: the loop's clock may differ, for instance in pytest-trio.
        self._is_over = not signalled and self._waits_to_the_end

    def wake(self) -> bool:
        """Set the signal. Return ``False`` if it is set already, or if the poll does not wait yet."""
        if self.signal is None or self.signal.is_set:
            return False
        self.signal.set()
        return True

    @property
    def is_awake(self) -> bool:
        """Whether it has been woken, and has not looked since, though it will."""
        return self.signal is not None and bool(self.signal.is_set) and not getattr(self.signal, "is_lost", False)

    def due_in(self) -> float | None:
        """Seconds until it ends, or until a message becomes visible; ``None`` if it does not wait."""
        if self._end is None or self.signal is None or self.signal.is_set:
            return None
        left = max(self._end - _clock.now(), 0)
        visible_in = next_visible(self._queue)
        return left if visible_in is None else min(left, visible_in)

    def skip(self, seconds: float) -> None:
        """Shorten its wait: the mock's clock has been moved."""
        if self._end is not None:
            self._end -= seconds

    def end(self) -> None:
        """Leave the queue, and wake the next poll: this one may have left messages."""
        if self._queue is not None:
            queue, self._queue = self._queue, None
            waiting.remove(queue, self)
            waiting.wake_next(queue)


class _Waiting:
    """The polls that wait at each queue, the oldest first."""

    def __init__(self) -> None:
        self._polls: dict[int, list[Poll]] = {}

    def add(self, queue: object, poll: Poll) -> None:
        with state_lock:
            self._polls.setdefault(id(queue), []).append(poll)

    def remove(self, queue: object, poll: Poll) -> None:
        with state_lock:
            polls = self._polls[id(queue)]
            polls.remove(poll)
            if not polls:
                del self._polls[id(queue)]

    def is_first(self, queue: object, poll: Poll) -> bool:
        return self.at(queue)[:1] == [poll]

    def wake_next(self, queue: object) -> None:
        """Wake the oldest poll that is not awake yet. It wakes the next when it ends."""
        any(poll.wake() for poll in self.at(queue))

    def wake_all(self, queue: object = None) -> None:
        """Wake all polls of a queue that is deleted, or of all queues when a mock ends or is reset."""
        for poll in self.at(queue):
            poll.wake()

    def at(self, queue: object) -> list[Poll]:
        """The polls that wait at a queue, the oldest first; at all queues for ``None``."""
        with state_lock:
            if queue is None:
                return [poll for polls in self._polls.values() for poll in polls]
            return list(self._polls.get(id(queue), ()))


waiting = _Waiting()

# While we run a handler: its poll, or False if the request is not one and must not wait. None outside.
current_poll: ContextVar[Poll | bool | None] = ContextVar("aiomoto_poll", default=None)


def next_visible(queue: Any) -> float | None:
    """Seconds until the next in-flight or delayed message becomes visible; ``None`` if there is none."""
    check_instance(queue, "moto.sqs.models", "Queue")
    now = unix_time_millis()
    times = [max(message.visible_at, message.delayed_until) for message in queue._messages]
    return min((max(at - now, 0) / 1000 + 0.001 for at in times if at >= now), default=None)


# ---------------------------------------------------------------- what is patched in Moto while a mock is active

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
    """Wrap a method that may make a message visible: it wakes the next poll of the queue."""

    @wraps(original)
    def changed(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        # Methods of the backend take the queue's name; others are methods of the queue itself.
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
    """What is patched in ``moto.sqs.models``."""
    return (
        (models.SQSBackend, "receive_message", _receive_message),
        (models.SQSBackend, "change_message_visibility", _then_wake_next),
        (models.SQSBackend, "delete_queue", _delete_queue),
        (models.Queue, "add_message", _then_wake_next),
        (models.Queue, "delete_message", _then_wake_next),  # a FIFO queue delivers the group's next message then
    )
