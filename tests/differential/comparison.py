"""A service as boto3 sees it under Moto's own mock, and as each client sees it under ours."""

from __future__ import annotations

from dataclasses import dataclass, field

import boto3
from moto.backend_index import backend_url_patterns

from aiomoto import mock_aws
from tests.conftest import STACKS
from tests.differential.answers import NOT_ANSWERED, SENT, Answer
from tests.differential.runs import Answers, call_all, call_all_async

# Operations whose answers may differ, and why.
MAY_DIFFER = {
    ("acm-pca", "GetCertificateAuthorityCsr"): "each time with a new RSA key, from OpenSSL's random numbers",
    ("dynamodb", "ImportTable"): "a thread of Moto's goes on with it, more or less far",
    ("autoscaling", "TerminateInstanceInAutoScalingGroup"): "Moto raises StopIteration, which no coroutine can raise",
}


@dataclass
class Comparison:
    """What came of comparing a service: how many of its operations Moto answers, and the differences, in words."""

    service: str
    operations: int = 0
    answered: int = 0
    differences: list[str] = field(default_factory=list)


def is_in_moto(service: str) -> bool:
    """Tell whether Moto has a service, by the host of its clients."""
    client = boto3.client(service, "us-east-1", aws_access_key_id="ada", aws_secret_access_key="lovelace")
    return any(pattern.match(f"{client.meta.endpoint_url}/") for _, pattern in backend_url_patterns)


def compare(service: str) -> Comparison:
    """Compare a service, which Moto has, as boto3 and as each HTTP library of aiobotocore sees it."""
    by_moto = call_all(service)
    answered = [answer for answer in by_moto.values() if answer.outcome not in (NOT_ANSWERED, SENT)]
    found = Comparison(service, len(by_moto), len(answered))
    found.differences += _differences(service, "boto3", by_moto, call_all(service, mock_aws))
    lowered = {name: answer.lowered() for name, answer in by_moto.items()}
    for stack in STACKS:
        if stack.loop == "asyncio":
            answers = call_all_async(service, stack.session_class)
            found.differences += _differences(service, stack.name, lowered, answers)
    return found


def _differences(service: str, client: str, expected: Answers, actual: Answers) -> list[str]:
    return [
        f"{service} {name} through {client}: {difference}"
        for name in expected
        if (service, name) not in MAY_DIFFER and (difference := difference_of(expected[name], actual[name]))
    ]


def difference_of(expected: Answer, actual: Answer) -> str | None:
    """Say in what two answers differ first; ``None`` where they do not."""
    if expected.outcome == SENT:  # Moto knows no such host, and lets the request out
        expected = Answer((), NOT_ANSWERED)
    if expected == actual:
        return None
    for before, after in zip(expected.replies, actual.replies, strict=False):
        for one, other in zip(before, after, strict=True):
            if one != other:
                return _excerpt(str(one), str(other))
    return _excerpt(expected.outcome, actual.outcome)


def _excerpt(expected: str, actual: str) -> str:
    pairs = zip(expected, actual, strict=False)
    same = next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(expected), len(actual)))
    part = slice(max(0, same - 80), same + 120)
    return f"\n  expected ...{expected[part]}\n  got      ...{actual[part]}"
