"""``repr(aws)`` says in at most three lines what is active."""

from __future__ import annotations

import boto3

from aiomoto import MockAWS, mock_aws


def test_mock_says_whether_it_is_active_and_how_many_calls_it_has_seen() -> None:
    mock = mock_aws()
    assert repr(mock) == "<MockAWS: not started\n no calls>"

    with mock as aws:
        assert repr(aws) == "<MockAWS: active\n no calls>"
        sqs = boto3.client("sqs", region_name="us-east-1")
        sqs.list_queues()
        assert repr(aws) == "<MockAWS: active\n 1 call>"
        sqs.list_queues()

    assert str(aws) == "<MockAWS: ended\n 2 calls>"


def test_mock_says_which_options_differ_from_the_defaults_and_how_many_rules_it_has() -> None:
    with mock_aws(sleep="instant", leaks="error", reset=True) as aws:
        aws.faults.add("s3", error="SlowDown", optional=True)
        aws.faults.add("sqs", error="Throttling", optional=True)
        aws.answers.add("sqs", "ListQueues", {"QueueUrls": []}, optional=True)

        assert repr(aws) == "<MockAWS: active, sleep='instant', leaks='error'\n no calls, 2 faults, 1 answer>"


def test_mock_says_where_its_endpoint_is_if_it_is_open() -> None:
    with mock_aws() as aws:
        url = aws.endpoint.url

        assert repr(aws) == f"<MockAWS: active\n no calls\n endpoint: {url}>"
    assert repr(aws) == "<MockAWS: ended\n no calls>"


def test_long_option_is_shortened() -> None:
    urls = [f"https://example.com/{number}" for number in range(100)]

    lines = repr(mock_aws(config={"core": {"passthrough": {"urls": urls}}})).splitlines()

    assert len(lines) == 2
    assert len(lines[0]) < 250


def test_mock_of_a_subclass_bears_its_name() -> None:
    class Ours(MockAWS):
        pass

    assert repr(Ours()) == "<Ours: not started\n no calls>"
