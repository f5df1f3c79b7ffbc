"""An HTTP server on the loopback interface, in its own thread with its own event loop."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import RLock, Thread, current_thread
from typing import Any

from aiohttp import web

from aiomoto import _clock, _loops

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

# aiohttp logs each malformed request as an error. Lower the level of this logger to see them.
_log = logging.getLogger("aiomoto.endpoint")
_log.setLevel(logging.CRITICAL)

_OPTIONS: dict[str, Any] = {
    "access_log": None,
    "logger": _log,
    # S3 stores compressed bodies as they are.
    "auto_decompress": False,
    # An SQS poll whose client has disconnected must not receive a message.
    "handler_cancellation": True,
    # Seconds to go on reading a refused body, so that the client reads the response.
    "lingering_time": 1.0,
    # Metadata, session tokens and presigned URLs exceed aiohttp's default limits.
    "max_line_size": 65536,
    "max_field_size": 65536,
    "max_headers": 1024,
}
_BACKLOG = 1024
# Seconds to wait for the thread. It may be ending another mock, by collecting an abandoned generator, and that end
# waits for this one.
_STOP_TIMEOUT = 5.0


class EndpointServer:
    """A port, and a thread that serves it. :meth:`stop` may be called at any time, also twice.

    Attributes:
        lock: must be held while it is started.
        is_stopped: whether it has been stopped, perhaps before it was started.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        self._listener: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._end = asyncio.Event()
        # If Ctrl-C interrupts the start of the thread, the thread either has its loop already, or sees is_stopped.
        self.lock = RLock()
        self.is_stopped = False

    def listen(self) -> int:
        """Open a port and return its number. Connections wait until the server is started.

        Raises:
            OSError: no port could be opened.
        """
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        port: int = self._listener.getsockname()[1]
        return port

    def start(self, handler: Handler, set_up: Callable[[], None]) -> None:
        """Start the thread that serves the port.

        Args:
            handler: called with each request; returns the response.
            set_up: called first, in the server's thread.
        """
        self._thread = Thread(target=self._run, args=(handler, set_up), name="aiomoto endpoint", daemon=True)
        atexit.register(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and all connections at once."""
        # A forked child has only a copy of this object, and no server.
        if self._process != os.getpid():
            return
        atexit.unregister(self.stop)
        with self.lock:
            self.is_stopped = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: stop() was called before
                self._loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None and self._thread.ident is not None:
            if self._thread is current_thread():
                return  # this thread is collecting an abandoned generator; its loop closes the rest
            self._thread.join(_STOP_TIMEOUT)
        if self._listener is not None:
            self._listener.close()

    def _run(self, handler: Handler, set_up: Callable[[], None]) -> None:
        # Created in this thread, which Ctrl-C does not interrupt. Not by the event loop policy: the sockets of other
        # loops (uvloop) are not Python's own.
        loop = _Loop()
        loop.set_debug(False)  # debug mode would warn of Moto's slow handlers
        try:
            with self.lock:
                self._loop = None if self.is_stopped else loop
            if self._loop is not None:
                set_up()
                loop.run_until_complete(self._serve(handler))
        finally:
            loop.close()

    async def _serve(self, handler: Handler) -> None:
        loop, listener = asyncio.get_running_loop(), self._listener
        assert listener is not None
        server = _Server(handler, **_OPTIONS)
        listening = await loop.create_server(server, sock=listener, backlog=_BACKLOG)
        await self._end.wait()
        # Close the listener last: asyncio would lose a socket that is accepted but has no connection yet.
        loop.remove_reader(listener)
        await server.hang_up()
        _shut_down(listener)
        listening.close()


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose timers keep running when a test freezes the clocks of its process."""

    def time(self) -> float:
        """Return the real time, in seconds."""
        return _clock.loop_time()


class _Server(web.Server):
    """aiohttp's low-level server, which can also end at once."""

    def __init__(self, handler: Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        # aiohttp forgets a transport as soon as it starts to close it, even with data left to send.
        self._open: dict[object, asyncio.Transport] = {}

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._open[handler] = transport

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._open.pop(handler, None)

    async def hang_up(self) -> None:
        """Abort all connections; return when none is open and this loop has no other task."""
        while self._open or asyncio.all_tasks() - {asyncio.current_task()}:
            for transport in self._open.values():
                _shut_down(transport.get_extra_info("socket"))
                transport.abort()
            # Connections end in later turns of the loop, and a task may still accept another one.
            await _loops.yield_to_others()


def _shut_down(sock: Any) -> None:
    # Closing is not enough if a forked child has inherited the socket.
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
