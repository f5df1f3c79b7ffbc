"""Requests of the SDK, as a server receives them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakKeyDictionary

from multidict import CIMultiDict
from smithy_core.aio.types import AsyncBytesReader

from aiomoto._aws.output_events import CONTENT_TYPE as EVENT_STREAM
from aiomoto._aws.scope import header
from aiomoto._http.aiohttp.body import write_headers
from aiomoto._http.aiohttp.failures import sending_error
from aiomoto._http.sending import Sending
from aiomoto._wire.message import INPUT_STREAM, WireRequest, copy_piece, received
from aiomoto._wire.request_headers import plain_headers, received_headers


def head_of(request: Any) -> WireRequest:
    """Turn the SDK's ``HTTPRequest`` into a request without a body."""
    fields = {field.name: ", ".join(field.values) for field in request.fields if field.kind == "header"}
    plain = plain_headers(fields)
    headers = received_headers(fields) if plain is None else plain
    head = WireRequest(request.method.upper(), request.destination.build(), headers)
    if plain is None:
        vars(head)["has_plain_headers"] = False
    return head


async def sent(request: Any, sending: Sending) -> WireRequest:
    """Return a request as a server receives it. A stream of events is read while it is sent, by whoever answers.

    Raises:
        WireFailure: the server waits for more of the body, or hangs up.
        Exception: a header that cannot be sent, or what the body raises, as aiohttp wraps it.
    """
    head = sending.head
    if not head.has_plain_headers:
        with sending:
            await write_headers(CIMultiDict((field.name, value) for field in request.fields for value in field.values))
    if header(head, "content-type") == EVENT_STREAM:
        events = InputStream(request.body, asyncio.get_running_loop())
        return WireRequest(head.method, head.url, head.headers, None, {**head.context, INPUT_STREAM: events})
    try:
        with sending:
            body = await _read(request.body)
    except Exception as error:
        raise sending_error(error, head.url) from error
    with sending:
        return received(head, body)


async def _read(body: Any) -> bytes:
    if body is None:
        return b""
    reader = body if isinstance(body, AsyncBytesReader) else AsyncBytesReader(body)
    return copy_piece(await reader.read())


class InputStream:
    """The body of a request that is sent while its response comes in.

    It is taken in even if nobody reads it, as by a server: a client would wait otherwise, and never end.
    """

    def __init__(self, body: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._body = body
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._task = loop.create_task(self._take_in())
        tasks = _tasks.setdefault(loop, set())
        tasks.add(self._task)
        self._task.add_done_callback(tasks.discard)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece
        self._pieces.put_nowait(None)  # for whoever reads again

    async def refuse(self) -> None:
        """Take in no more: the call has failed, and the client's next event does too."""
        self._task.cancel()
        if hasattr(self._body, "write"):
            await self._body.close(flush=False)

    async def _take_in(self) -> None:
        try:
            async for piece in self._body:
                self._pieces.put_nowait(copy_piece(piece))
        finally:
            self._pieces.put_nowait(None)


# Loops refer to their tasks weakly only.
_tasks: WeakKeyDictionary[asyncio.AbstractEventLoop, set[asyncio.Task[None]]] = WeakKeyDictionary()
