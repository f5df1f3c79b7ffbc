"""``aws.answers``: answer any operation of AWS from the test, also those that Moto does not have."""

from __future__ import annotations

import copy
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from functools import wraps
from importlib.util import find_spec
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import OperationModel

from aiomoto._aws.names import check_names, check_switch
from aiomoto._aws.operations import operation_model
from aiomoto._aws.output_check import check_output
from aiomoto._aws.output_stream import streamed_member
from aiomoto._calls.call import Call
from aiomoto._errors import ArgumentError
from aiomoto._rules.answer import Answer, OneAnswer
from aiomoto._rules.arguments import check_kinds, check_numbers, plain, selection_of
from aiomoto._rules.rule_set import RuleSet

__all__ = ["Answer", "Answers"]


class Answers(RuleSet[Answer]):
    """The scripted answers of one mock, in the order in which they were added.

    Only the first matching rule that is not used up answers a call. In nested mocks the rules of the innermost mock are
    tried first, then those of the mocks around it. Calls that no rule answers go to Moto.
    """

    def add(
        self,
        service: str,
        operation: str,
        answer: Any,
        /,
        *,
        region: str | None = None,
        where: Mapping[str, Any] | Callable[[Call], bool] | None = None,
        times: int | None = None,
        after: int = 0,
        latency: float = 0,
        optional: bool = False,
    ) -> Answer:
        """Add a rule that answers calls of one operation.

        Args:
            service: botocore's name of a service (``"bedrock-runtime"``).
            operation: botocore's name of an operation (``"Converse"``).
            answer: a mapping in the shape that the client returns; a botocore ``ClientError``; a function of the
                :class:`Call`, plain or async, that returns a mapping, returns ``None`` to leave the call to the next
                rule and then to Moto, or raises a ``ClientError``; or a list of these, one for each call in turn. In
                the function, ``call.moto()`` is what Moto would have answered, to be awaited in an async function.
                An operation that takes a stream of events and returns one may have an async generator function: it
                reads ``call.events`` and yields the events of the answer.
            region: the region that the call is signed for; ``None`` for all.
            where: parameters that the call must have, or a function of the :class:`Call` that tells whether it matches.
            times: how many calls to answer; ``None`` for all, or for as many as the list has answers.
            after: how many matching calls to skip first.
            latency: seconds that the response takes longer.
            optional: whether the rule may answer no call without being listed in :attr:`unused`.

        Raises:
            ArgumentError: there is no such service, operation, region or parameter, the answer does not fit the
                operation's output, or another argument has a wrong value.
        """
        model = _operation(service, operation)
        in_turn = isinstance(answer, Sequence) and not isinstance(answer, (str, bytes, Mapping))
        serves_once = in_turn or times == 1
        answers = [_checked(model, each, serves_once=serves_once) for each in (answer if in_turn else [answer])]
        if not answers:
            raise ArgumentError("answer must not be an empty list: give one answer for each call")
        check_kinds(region=region, times=times, after=after, latency=latency)
        check_numbers(times=times, after=after, latency=latency)
        check_switch("optional", optional)
        if in_turn and times is not None and times > len(answers):
            raise ArgumentError(f"times must be at most {len(answers)}, the number of answers in the list, not {times}")
        return self.append(
            Answer(
                selection_of(service, operation, region, where),
                answers,
                in_turn=in_turn,
                latency=plain(latency),
                times=len(answers) if in_turn and times is None else times,
                after=after,
                optional=optional,
                remove=self.discard,
            )
        )

    def acting_on(self, call: Call) -> Iterator[tuple[Answer, OneAnswer]]:
        """The rules that act on a call, and the answer of each. Each one is counted when it comes."""
        for rule in self.rules:
            if (number := rule.count(call)) is not None:
                yield rule, rule.answer(number)


def _operation(service: Any, operation: Any) -> OperationModel:
    for name, value in (("service", service), ("operation", operation)):
        if not isinstance(value, str):
            raise ArgumentError(f"{name} must be a non-empty string, not {value!r}")
    check_names(service, operation)
    model = operation_model(service, operation)
    assert model is not None
    if model.has_event_stream_input and find_spec("smithy_http") is None:
        raise ArgumentError(
            f"{service} {operation} takes a stream of events, which clients of botocore and aiobotocore cannot send. "
            "Those of the AWS SDK for Python v4 can, on Python 3.12 or later: pip install its package of the service"
        )
    return model


def _checked(model: OperationModel, answer: Any, *, serves_once: bool) -> OneAnswer:
    if isinstance(answer, ClientError):
        return answer
    if isinstance(answer, Mapping):
        check_output(model, answer)
        return _with_body_to_keep(model, _copy(answer), serves_once=serves_once)
    if inspect.isgenerator(answer) or inspect.isasyncgen(answer) or inspect.iscoroutine(answer):
        raise ArgumentError(
            f"answer must be a mapping, a function of the call, a ClientError, or a list of these, not {answer!r}: a "
            "generator or coroutine serves one call only. Pass the function itself"
        )
    if inspect.isasyncgenfunction(answer) and model.has_event_stream_input and model.has_event_stream_output:
        return _yielding(model, answer)
    if inspect.isgeneratorfunction(answer) or inspect.isasyncgenfunction(answer):
        raise ArgumentError(f"answer must be a function that returns a mapping, not the generator function {answer!r}")
    if isinstance(answer, type) or not callable(answer):
        raise ArgumentError(
            f"answer must be a mapping, a function of the call, a ClientError, or a list of these, not {answer!r}"
        )
    try:
        inspect.signature(answer).bind(None)
    except TypeError:
        raise ArgumentError(f"answer must be a function of one argument, the call, not {answer!r}") from None
    except ValueError:  # a built-in function that has no signature
        pass
    return answer  # type: ignore[no-any-return]


def _yielding(model: OperationModel, function: Callable[..., Any]) -> OneAnswer:
    """Turn a function that yields the events of an answer into one that returns the output that has them."""

    @wraps(function)
    def answer(call: Call) -> dict[str, Any]:
        return {model.output_shape.event_stream_name: function(call)}

    return answer


def _copy(answer: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return copy.deepcopy(dict(answer))  # the user may change the original
    except Exception:  # a file or an iterator, which can be read only where it is
        return dict(answer)


def _with_body_to_keep(model: OperationModel, answer: dict[str, Any], *, serves_once: bool) -> dict[str, Any]:
    """Read a file into memory, and refuse what can be iterated only once where there may be several calls."""
    name = streamed_member(model)
    body: Any = answer.get(name)
    if hasattr(body, "read") and not inspect.iscoroutinefunction(body.read):
        return {**answer, name: body.read()}
    if not serves_once and (isinstance(body, (Iterator, AsyncIterator)) or hasattr(body, "read")):
        raise ArgumentError(
            f"{name} is {body!r}, which can be read once, but the rule may answer several calls: give a list, a "
            "function of the call that returns the output with a new one, or times=1"
        )
    return answer
