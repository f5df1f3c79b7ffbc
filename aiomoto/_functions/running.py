"""Run a handler once, as Lambda does: with its timeout, its output, its log, and a payload at the end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from aiomoto._environment.variables import environment
from aiomoto._functions.acting import act
from aiomoto._functions.context import Context
from aiomoto._functions.handler import Registered
from aiomoto._functions.output import Output, captured
from aiomoto._functions.payload import TIMED_OUT, FunctionError, checked_size, error_of, result_of, timeout_error
from aiomoto._functions.places import Place, Running
from aiomoto._functions.record import Invocation
from aiomoto._functions.runtime import Runtime
from aiomoto._lock import state_lock
from aiomoto._moto import lambdas
from aiomoto._moto.lambdas import Target
from aiomoto._wire.source import answering


class Cause(NamedTuple):
    """What invokes a function.

    Attributes:
        trigger: ``"Invoke"``, an ARN, a URL, or a service.
        client_context: the client's context, as it was sent; ``None`` without one.
        delivery: what is to be delivered; ``None`` if the caller gets the result.
        request_id: the id of the invocation; ``None`` for a new one.
    """

    trigger: str = "Invoke"
    client_context: str | None = None
    delivery: tuple[str, ...] | None = None
    request_id: str | None = None


class Outcome(NamedTuple):
    """How an invocation has ended.

    Attributes:
        payload: the payload of the response.
        error: how it has failed; ``None`` if it has succeeded.
        log: what it has written.
        request_id: its id.
    """

    payload: bytes
    error: FunctionError | None
    log: str
    request_id: str


class Throttled(Exception):
    """As many invocations of a function run as its reserved concurrency allows."""


async def run(
    runtime: Runtime, place: Place, target: Target, handler: Registered, payload: bytes, cause: Cause
) -> Outcome:
    """Run the handler of a function once.

    Raises:
        Throttled: the function's reserved concurrency is used up.
    """
    with counted(runtime, target):
        begun = Begun(runtime, target, handler, payload, cause)
        running = await _call(begun, place)
        result, error = _encoded(running, begun)
        begun.finish(running.value, running.error if running.is_over else None, error)
        await begun.write_log(place)
        return Outcome(result, error, begun.invocation.log, begun.invocation.request_id)


class Begun:
    """An invocation that has begun.

    Attributes:
        runtime: what runs it.
        target: the function.
        handler: its handler.
        invocation: its record.
        context: what the handler is given beside the event.
        output: what it has written so far.
    """

    def __init__(self, runtime: Runtime, target: Target, handler: Registered, payload: bytes, cause: Cause) -> None:
        self.runtime, self.target, self.handler = runtime, target, handler
        request_id = cause.request_id or str(uuid4())
        stream = f"{lambdas.today()}/[{target.version}]{runtime.own.stream}"
        self.context = Context(target, request_id, stream, cause.client_context)
        self.event = json.loads(payload)
        self.invocation = Invocation(
            target.name,
            target.version,
            json.loads(payload),  # which the handler does not change
            cause.trigger,
            request_id,
            delivery=cause.delivery,
            may_fail=handler.may_fail,
        )
        runtime.own.invocations.append(self.invocation)
        self.output = Output(request_id)
        self.output.add(f"START RequestId: {request_id} Version: {target.version}")

    def finish(self, result: Any, error: BaseException | None, failure: FunctionError | None) -> None:
        """Note how it has ended."""
        self.invocation.ended(result, error, failure)
        is_timeout = failure is not None and failure.kind == TIMED_OUT
        if failure is not None and not is_timeout:
            self.output.add(failure.log)
        milliseconds = (self.invocation.duration or 0) * 1000
        request, memory = self.invocation.request_id, self.target.memory
        self.output.add(f"END RequestId: {request}")
        self.output.add(
            f"REPORT RequestId: {request}\tDuration: {milliseconds:.2f} ms\t"
            f"Billed Duration: {int(milliseconds) + 1} ms\tMemory Size: {memory} MB\t"
            f"Max Memory Used: {min(memory, 64)} MB\t{'Status: timeout' if is_timeout else ''}"
        )
        self.invocation.log = "".join(f"{event}\n" for event in self.output.events)

    async def write_log(self, place: Place) -> None:
        """Write what it has written to its log in CloudWatch."""
        stream, events = self.context.log_stream_name, self.output.events
        await act(self.runtime, place, partial(lambdas.write_logs, self.target, stream, events))


@contextmanager
def counted(runtime: Runtime, target: Target) -> Iterator[None]:
    """Count an invocation while it runs.

    Raises:
        Throttled: as many run as the function's reserved concurrency allows.
    """
    running = runtime.own.running
    with state_lock:
        if target.concurrency is not None and running.get(target.arn, 0) >= target.concurrency:
            raise Throttled(target.name)
        running[target.arn] = running.get(target.arn, 0) + 1
    try:
        yield
    finally:
        with state_lock:
            running[target.arn] -= 1


async def _call(begun: Begun, place: Place) -> Running:
    handler, runtime = begun.handler, begun.runtime
    user = object() if handler.environment is not None and not handler.is_async else None
    if user is not None:
        await runtime.locked(place, partial(environment.enter, user, begun.target.environment, hide=False))
    try:
        with captured(begun.output), answering():
            function = partial(_chunks_of, handler.handler) if handler.is_stream else handler.handler
            is_async = handler.is_async or handler.is_stream
            work = partial(function, begun.event, begun.context)
            return await place.call(work, is_async=is_async, seconds=begun.target.timeout)
    finally:
        if user is not None:
            await runtime.locked(place, partial(environment.leave, user))


async def _chunks_of(handler: Any, event: Any, context: Context) -> list[Any]:
    """Collect the chunks of a response stream for a caller that wants the whole."""
    items = handler(event, context)
    if isinstance(items, AsyncIterable):
        return [each async for each in items]
    return list(items)


def _encoded(running: Running, begun: Begun) -> tuple[bytes, FunctionError | None]:
    result: bytes | FunctionError
    request_id = begun.invocation.request_id
    if not running.is_over:
        result = timeout_error(request_id, begun.target.timeout)
    elif running.error is not None:
        result = error_of(running.error, request_id)
    elif begun.handler.is_stream:
        result = _joined(running.value, request_id)
    else:
        result = result_of(running.value, request_id)
    return (result.payload, result) if isinstance(result, FunctionError) else (result, None)


def _joined(chunks: list[Any], request_id: str) -> bytes | FunctionError:
    """Join the chunks of a response stream."""
    try:
        return checked_size(b"".join(map(chunk_bytes, chunks)))
    except TypeError as error:
        return FunctionError("Runtime.MarshalError", f"Unable to marshal response: {error}", request_id, [])


def chunk_bytes(chunk: Any) -> bytes:
    """Encode one chunk of a response stream.

    Raises:
        TypeError: it is neither bytes nor a string.
    """
    if isinstance(chunk, str):
        return chunk.encode()
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    raise TypeError(f"a chunk of a response stream must be bytes or a string, not {chunk!r}")
