"""Send a body that comes into being while it is sent: make each piece when the reader has taken the one before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from aiomoto import _loops
from aiomoto._wire.delivery import Piece
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireResponse


class Receiver(Protocol):
    """Where a pump delivers to."""

    def deliver(self, data: bytes) -> None:
        """Take a piece."""

    def fail(self, error: BaseException) -> None:
        """End the body with an error."""


class Pump:
    """Delivers the pieces in a task of its own, unless reading is paused.

    Args:
        pieces: what to deliver.
        receiver: where to.
        loop: the client's loop.
        read_timeout: the seconds that the client waits for the next piece; ``None`` means no limit.
    """

    def __init__(
        self,
        pieces: AsyncGenerator[Piece],
        receiver: Receiver,
        loop: asyncio.AbstractEventLoop,
        read_timeout: float | None,
    ) -> None:
        self._pieces = pieces
        self._receiver = receiver
        self._loop = loop
        self._read_timeout = read_timeout
        self._timer: _loops.Later | None = None
        self._is_stopped = False
        self._is_reading = asyncio.Event()
        self._is_reading.set()
        self._task = loop.create_task(self._run())
        tasks = _tasks.setdefault(loop, set())
        tasks.add(self._task)
        self._task.add_done_callback(tasks.discard)

    def pause(self) -> None:
        """Make no further piece."""
        self._is_reading.clear()

    def resume(self) -> None:
        """Make the next piece in a later turn of the loop."""
        self._is_reading.set()

    def stop(self) -> None:
        """Make no further piece, and close the source."""
        self._is_stopped = True
        if not self._loop.is_closed():
            self._task.cancel()

    async def _run(self) -> None:
        try:
            async with aclosing(self._pieces) as pieces:
                await self._deliver(pieces)
        except asyncio.CancelledError:
            if not self._is_stopped:  # the test's generator has raised it
                self._receiver.fail(WireFailure("disconnect"))
        except BaseException as error:  # that of pytest.fail(), for example
            self._receiver.fail(error)

    async def _deliver(self, pieces: AsyncGenerator[Piece]) -> None:
        while True:
            await self._is_reading.wait()
            self._start_timer()
            try:
                wait, data = await anext(pieces)
                if wait:
                    await _loops.sleep(wait)
            except StopAsyncIteration:
                return
            finally:
                self._stop_timer()
            self._receiver.deliver(data)
            await _loops.yield_to_others()  # the reader may pause

    def _start_timer(self) -> None:
        if self._read_timeout is not None and self._timer is None:
            self._timer = _loops.Later(self._loop, self._read_timeout, self._time_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        self._receiver.fail(WireFailure("read_timeout"))
        self.stop()


# Loops refer to their tasks weakly only.
_tasks: WeakKeyDictionary[asyncio.AbstractEventLoop, set[asyncio.Task[None]]] = WeakKeyDictionary()


def buffering(response: WireResponse) -> dict[str, Any]:
    """How much of a body aiohttp reads ahead: of one that has a source, next to nothing."""
    return {} if response.source is None else {"read_bufsize": _FEW_BYTES}


_FEW_BYTES = 2  # with fewer, aiohttp would not resume reading
