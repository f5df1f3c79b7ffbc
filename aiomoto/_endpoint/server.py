"""An HTTP server on the loopback interface, in a thread with an event loop of its own."""

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

# aiohttp logs each request that is not HTTP as an error. Who looks for one may lower the level.
_log = logging.getLogger("aiomoto.endpoint")
_log.setLevel(logging.CRITICAL)

_OPTIONS: dict[str, Any] = {
    "access_log": None,
    "logger": _log,
    # S3 keeps what it gets.
    "auto_decompress": False,
    # A poll whose client has gone must not take a message.
    "handler_cancellation": True,
    # Seconds to go on reading a body that nobody wants, so that the client gets to read the answer.
    "lingering_time": 1.0,
    # Metadata, session tokens and presigned URLs are longer, and more, than aiohttp expects of a browser.
    "max_line_size": 65536,
    "max_field_size": 65536,
    "max_headers": 1024,
}
_BACKLOG = 1024
# Seconds to wait for the thread. It may be about to collect a generator that was left half way in another mock, whose
# end waits for this one's.
_PATIENCE = 5.0


class EndpointServer:
    """A port, and a thread that answers on it. :meth:`stop` ends whatever part of it there is, and may come twice.

    Attributes:
        lock: to be held by whoever starts it.
        is_stopped: whether it has ended, or is not to begin any more.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        self._listener: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._end = asyncio.Event()
        # Ctrl-C may come while the thread is being started: it either begins, with a loop, or has been stopped before.
        self.lock = RLock()
        self.is_stopped = False

    def listen(self) -> int:
        """Open a port and return its number. Connections wait in it until the server is started.

        Raises:
            OSError: there is none to be had.
        """
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        port: int = self._listener.getsockname()[1]
        return port

    def start(self, handler: Handler, set_up: Callable[[], None]) -> None:
        """Begin to answer on the port.

        Args:
            handler: answers a request.
            set_up: called first, in the server's thread.
        """
        self._thread = Thread(target=self._run, args=(handler, set_up), name="aiomoto endpoint", daemon=True)
        atexit.register(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and all connections, whatever is going on in them."""
        # A forked child has no part in the server but a copy of this object.
        if self._process != os.getpid():
            return
        atexit.unregister(self.stop)
        with self.lock:
            self.is_stopped = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed, since it has been stopped before
                self._loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None and self._thread.ident is not None:
            if self._thread is current_thread():
                return  # a generator that was left half way in a mock is collected here; the loop closes the rest
            self._thread.join(_PATIENCE)
        if self._listener is not None:
            self._listener.close()

    def _run(self, handler: Handler, set_up: Callable[[], None]) -> None:
        # Here, where no Ctrl-C comes in between. By name: the policy's may be one whose sockets are not Python's own.
        loop = _Loop()
        loop.set_debug(False)  # it would complain of Moto's slow handlers
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
        # Not closed before all that was accepted is a connection: asyncio would lose the socket.
        loop.remove_reader(listener)
        await server.hang_up()
        _shut_down(listener)
        listening.close()


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose timers go on whatever a test does to the clocks of its process."""

    def time(self) -> float:
        """The real time, in seconds."""
        return _clock.loop_time()


class _Server(web.Server):
    """aiohttp's low-level server, with an end that waits for nothing."""

    def __init__(self, handler: Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        # aiohttp forgets a transport when it begins to close it, with data still to be sent.
        self._open: dict[object, asyncio.Transport] = {}

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._open[handler] = transport

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._open.pop(handler, None)

    async def hang_up(self) -> None:
        """End all connections, and return when none is open and no other task of this loop is left."""
        while self._open or asyncio.all_tasks() - {asyncio.current_task()}:
            for transport in self._open.values():
                _shut_down(transport.get_extra_info("socket"))
                transport.abort()
            # The rest is done in later turns of the loop; a task may also have been about to accept a connection.
            await _loops.yield_to_others()


def _shut_down(sock: Any) -> None:
    # Closing is not enough where a forked child has inherited the socket.
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
