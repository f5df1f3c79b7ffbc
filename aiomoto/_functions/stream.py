"""Response streams: a handler that yields chunks, each sent when the client reads it.

https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from aiomoto._functions.output import captured
from aiomoto._functions.payload import FunctionError, error_of, tail_of
from aiomoto._functions.places import LoopPlace
from aiomoto._functions.running import Begun, chunk_bytes
from aiomoto._wire.source import answering

_OVER = object()


async def streamed(begun: Begun, *, wants_log: bool) -> AsyncIterator[dict[str, Any]]:
    """Yield the events of a response while its handler runs."""
    chunks: list[bytes] = []
    error: BaseException | None = GeneratorExit()  # if the client closes it early
    try:
        with captured(begun.output), answering():
            items = aiter(_on_loop(begun.handler.handler(begun.event, begun.context)))
        while (chunk := await _next(begun, items)) is not _OVER:
            chunks.append(chunk_bytes(chunk))
            yield {"PayloadChunk": {"Payload": chunks[-1]}}
        error = None
    except Exception as raised:
        error = raised
    finally:
        failure = None if error is None else error_of(error, begun.invocation.request_id)
        begun.finish(b"".join(chunks), error, failure)
    await begun.write_log(LoopPlace())
    yield {"InvokeComplete": _error(failure) | ({"LogResult": tail_of(begun.invocation.log)} if wants_log else {})}


def _error(failure: FunctionError | None) -> dict[str, str]:
    return {} if failure is None else {"ErrorCode": failure.kind, "ErrorDetails": failure.payload.decode()}


async def _next(begun: Begun, items: AsyncIterator[Any]) -> Any:
    with captured(begun.output), answering():
        return await anext(items, _OVER)


async def _on_loop(items: Any) -> AsyncIterator[Any]:
    if isinstance(items, AsyncIterable):
        async for each in items:
            yield each
        return
    for each in items:
        yield each
