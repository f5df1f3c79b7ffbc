"""What a function prints and logs, for its log in CloudWatch and the tail of it in a response."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any

from aiomoto._lock import state_lock

_current: ContextVar[Output | None] = ContextVar("aiomoto_function_output", default=None)


class Output:
    """The output of one invocation.

    Attributes:
        request_id: the id of the invocation.
    """

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self._events: list[str] = []
        self._line = ""

    def write(self, text: str) -> None:
        """Add what the function writes: each line is an event of its log."""
        with state_lock:
            *lines, self._line = (self._line + text).split("\n")
            self._events += lines

    def add(self, event: str) -> None:
        """Add an event of several lines."""
        with state_lock:
            self._events += [self._line] if self._line else []
            self._events.append(event)
            self._line = ""

    @property
    def events(self) -> list[str]:
        """All events so far."""
        return list(self._events)


class _Stream:
    """Stands in for ``sys.stdout`` or ``sys.stderr`` while functions run."""

    def __init__(self, original: Any) -> None:
        self.original = original

    def write(self, text: str) -> Any:
        if (output := _current.get()) is not None:
            output.write(text)
        return self.original.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.original, name)


class _Logs(logging.Handler):
    """Adds log records as the runtime of AWS formats them."""

    def emit(self, record: logging.LogRecord) -> None:
        if (output := _current.get()) is None:
            return
        moment = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        time = moment.replace("+00:00", "Z")
        output.write(f"[{record.levelname}]\t{time}\t{output.request_id}\t{self.format(record)}\n")


class _Capture:
    """Puts these in place while at least one function runs."""

    def __init__(self) -> None:
        self._users = 0
        self._stdout: Any = None
        self._stderr: Any = None
        self._logs = _Logs()

    def enter(self) -> None:
        with state_lock:
            self._users += 1
            if self._users == 1:
                self._stdout, self._stderr = _Stream(sys.stdout), _Stream(sys.stderr)
                sys.stdout, sys.stderr = self._stdout, self._stderr
                logging.getLogger().addHandler(self._logs)

    def leave(self) -> None:
        with state_lock:
            self._users -= 1
            if self._users:
                return
            sys.stdout = _original(sys.stdout, self._stdout)
            sys.stderr = _original(sys.stderr, self._stderr)
            logging.getLogger().removeHandler(self._logs)


def _original(stream: Any, ours: Any) -> Any:
    return ours.original if stream is ours else stream  # else somebody else has replaced it since


_capture = _Capture()


@contextmanager
def captured(output: Output) -> Iterator[None]:
    """Add to an output what this context, and all that is started in it, prints and logs."""
    token = _current.set(output)
    _capture.enter()
    try:
        yield
    finally:
        _capture.leave()
        _current.reset(token)
