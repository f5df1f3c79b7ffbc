"""A service as boto3 sees it under Moto's own mock, and as each client sees it under ours."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field

import boto3
from moto.backend_index import backend_url_patterns

from aiomoto import mock_aws
from tests.conftest import STACKS
from tests.differential.answers import NOT_ANSWERED, SENT, Answer
from tests.differential.operations import ALL
from tests.differential.runs import Answers, call_all, call_all_async

# Operations whose answers may differ, and why.
MAY_DIFFER = {
    ("dynamodb", "ImportTable"): "a thread of Moto's goes on with it, more or less far",
    ("logs", "StartLiveTail"): "aiobotocore's reader of event streams knows no responses of httpx",
}


@dataclass
class Comparison:
    """What came of comparing a service.

    Attributes:
        service: botocore's name of it.
        operations: how many it has.
        answered: how many of them Moto answers.
        unsteady: the operations that Moto answers to boto3 now so and now otherwise, with keys and names that it draws
            from the system's random numbers. Of these, only status, names of headers and kind of outcome are compared.
        differences: in words.
    """

    service: str
    operations: int
    answered: int
    unsteady: set[str] = field(default_factory=set)
    differences: list[str] = field(default_factory=list)


def is_in_moto(service: str) -> bool:
    """Tell whether Moto has a service, by the host of its clients."""
    client = boto3.client(service, "us-east-1", aws_access_key_id="ada", aws_secret_access_key="lovelace")
    return any(pattern.match(f"{client.meta.endpoint_url}/") for _, pattern in backend_url_patterns)


def compare(service: str) -> Comparison:
    """Compare a service, which Moto has, as boto3 and as each HTTP library of aiobotocore sees it."""
    by_moto = call_all(service)
    answered = [name for name, answer in by_moto.items() if answer.outcome not in (NOT_ANSWERED, SENT)]
    found = Comparison(service, len(by_moto), len(answered))
    runs = _by_ours(service, answered)
    if any(_differing(service, client, by_moto, answers) for client, answers in runs.items()):
        again = call_all(service, answered)
        found.unsteady = {name for name in answered if difference_of(by_moto[name], again[name])}
    for client, answers in runs.items():
        for name in _differing(service, client, by_moto, answers):
            expected, actual = _as_seen(by_moto[name], client), answers[name]
            if name in found.unsteady:
                expected, actual = expected.outline(), actual.outline()
            if difference := difference_of(expected, actual):
                found.differences.append(f"{service} {name} through {client}: {difference}")
    return found


def _by_ours(service: str, answered: list[str]) -> dict[str, Answers]:
    runs = {"boto3": call_all(service, answered, mock_aws)} if answered else {}
    for stack in STACKS:
        if stack.loop == "asyncio" and (answered or stack is STACKS[0]):
            # One client is enough to see that what Moto does not answer is blocked.
            names = ALL if stack is STACKS[0] else answered
            runs[stack.name] = call_all_async(service, names, stack.session_class)
    return runs


def _differing(service: str, client: str, expected: Answers, actual: Answers) -> list[str]:
    return [
        name
        for name, answer in actual.items()
        if (service, name) not in MAY_DIFFER and difference_of(_as_seen(expected[name], client), answer)
    ]


def _as_seen(answer: Answer, client: str) -> Answer:
    return answer if client == "boto3" else answer.lowered()


def difference_of(expected: Answer, actual: Answer) -> str | None:
    """Say in what two answers differ first; ``None`` where they do not."""
    if expected.outcome == SENT:  # Moto knows no such host, and lets the request out
        expected = Answer((), NOT_ANSWERED)
    if expected == actual or _is_documented(expected, actual):
        return None
    for before, after in zip(expected.replies, actual.replies, strict=False):
        for one, other in zip(before, after, strict=True):
            if one != other:
                return _excerpt(str(one), str(other))
    return _excerpt(expected.outcome, actual.outcome)


_ERRORS_OF_PARSERS = ("ExpatError", "JSONDecodeError", "ParseError")


def _is_documented(expected: Answer, actual: Answer) -> bool:
    """Whether Moto ended in an error of Python, where AWS documents an answer, which ours is (docs/fidelity.md)."""
    name = expected.outcome.partition(":")[0]
    ends_in_python = issubclass(getattr(builtins, name, object), Exception) or name in _ERRORS_OF_PARSERS
    return (
        not expected.replies and ends_in_python and [reply.status for reply in actual.replies] in ([400], [404], [200])
    )


def _excerpt(expected: str, actual: str) -> str:
    pairs = zip(expected, actual, strict=False)
    same = next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(expected), len(actual)))
    part = slice(max(0, same - 80), same + 120)
    return f"\n  expected ...{expected[part]}\n  got      ...{actual[part]}"
