"""The operations that invoke functions: Invoke, InvokeAsync and InvokeWithResponseStream.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.outputs import response_for
from aiomoto._calls.call import Call
from aiomoto._calls.record import Record
from aiomoto._environment.variables import region as default_region
from aiomoto._functions.asynchronous import Event
from aiomoto._functions.chain import call as call_function
from aiomoto._functions.chain import carry_out
from aiomoto._functions.handler import Registered
from aiomoto._functions.payload import tail_of
from aiomoto._functions.places import Place
from aiomoto._functions.running import Begun, Cause, Outcome, Throttled, run
from aiomoto._functions.runtime import Runtime
from aiomoto._functions.stream import streamed
from aiomoto._moto import lambdas
from aiomoto._moto.lambdas import Target
from aiomoto._wire.message import WireResponse

OPERATIONS = frozenset({"Invoke", "InvokeAsync", "InvokeWithResponseStream"})
_LARGEST = {"RequestResponse": 6291456, "Event": 1048576, "DryRun": 6291456}  # bytes; of events since October 2025


class Refused(Exception):
    """The service refuses an invocation.

    Attributes:
        response: the error, as a service sends it.
    """

    def __init__(self, code: str, message: str, status: int, **members: Any) -> None:
        super().__init__(message)
        self.response = ErrorResponse(code, status, message=message, members=members)


class Invoke:
    """A call that invokes a function that has a handler.

    Args:
        record: the record of the call.
        runtime: what runs functions.
        read_timeout: the client's read timeout in seconds; ``None`` for no timeout.
    """

    def __init__(self, record: Record, runtime: Runtime, read_timeout: float | None) -> None:
        self._record = record
        self._call = Call(record)
        self._runtime = runtime
        self._read_timeout = read_timeout

    async def respond(self, place: Place) -> WireResponse | None:
        """Invoke the function; ``None`` if it has no handler."""
        try:
            found = await self._runtime.locked(place, self._find)
            return None if found is None else await self._invoke(place, *found)
        except Refused as error:
            return self._error(error)
        except Throttled:
            reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
            return self._error(Refused("TooManyRequestsException", "Rate Exceeded.", 429, Reason=reason, Type="User"))

    def _find(self) -> tuple[Target, Registered] | None:
        params = self._call.params
        named = lambdas.parse_name(str(params.get("FunctionName", "")))
        region = self._call.region or default_region()
        if named is None or named.region not in (None, region):
            return None
        handler = self._runtime.handler_of(named.name, region)
        if handler is None:
            return None
        qualifier = named.qualifier or params.get("Qualifier")
        account = named.account or self._call.account
        target = lambdas.find(account, region, named.name, qualifier)
        if target is None:
            arn = lambdas.arn_of(account, region, named.name, qualifier)
            raise Refused("ResourceNotFoundException", f"Function not found: {arn}", 404, Type="User")
        return target, handler

    async def _invoke(self, place: Place, target: Target, handler: Registered) -> WireResponse:
        params, operation = self._call.params, self._call.operation
        kind = "Event" if operation == "InvokeAsync" else params.get("InvocationType") or "RequestResponse"
        payload = _payload(params.get("InvokeArgs" if operation == "InvokeAsync" else "Payload"), kind)
        client_context = params.get("ClientContext")
        if kind == "DryRun":
            return self._output({"StatusCode": 204})
        if kind == "Event":
            event = Event(target, payload, "Invoke", client_context)
            await carry_out([event], self._runtime, place)
            return self._output({"Status": 202} if operation == "InvokeAsync" else {"StatusCode": 202})
        cause = Cause(client_context=client_context)
        if operation == "InvokeWithResponseStream" and handler.is_stream:
            begun = Begun(self._runtime, target, handler, payload, cause)
            return self._stream(target, streamed(begun, wants_log=params.get("LogType") == "Tail"))
        work = partial(run, self._runtime, place, target, handler, payload, cause)
        title = f"the function {target.name!r}"
        outcome = await call_function(work, title, self._runtime, place, self._read_timeout)
        return self._response(target, outcome, wants_log=params.get("LogType") == "Tail")

    def _response(self, target: Target, outcome: Outcome, *, wants_log: bool) -> WireResponse:
        error = {"FunctionError": "Unhandled"} if outcome.error is not None else {}
        log = {"LogResult": tail_of(outcome.log)} if wants_log else {}
        if self._call.operation == "InvokeWithResponseStream":
            return self._stream(target, _whole(outcome, log))
        return self._output(
            {"StatusCode": 200, "ExecutedVersion": target.version, "Payload": outcome.payload} | error | log
        )

    def _stream(self, target: Target, events: AsyncIterator[dict[str, Any]]) -> WireResponse:
        head = {"StatusCode": 200, "ExecutedVersion": target.version}
        kind = "application/octet-stream"
        return self._output(head | {"ResponseStreamContentType": kind, "EventStream": events})

    def _output(self, output: dict[str, Any]) -> WireResponse:
        assert self._call.model is not None
        return response_for(self._call.model, self._call.protocol, output)

    def _error(self, error: Refused) -> WireResponse:
        return error.response.response(self._record.request, "lambda", self._call.protocol)


async def _whole(outcome: Outcome, log: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    """The events of a response that is not made piece by piece."""
    if outcome.error is None:
        yield {"PayloadChunk": {"Payload": outcome.payload}}
        yield {"InvokeComplete": log}
        return
    error = {"ErrorCode": outcome.error.kind, "ErrorDetails": outcome.payload.decode()}
    yield {"InvokeComplete": error | log}


def _payload(given: Any, kind: str) -> bytes:
    """Check the payload of a request.

    Raises:
        Refused: it is too large, it is not JSON, or there is no such invocation type.
    """
    if kind not in _LARGEST:
        raise Refused("InvalidParameterValueException", f"Invalid InvocationType: {kind}", 400)
    payload = given.read() if hasattr(given, "read") else given
    payload = payload.encode() if isinstance(payload, str) else bytes(payload or b"")
    if len(payload) > _LARGEST[kind]:
        message = (
            f"{len(payload)} byte payload is too large for the {kind} invocation type (limit {_LARGEST[kind]} bytes)"
        )
        raise Refused("RequestTooLargeException", message, 413)
    if not payload.strip():
        return b"{}"
    try:
        json.loads(payload)
    except ValueError as error:
        message = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise Refused("InvalidRequestContentException", message, 400) from None
    return payload
