"""Answer a request from the rules of ``aws.answers``, or else by Moto."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import ClientError
from botocore.model import OperationModel

from aiomoto import _helper_loop
from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.output_check import check_output
from aiomoto._aws.outputs import response_for
from aiomoto._aws.parsed_output import output_of, with_new_body
from aiomoto._calls.record import Record
from aiomoto._calls.scripted_call import ScriptedCall
from aiomoto._errors import ArgumentError
from aiomoto._moto import invocation
from aiomoto._rules.answer import Answer, OneAnswer
from aiomoto._wire.message import WireRequest, WireResponse
from aiomoto._wire.source import answering
from aiomoto.answers import Answers


class Moto(NamedTuple):
    """Two ways to have Moto answer the request: from a thread, and from an event loop.

    The functions of ``aws.functions`` stand between.
    """

    ask: Callable[[], WireResponse]
    ask_async: Callable[[], Awaitable[WireResponse]]


class Between(Protocol):
    """What a mock has between its rules and Moto: the functions of ``aws.functions``."""

    def __bool__(self) -> bool:
        """Tell whether there are any, so that calls may concern them."""

    def __len__(self) -> int:
        """Tell how many there are."""

    def around(self, moto: Moto, record: Record, others: Sequence[Any], owner: Any, read_timeout: float | None) -> Moto:
        """Stand between a call and Moto.

        Args:
            moto: asks Moto.
            record: the record of the call, with all of it.
            others: the same of the mocks that the call belongs to, this one included, the innermost mock's first.
            owner: the exchange that answers the call.
            read_timeout: the client's read timeout in seconds; ``None`` for no timeout.
        """


class Script:
    """What the rules of some mocks answer to one request.

    Args:
        rules: the rules of these mocks, the innermost first.
        record: the record of the request, with all of it.
        moto: has Moto answer it.
        read_timeout: the client's read timeout in seconds; ``None`` for no timeout.
    """

    def __init__(self, rules: Iterable[Answers], record: Record, moto: Moto, read_timeout: float | None) -> None:
        self._rules = tuple(rules)
        self._record = record
        self._moto = moto
        self._read_timeout = read_timeout
        self._motos: dict[str, Any] = {}
        self.rule: Answer | None = None

    def respond(self) -> WireResponse:
        """Answer in this thread, by the first rule that answers, or else by Moto.

        Raises:
            ArgumentError: a function has returned what does not fit the operation's output.
            WireFailure: the answer takes longer than the client waits.
        """
        for rule, answer in self._acting():
            value = answer if not callable(answer) else self._call(answer)
            if self._is_answer(rule, value):
                invocation.pause(rule.latency, self._read_timeout)
                return self._iterated_here(self._response(value))
        return self._iterated_here(self._moto.ask())

    async def respond_async(self) -> WireResponse:
        """Answer on the running loop. Errors are those of :meth:`respond`."""
        for rule, answer in self._acting():
            value = answer if not callable(answer) else await self._call_on_loop(answer)
            if self._is_answer(rule, value):
                await invocation.pause_async(rule.latency, self._read_timeout)
                return self._response(value)
        return await self._moto.ask_async()

    def _iterated_here(self, response: WireResponse) -> WireResponse:
        """Have a body that needs an event loop iterated on one of its own."""
        source = response.source
        if source is not None and isinstance(source.items, AsyncIterable):
            source.items = _helper_loop.iterate(source.items, self._read_timeout)
        return response

    @property
    def idle(self) -> str:
        """Name the rules for the operation, of which none has answered; empty if there are none."""
        call = ScriptedCall(self._record, self._ask)
        found = [repr(rule) for rules in self._rules for rule in rules if rule.selects(call)]
        return f"No rule answered this call: {', '.join(found)}. " if found else ""

    def _acting(self) -> Iterator[tuple[Answer, OneAnswer]]:
        call = ScriptedCall(self._record, self._ask)
        for rules in self._rules:
            yield from rules.acting_on(call)

    def _is_answer(self, rule: Answer, value: Any) -> bool:
        if value is None:
            rule.uncount()
            return False
        self.rule = rule
        return True

    # ------------------------------------------------------------ functions

    def _call(self, function: Callable[..., Any]) -> Any:
        if not _is_async(function):
            return _caught(function, ScriptedCall(self._record, self._ask))
        call = ScriptedCall(self._record, self._ask_async)
        return _helper_loop.run(lambda: _caught_async(function, call))

    async def _call_on_loop(self, function: Callable[..., Any]) -> Any:
        if not _is_async(function):
            return _caught(function, ScriptedCall(self._record, self._ask))
        return await _caught_async(function, ScriptedCall(self._record, self._ask_async))

    def _ask(self) -> dict[str, Any]:
        return self._output(self._moto.ask())

    async def _ask_async(self) -> dict[str, Any]:
        return self._output(await self._moto.ask_async())

    def _output(self, response: WireResponse) -> dict[str, Any]:
        protocol = ScriptedCall(self._record, self._ask).protocol
        output = output_of(self._record.request, response, self._model, protocol)
        self._motos = dict(output)
        return output

    # ------------------------------------------------------------ responses

    @property
    def _model(self) -> OperationModel:
        model = self._record.identity.model
        assert model is not None  # rules select calls by service and operation
        return model

    def _response(self, value: Any) -> WireResponse:
        protocol = ScriptedCall(self._record, self._ask).protocol
        if isinstance(value, ClientError):
            return _error_response(self._record.request, self._model, protocol, value)
        if not isinstance(value, Mapping):
            name = f"{self._model.service_model.service_name} {self._model.name}"
            raise ArgumentError(f"the answer to {name} must be a mapping or None, not {value!r}")
        check_output(self._model, value)
        return response_for(self._model, protocol, with_new_body(self._model, value, self._motos))


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def _caught(function: Callable[..., Any], call: ScriptedCall) -> Any:
    try:
        with answering():
            return function(call)
    except ClientError as error:
        return error


async def _caught_async(function: Callable[..., Any], call: ScriptedCall) -> Any:
    try:
        with answering():
            return await function(call)
    except ClientError as error:
        return error


def _error_response(request: WireRequest, model: OperationModel, protocol: str, error: ClientError) -> WireResponse:
    response: Mapping[str, Any] = error.response
    said = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    members = {name: value for name, value in response.items() if name not in _OF_EVERY_ERROR}
    code = str(said.get("Code") or "InternalFailure")
    service = model.service_model.service_name
    answer = ErrorResponse(code, status, message=said.get("Message"), members=members)
    if members:
        answer.check(service)
    return answer.response(request, service, protocol)


_OF_EVERY_ERROR = ("Error", "ResponseMetadata", "Message", "message")
