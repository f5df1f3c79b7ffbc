"""SQS queues invoke functions: batches, filters, windows, partial failures, retries and dead-letter queues."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from aiomoto import AiomotoError, mock_aws
from tests.functions import bodies, client, create_queue, map_source, send, shorten_window

AT_ONCE = {"VisibilityTimeout": "0"}  # failed messages come again at once
IN_A_MINUTE = {"VisibilityTimeout": "60"}


class Worker:
    """A function that notes its batches, and fails for the messages that it is told of."""

    def __init__(self, *bad: str) -> None:
        self.bad = bad
        self.batches: list[list[str]] = []

    def __call__(self, event: Any, context: Any) -> None:
        self.batches.append([record["body"] for record in event["Records"]])
        for body in self.batches[-1]:
            if body in self.bad:
                raise ValueError(body)


def redrive(arn: str, count: int) -> dict[str, Any]:
    return {"deadLetterTargetArn": arn, "maxReceiveCount": count}


def reporting(event: Any, context: Any) -> Any:
    failed = [record for record in event["Records"] if record["body"].startswith("bad")]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}


def test_a_message_reaches_the_function_before_send_message_returns() -> None:
    """The event is that of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html."""
    with mock_aws() as aws:
        aws.functions["worker"] = lambda event, context: None
        url, arn = create_queue("jobs")
        map_source("worker", arn)
        attributes = {
            "size": {"DataType": "Number", "StringValue": "7"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x01"},
        }
        sent = client("sqs").send_message(QueueUrl=url, MessageBody="resize", MessageAttributes=attributes)
        [invocation] = aws.functions.invocations
        assert bodies(url) == []
    [record] = invocation.event["Records"]
    received = record["attributes"]
    assert invocation.trigger == arn
    assert set(received) == {
        "ApproximateReceiveCount",
        "SentTimestamp",
        "SenderId",
        "ApproximateFirstReceiveTimestamp",
    }
    assert received["ApproximateReceiveCount"] == "1"
    assert re.fullmatch(r"\d{13}", received["SentTimestamp"])
    assert re.fullmatch(r"\d{13}", received["ApproximateFirstReceiveTimestamp"])
    assert record["receiptHandle"]
    assert {name: record[name] for name in record if name not in ("attributes", "receiptHandle")} == {
        "messageId": sent["MessageId"],
        "body": "resize",
        "messageAttributes": {
            "size": {"stringValue": "7", "stringListValues": [], "binaryListValues": [], "dataType": "Number"},
            "raw": {"binaryValue": "AQ==", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
        },
        "md5OfBody": sent["MD5OfMessageBody"],
        "md5OfMessageAttributes": sent["MD5OfMessageAttributes"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    }


def test_a_fifo_queue_tells_group_and_sequence() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = lambda event, context: None
        url, arn = create_queue("jobs.fifo", FifoQueue="true")
        map_source("worker", arn)
        sent = client("sqs").send_message(QueueUrl=url, MessageBody="a", MessageGroupId="g", MessageDeduplicationId="d")
        attributes = aws.functions.invocations[0].event["Records"][0]["attributes"]
    assert attributes["MessageGroupId"] == "g"
    assert attributes["MessageDeduplicationId"] == "d"
    # The response of Moto 5.1.0 has none.
    assert attributes["SequenceNumber"] == sent.get("SequenceNumber", attributes["SequenceNumber"])


def test_a_fifo_queue_keeps_its_order_when_a_batch_fails() -> None:
    class FailOnce(Worker):
        def __call__(self, event: Any, context: Any) -> None:
            try:
                super().__call__(event, context)
            finally:
                self.bad = ()

    with mock_aws() as aws:
        aws.functions["worker"] = worker = FailOnce("b")
        url, arn = create_queue("jobs.fifo", FifoQueue="true", **AT_ONCE)
        map_source("worker", arn, BatchSize=2)
        entries = [
            {"Id": body, "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": body} for body in "abcd"
        ]
        client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    assert worker.batches == [["a", "b"], ["a", "b"], ["c", "d"]]


def test_messages_come_in_batches() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = worker = Worker()
        url, arn = create_queue("jobs")
        map_source("worker", arn, BatchSize=3)
        send(url, *"abcdefg")
    assert worker.batches == [["a", "b", "c"], ["d", "e", "f"], ["g"]]


def test_what_a_queue_has_is_delivered_when_it_is_mapped() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = worker = Worker()
        url, arn = create_queue("jobs")
        send(url, "a", "b")
        uuid = map_source("worker", arn, Enabled=False)
        assert worker.batches == []
        client("lambda").update_event_source_mapping(UUID=uuid, Enabled=True)
        assert worker.batches == [["a", "b"]]


def test_a_mapping_that_is_disabled_or_deleted_delivers_nothing() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = worker = Worker()
        url, arn = create_queue("jobs")
        uuid = map_source("worker", arn)
        client("lambda").update_event_source_mapping(UUID=uuid, Enabled=False)
        send(url, "a")
        client("lambda").delete_event_source_mapping(UUID=uuid)
        send(url, "b")
        assert worker.batches == []
        assert bodies(url) == ["a", "b"]


def test_filters_delete_what_they_leave_out() -> None:
    pattern = {"body": {"kind": ["resize"], "width": [{"numeric": [">", 100, "<=", 200]}]}}
    with mock_aws() as aws:
        aws.functions["worker"] = worker = Worker()
        url, arn = create_queue("jobs")
        map_source("worker", arn, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
        wanted = json.dumps({"kind": "resize", "width": 200})
        send(url, "not JSON", json.dumps({"kind": "crop", "width": 150}), wanted, json.dumps({"kind": "resize"}))
        assert worker.batches == [[wanted]]
        assert bodies(url) == []


def test_a_batch_that_fails_comes_again_after_its_visibility_timeout() -> None:
    with mock_aws() as aws:
        aws.functions.add("worker", Worker("bad"), may_fail=True)
        url, arn = create_queue("jobs", **IN_A_MINUTE)
        map_source("worker", arn)
        send(url, "good", "bad")
        assert [invocation.failure for invocation in aws.functions.invocations] == ["ValueError"]
        assert bodies(url) == []
        with pytest.raises(AiomotoError, match=r"still: the function of the queue 'jobs', in (60|59) seconds"):
            aws.settle()


def test_a_poison_message_ends_in_the_dead_letter_queue() -> None:
    with mock_aws() as aws:
        aws.functions.add("worker", Worker("bad"), may_fail=True)
        dead, dead_arn = create_queue("dead")
        url, arn = create_queue(
            "jobs", RedrivePolicy={"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3}, **AT_ONCE
        )
        map_source("worker", arn)
        send(url, "good")
        send(url, "bad")
        assert [each.failure for each in aws.functions.invocations] == [None, "ValueError", "ValueError", "ValueError"]
        counts = [
            each.event["Records"][0]["attributes"]["ApproximateReceiveCount"] for each in aws.functions.invocations
        ]
        assert counts == ["1", "1", "2", "3"]
        assert bodies(dead) == ["bad"]
        assert bodies(url) == []


def test_a_dead_letter_queue_may_have_a_function_too() -> None:
    with mock_aws() as aws:
        aws.functions.add("worker", Worker("bad"), may_fail=True)
        aws.functions["undertaker"] = undertaker = Worker()
        _, dead_arn = create_queue("dead")
        url, arn = create_queue(
            "jobs", RedrivePolicy={"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}, **AT_ONCE
        )
        map_source("worker", arn)
        map_source("undertaker", dead_arn)
        send(url, "bad")
    assert undertaker.batches == [["bad"]]


def test_a_function_reports_which_messages_have_failed() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = reporting
        dead, dead_arn = create_queue("dead")
        url, arn = create_queue(
            "jobs", RedrivePolicy={"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2}, **AT_ONCE
        )
        map_source("worker", arn, FunctionResponseTypes=["ReportBatchItemFailures"])
        send(url, "good", "bad 1", "fine", "bad 2")
        batches = [[each["body"] for each in invocation.event["Records"]] for invocation in aws.functions.invocations]
        assert batches == [["good", "bad 1", "fine", "bad 2"], ["bad 1", "bad 2"]]
        assert bodies(dead) == ["bad 1", "bad 2"]


def test_a_report_of_an_unknown_message_fails_the_whole_batch() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = lambda event, context: {"batchItemFailures": [{"itemIdentifier": "unknown"}]}
        url, arn = create_queue("jobs", **IN_A_MINUTE)
        map_source("worker", arn, FunctionResponseTypes=["ReportBatchItemFailures"])
        send(url, "a")
        attributes = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_a_report_that_is_not_json_fails_the_whole_batch() -> None:
    def stream(event: Any, context: Any) -> Any:
        yield "done"

    with mock_aws() as aws:
        aws.functions["worker"] = stream
        dead, dead_arn = create_queue("dead")
        url, arn = create_queue("jobs", RedrivePolicy=redrive(dead_arn, 1), **AT_ONCE)
        map_source("worker", arn, FunctionResponseTypes=["ReportBatchItemFailures"])
        send(url, "a")
        assert bodies(dead) == ["a"]


def test_a_window_gathers_messages_until_the_batch_is_full() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = worker = Worker()
        url, arn = create_queue("jobs")
        map_source("worker", arn, BatchSize=3, MaximumBatchingWindowInSeconds=60)
        send(url, "a")
        send(url, "b")
        assert worker.batches == []
        with pytest.raises(AiomotoError, match="the function of the queue 'jobs', in"):
            aws.settle()
        send(url, "c")
        assert worker.batches == [["a", "b", "c"]]


def test_a_window_that_is_over_delivers_what_there_is() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = worker = Worker()
        url, arn = create_queue("jobs")
        map_source("worker", arn, BatchSize=3)
        shorten_window(arn)
        send(url, "a")
        aws.settle()
        assert worker.batches == [["a"]]


def test_a_delayed_message_is_delivered_when_it_becomes_visible() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = worker = Worker()
        url, arn = create_queue("jobs")
        map_source("worker", arn)
        client("sqs").send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
        assert worker.batches == []
        with pytest.raises(AiomotoError, match=r"aws.settle\(\) has waited 10 seconds, and there is still"):
            aws.settle()


@pytest.mark.thorough
def test_a_function_that_sends_to_its_own_queue_is_stopped() -> None:
    def again(event: Any, context: Any) -> None:
        client("sqs").send_message(QueueUrl=url, MessageBody="again")

    with mock_aws() as aws:
        aws.functions["worker"] = again
        url, arn = create_queue("jobs")
        map_source("worker", arn)
        with pytest.raises(AiomotoError, match="the function of the queue 'jobs' is the 101st function in a row"):
            send(url, "first")
        assert len(aws.functions.invocations) == 100


def test_a_function_without_handler_is_left_to_moto() -> None:
    with mock_aws(config={"lambda": {"use_docker": False}}) as aws:
        aws.functions["worker"] = worker = Worker()
        role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        client("lambda").create_function(FunctionName="motos", Role=role, Code={"ZipFile": b"code"})
        ours, ours_arn = create_queue("ours")
        motos, motos_arn = create_queue("motos")
        map_source("worker", ours_arn)
        map_source("motos", motos_arn)
        send(ours, "a")
        send(motos, "b")
        assert worker.batches == [["a"]]
        assert bodies(motos) == []


def test_the_clock_brings_messages_back_delays_and_windows() -> None:
    with mock_aws() as aws:
        aws.functions.add("worker", worker := Worker("bad"), may_fail=True)
        dead, dead_arn = create_queue("dead")
        url, arn = create_queue("jobs", RedrivePolicy=redrive(dead_arn, 2), **IN_A_MINUTE)
        map_source("worker", arn)
        send(url, "bad")
        aws.clock.advance(59)
        assert worker.batches == [["bad"]]
        aws.clock.advance(2)
        assert worker.batches == [["bad"], ["bad"]]
        aws.clock.advance(minutes=5)
        assert bodies(dead) == ["bad"]
        client("sqs").send_message(QueueUrl=url, MessageBody="delayed", DelaySeconds=900)
        aws.clock.advance(minutes=16)
        assert worker.batches[2:] == [["delayed"]]
        aws.settle()
