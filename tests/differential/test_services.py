"""What Moto answers to boto3 it answers to us: status, headers, body, and what the client makes of them."""

from __future__ import annotations

import pytest

from tests.differential.comparison import compare

pytestmark = pytest.mark.thorough

# A sample over all protocols; `make matrix` compares all services.
SAMPLE = ["dynamodb", "efs", "kinesis", "s3", "secretsmanager", "sns", "sqs", "sts"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("service", SAMPLE)
def test_each_client_gets_the_answers_that_boto3_gets_from_moto(service: str) -> None:
    found = compare(service)
    assert found.differences == []
    assert found.answered > found.operations / 4
