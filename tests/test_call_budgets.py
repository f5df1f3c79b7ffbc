"""A test can limit how often an operation is called, and see how often each one was."""

from __future__ import annotations

import boto3
import pytest

from aiomoto import AiomotoError, ArgumentError, CallLog, mock_aws


@pytest.fixture
def calls() -> CallLog:
    """The log of three messages, the first of which is sent in three attempts, and of a queue that does not exist."""
    with mock_aws(sleep="instant") as aws:
        sqs = boto3.client("sqs", region_name="us-east-1")
        queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        aws.faults.add("sqs", "SendMessage", error="Throttling", times=2)
        for body in "abc":
            sqs.send_message(QueueUrl=queue, MessageBody=body)
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            sqs.get_queue_url(QueueName="job")
    return aws.calls


def test_budget_that_is_kept_passes(calls: CallLog) -> None:
    calls.assert_at_most(3, "sqs", "SendMessage")
    calls.assert_at_most(1, "sqs", "SendMessage", MessageBody="a")
    calls.assert_at_most(0, "sqs", "SendMessage", MessageBody="d")
    calls.assert_at_most(5, "sqs")
    calls.assert_at_most(5)


def test_calls_over_budget_are_listed_and_retries_are_not_counted(calls: CallLog) -> None:
    with pytest.raises(AssertionError) as caught:
        calls.assert_at_most(2, "sqs", "SendMessage")

    lines = str(caught.value).splitlines()
    assert lines[0].startswith("sqs.SendMessage() was called 3 times; expected at most 2. Calls that were made")
    assert len(lines) == 6
    assert [line.rpartition(" ")[2] for line in lines[1:]].count("Throttling") == 2


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (("sqs", "CreateQueue"), "sqs.CreateQueue() was called 1 time; expected at most 0."),
        (("sqs",), "sqs.*() was called 5 times; expected at most 0."),
        ((), "AWS was called 5 times; expected at most 0."),
    ],
)
def test_what_was_called_too_often_is_named(calls: CallLog, wanted: tuple[str, ...], message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        calls.assert_at_most(0, *wanted)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("most", [-1, True, 2.0, "sqs", None])
def test_budget_must_be_a_number_of_calls(calls: CallLog, most: object) -> None:
    with pytest.raises(ArgumentError, match="the greatest number of calls must be 0 or a greater int, not ") as caught:
        calls.assert_at_most(most, "sqs")  # type: ignore[arg-type]

    assert repr(most) in str(caught.value)


def test_typos_cannot_keep_a_budget(calls: CallLog) -> None:
    with pytest.raises(ArgumentError, match="did you mean 'SendMessage'"):
        calls.assert_at_most(3, "sqs", "SendMesage")


def test_log_of_a_mock_that_never_started_keeps_no_budget() -> None:
    with pytest.raises(AiomotoError, match="has recorded nothing"):
        mock_aws().calls.assert_at_most(3, "sqs")


def test_summary_counts_calls_attempts_and_errors_in_the_order_of_first_calls(calls: CallLog) -> None:
    rows = [(row.service, row.operation, row.calls, row.attempts, row.errors) for row in calls.summary()]

    assert rows == [
        ("sqs", "CreateQueue", 1, 1, 0),
        ("sqs", "SendMessage", 3, 5, 2),
        ("sqs", "GetQueueUrl", 1, 1, 1),
    ]


def test_summary_adds_up_durations(calls: CallLog) -> None:
    sent = calls.filter("sqs", "SendMessage")
    row = calls.summary()[1]

    assert row.total == sum(call.duration or 0 for call in sent)
    assert row.longest == max(call.duration or 0 for call in sent)
    assert 0 < row.longest < row.total


def test_summary_prints_as_a_table(calls: CallLog) -> None:
    lines = str(calls.summary()).splitlines()

    assert lines[0] == "operation        calls  attempts  errors  total ms  longest ms"
    assert lines[1].startswith("sqs.CreateQueue      1         1       0  ")
    assert lines[2].startswith("sqs.SendMessage      3         5       2  ")
    assert {len(line) for line in lines} == {len(lines[0])}


def test_summary_is_a_sequence(calls: CallLog) -> None:
    summary = calls.summary()

    assert len(summary) == 3
    assert [row.operation for row in summary[1:]] == ["SendMessage", "GetQueueUrl"]
    assert repr(summary) == "<Summary of 3 operations>"
    assert str(CallLog().summary()) == "operation  calls  attempts  errors  total ms  longest ms"


def test_call_has_failed_if_its_response_is_an_error_or_there_is_none() -> None:
    with mock_aws(sleep="instant") as aws:
        sqs = boto3.client("sqs", region_name="us-east-1")
        aws.faults.add("sqs", "ListQueues", raises="reset", times=1)
        aws.faults.add("sqs", "ListQueues", error="Throttling", times=1)
        sqs.list_queues()

    assert [call.has_failed for call in aws.calls] == [True, True, False]
