"""Calls that look like a loop over items which one call could have asked for: the N+1 problem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader

from aiomoto._aws.client_added import without_added
from aiomoto._calls.call import Call
from aiomoto._errors import AiomotoError

_MORE_THAN = 20

# Parameters that differ because the calls belong together.
_PARTS = {("s3", "UploadPart"): {"PartNumber"}, ("kinesis", "GetRecords"): {"ShardIterator"}}


class Suspicion(NamedTuple):
    """An operation that was called again and again, one call after the other, with one differing parameter."""

    service: str
    operation: str
    parameter: str
    times: int

    def __str__(self) -> str:
        name = f"{self.service} {self.operation}"
        return f"{name} was called {self.times} times in sequence, each time with another {self.parameter}"


def suspicions(calls: Sequence[Call]) -> list[Suspicion]:
    """Find operations that were called more than 20 times in sequence with exactly one differing parameter."""
    operations: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        if call.attempt == 1 and call.service and call.operation:
            operations.setdefault((call.service, call.operation), []).append(call)
    many = {name: found for name, found in operations.items() if len(found) > _MORE_THAN}
    return [each for (service, operation), found in many.items() for each in _in(service, operation, found)]


def _in(service: str, operation: str, calls: list[Call]) -> Iterator[Suspicion]:
    groups: dict[tuple[str, str], list[tuple[Call, str]]] = {}
    for call in calls:
        params = {name: repr(value) for name, value in _params(call).items()}
        for name, value in params.items():
            others = {other: text for other, text in params.items() if other != name}
            groups.setdefault((name, repr(sorted(others.items()))), []).append((call, value))
    for (name, _), found in groups.items():
        times = _longest_sequence([call for call, _ in found])
        differ = len({value for _, value in found}) > len(found) / 2
        if times > _MORE_THAN and differ and name not in _belonging(service, operation):
            yield Suspicion(service, operation, name, times)


def _params(call: Call) -> dict[str, Any]:
    """The parameters that the code under test has chosen, without the content of an object."""
    try:
        params = without_added(call.params, call.model)
    except AiomotoError:
        return {}
    model = call.model
    if model is not None and model.has_streaming_input:
        params.pop(model.input_shape.serialization.get("payload"), None)
    return params


def _longest_sequence(calls: list[Call]) -> int:
    """The number of calls in the longest sequence in which each begins after the one before it has ended."""
    longest = length = 0
    end = float("-inf")
    for call in calls:
        length = length + 1 if call.began >= end else 1
        longest = max(longest, length)
        end = max(end, call.began + (call.duration or 0))
    return longest


@cache
def _belonging(service: str, operation: str) -> frozenset[str]:
    """The parameters that tell pages or parts of one whole from each other."""
    return frozenset(_PARTS.get((service, operation), ())) | _page_tokens(service, operation)


def _page_tokens(service: str, operation: str) -> frozenset[str]:
    try:
        pagination = Loader().load_service_model(service, "paginators-1")["pagination"]
    except DataNotFoundError:
        return frozenset()
    tokens = pagination.get(operation, {}).get("input_token", [])
    return frozenset([tokens] if isinstance(tokens, str) else tokens)
