"""A sample of what suites/all_answers.py compares: one service for each of AWS's protocols, with each client."""

from __future__ import annotations

import pytest

from tests.every_answer import EXCEPTIONS, compare
from tests.reporting import UNEXPLAINED, reason_of


@pytest.mark.thorough
@pytest.mark.parametrize("service", ["sqs", "sns", "ec2", "s3control", "bedrock-runtime", "cloudwatch"])
def test_random_answers_come_back_the_same(service: str) -> None:
    found = compare(service, sample=5)
    lines = [*found.outputs, *found.errors]

    assert len(lines) >= 10
    assert [line for line in lines if line and reason_of(line, EXCEPTIONS) == UNEXPLAINED] == []
    assert sum(not line for line in lines) > len(lines) / 2
