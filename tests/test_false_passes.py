"""What looks as if it proved something, and does not, is an error."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import urllib3

from aiomoto import AiomotoError, ArgumentError, MockAWS, RequestBlockedError, mock_aws


def list_queues() -> None:
    boto3.client("sqs", "us-east-1").list_queues()


def test_the_log_of_a_mock_that_only_decorates_proves_nothing() -> None:
    aws = mock_aws()
    aws(list_queues)()
    with pytest.raises(AiomotoError, match="its mock was never started"):
        aws.calls.assert_not_called("sqs", "ListQueues")


def test_a_log_of_a_mock_that_has_ended_still_proves_something() -> None:
    with mock_aws() as aws:
        pass
    aws.calls.assert_not_called("sqs", "ListQueues")


@pytest.mark.parametrize("name", ["service", "operation", "region"])
def test_a_service_by_name_is_not_taken_for_a_parameter(name: str) -> None:
    with mock_aws() as aws:
        list_queues()
        with pytest.raises(ArgumentError, match=f"{name}= is taken for a parameter of the call"):
            aws.calls.filter(**{name: "sqs"})


def test_a_where_that_returns_a_coroutine_is_an_error() -> None:
    async def condition(call: Any) -> bool:
        return False

    with mock_aws() as aws:
        aws.faults.add("sqs", error="Throttling", where=lambda call: condition(call))  # type: ignore[arg-type, return-value]
        with pytest.raises(AiomotoError, match="must return True or False, not a coroutine"):
            list_queues()


def test_the_headers_of_a_call_cannot_be_changed() -> None:
    with mock_aws() as aws:
        list_queues()
        headers: Any = aws.calls.last.headers
        with pytest.raises(TypeError):
            headers["x-amz-date"] = "never"


def test_one_call_is_equal_in_each_log() -> None:
    with mock_aws() as outer, mock_aws() as inner:
        list_queues()
        assert outer.calls[0] == inner.calls[0]


def test_a_subclass_with_arguments_of_its_own_decorates() -> None:
    class Seeded(MockAWS):
        def __init__(self, name: str) -> None:
            super().__init__(sleep="instant")
            self.name = name

        def start(self, reset: bool | None = None) -> None:
            super().start(reset)
            boto3.client("sqs", "us-east-1").create_queue(QueueName=self.name)

    @Seeded("jobs")
    def count() -> int:
        return len(boto3.client("sqs", "us-east-1").list_queues()["QueueUrls"])

    assert (count(), count()) == (1, 1)


def test_hosts_of_the_isolated_partitions_are_aws() -> None:
    with mock_aws(), pytest.raises(RequestBlockedError):
        urllib3.PoolManager().request("GET", "https://amp.us-iso-east-1.c2s.ic.gov/", retries=False)
