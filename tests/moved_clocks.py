"""What the tests of ``aws.clock`` share: when their mocks begin, and clients."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest

from aiomoto import MockAWS, mock_aws

REGION = "us-east-1"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)  # a Thursday
NOON = START.replace(hour=12)
EXECUTE: dict[str, Any] = {"stepfunctions": {"execute_state_machine": True}}


def client(service: str, **options: Any) -> Any:
    """A client of boto3."""
    return boto3.client(service, REGION, **options)  # type: ignore[call-overload]


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    """A mock that begins when the year does."""
    with mock_aws(time=START) as aws:
        yield aws
