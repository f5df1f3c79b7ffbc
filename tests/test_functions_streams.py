"""Streams of Kinesis and DynamoDB invoke functions: batches in order, retries, bisecting, a failure destination."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from aiomoto import AiomotoError, mock_aws
from tests.functions import ACCOUNT, REGION, bodies, client, create_queue, create_table, map_source

STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/clicks"
FROM_THE_START = {"StartingPosition": "TRIM_HORIZON"}


def create_stream() -> None:
    client("kinesis").create_stream(StreamName="clicks", ShardCount=1)


def put(*data: str) -> None:
    records = [{"Data": each.encode(), "PartitionKey": "user"} for each in data]
    client("kinesis").put_records(StreamName="clicks", Records=records)


def data_of(event: Any) -> list[str]:
    return [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]


def batches(aws: Any) -> list[list[str]]:
    return [data_of(each.event) for each in aws.functions.invocations]


def ignore(event: Any, context: Any) -> None:
    return None


def failing_for(*bad: str) -> Callable[[Any, Any], None]:
    def fail(event: Any, context: Any) -> None:
        if not set(bad).isdisjoint(data_of(event)):
            raise ValueError(bad)

    return fail


# ---------------------------------------------------------------- Kinesis


def test_a_record_reaches_the_function_before_put_record_returns() -> None:
    """The event is that of https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html."""
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        create_stream()
        map_source("count", STREAM, **FROM_THE_START)
        put_record = client("kinesis").put_record
        sent = put_record(StreamName="clicks", Data=b"click", PartitionKey="user")
        [invocation] = aws.functions.invocations
    [record] = invocation.event["Records"]
    assert isinstance(record["kinesis"].pop("approximateArrivalTimestamp"), float)
    assert invocation.trigger == STREAM
    assert record == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "user",
            "sequenceNumber": sent["SequenceNumber"],
            "data": "Y2xpY2s=",
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{sent['ShardId']}:{sent['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/aiomoto",
        "awsRegion": REGION,
        "eventSourceARN": STREAM,
    }


def test_records_come_in_order_and_in_batches() -> None:
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        create_stream()
        map_source("count", STREAM, BatchSize=2, **FROM_THE_START)
        put("a", "b", "c")
        put("d")
        assert batches(aws) == [["a", "b"], ["c"], ["d"]]


def test_a_stream_may_have_several_functions() -> None:
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        aws.functions["archive"] = ignore
        create_stream()
        map_source("count", STREAM, **FROM_THE_START)
        map_source("archive", STREAM, **FROM_THE_START)
        put("a")
        assert [each.name for each in aws.functions.invocations] == ["count", "archive"]


@pytest.mark.parametrize(("position", "expected"), [("TRIM_HORIZON", [["a"], ["b"]]), ("LATEST", [["b"]])])
def test_the_starting_position_tells_whether_earlier_records_are_delivered(position: str, expected: Any) -> None:
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        create_stream()
        put("a")
        map_source("count", STREAM, StartingPosition=position)
        put("b")
        assert batches(aws) == expected


@pytest.mark.parametrize("position", ["TRIM_HORIZON", "LATEST"])
def test_a_mapping_that_is_changed_goes_on_where_it_was(position: str) -> None:
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        create_stream()
        uuid = map_source("count", STREAM, StartingPosition=position)
        put("a")
        update = partial(client("lambda").update_event_source_mapping, UUID=uuid)
        update(BatchSize=5)
        assert batches(aws) == [["a"]]
        update(Enabled=False)
        put("b")
        assert batches(aws) == [["a"]]
        update(Enabled=True)
        put("c")
        assert batches(aws) == [["a"], ["b"], ["c"]]


def test_a_window_gathers_records_until_it_is_over() -> None:
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        create_stream()
        map_source("count", STREAM, MaximumBatchingWindowInSeconds=60, **FROM_THE_START)
        put("a")
        put("b")
        assert batches(aws) == []
        aws.clock.advance(61)
        assert batches(aws) == [["a", "b"]]


def test_what_is_written_after_a_snapshot_was_restored_is_delivered() -> None:
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        create_stream()
        map_source("count", STREAM, **FROM_THE_START)
        snapshot = aws.snapshot()
        put("a")
        aws.restore(snapshot)
        put("b")
        assert batches(aws) == [["a"], ["b"]]


def test_filters_select_records_by_their_data() -> None:
    pattern = json.dumps({"data": {"kind": [{"prefix": "buy"}]}})
    with mock_aws() as aws:
        aws.functions["count"] = ignore
        create_stream()
        map_source("count", STREAM, FilterCriteria={"Filters": [{"Pattern": pattern}]}, **FROM_THE_START)
        put('{"kind": "look"}', '{"kind": "buy now"}', "not JSON")
        assert batches(aws) == [['{"kind": "buy now"}']]


def test_a_batch_that_fails_holds_up_its_shard_and_is_tried_again_later() -> None:
    with mock_aws() as aws:
        aws.functions.add("count", failing_for("bad"), may_fail=True)
        create_stream()
        map_source("count", STREAM, **FROM_THE_START)
        put("bad")
        put("good")
        assert batches(aws) == [["bad"]]
        with pytest.raises(AiomotoError, match="the function of the stream 'clicks', in"):
            aws.settle(timeout=0)


def test_a_batch_that_has_no_retries_left_goes_to_the_failure_destination() -> None:
    """The record is that of https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html."""
    with mock_aws() as aws:
        aws.functions.add("count", failing_for("bad"), may_fail=True)
        create_stream()
        url, arn = create_queue("failures")
        destination = {"OnFailure": {"Destination": arn}}
        map_source("count", STREAM, MaximumRetryAttempts=0, DestinationConfig=destination, **FROM_THE_START)
        put("bad")
        put("good")
        assert batches(aws) == [["bad"], ["good"]]
        [failure] = map(json.loads, bodies(url))
    assert failure["requestContext"].pop("requestId") == aws.functions.invocations[0].request_id
    assert failure.pop("timestamp").endswith("Z")
    assert failure == {
        "requestContext": {
            "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:count",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 1,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000000",
            "startSequenceNumber": "1",
            "endSequenceNumber": "1",
            "batchSize": 1,
            "streamArn": STREAM,
        },
    }


def test_a_batch_is_bisected_until_the_bad_record_is_alone() -> None:
    with mock_aws() as aws:
        aws.functions.add("count", failing_for("bad"), may_fail=True)
        create_stream()
        map_source("count", STREAM, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0, **FROM_THE_START)
        put("a", "b", "bad", "c")
        assert batches(aws) == [["a", "b", "bad", "c"], ["a", "b"], ["bad", "c"], ["bad"], ["c"]]


def test_a_function_reports_the_first_record_that_has_failed() -> None:
    def report(event: Any, context: Any) -> Any:
        for record in event["Records"]:
            if base64.b64decode(record["kinesis"]["data"]) == b"bad":
                return {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
        return {"batchItemFailures": []}

    with mock_aws() as aws:
        aws.functions["count"] = report
        create_stream()
        options = {"FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumRetryAttempts": 0}
        map_source("count", STREAM, **options, **FROM_THE_START)
        put("a", "bad", "b")
        assert batches(aws) == [["a", "bad", "b"]]
        put("c")
        assert batches(aws)[-1] == ["c"]


# ---------------------------------------------------------------- DynamoDB


def put_item(**item: str) -> None:
    client("dynamodb").put_item(TableName="orders", Item={name: {"S": value} for name, value in item.items()})


def test_a_change_of_a_table_reaches_the_function() -> None:
    """The event is that of https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html."""
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        arn = create_table("orders")
        map_source("ship", arn, **FROM_THE_START)
        put_item(id="7", state="open")
        put_item(id="7", state="paid")
        client("dynamodb").delete_item(TableName="orders", Key={"id": {"S": "7"}})
        records = [each.event["Records"][0] for each in aws.functions.invocations]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    record = records[1]
    assert isinstance(record["dynamodb"].pop("ApproximateCreationDateTime"), int)
    assert record["dynamodb"].pop("SizeBytes") > 0
    assert record.pop("eventID")
    assert record == {
        "eventName": "MODIFY",
        "eventVersion": "1.0",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "Keys": {"id": {"S": "7"}},
            "OldImage": {"id": {"S": "7"}, "state": {"S": "open"}},
            "NewImage": {"id": {"S": "7"}, "state": {"S": "paid"}},
            "SequenceNumber": "1100000000017454423010",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": arn,
    }


def test_filters_select_changes_and_a_transaction_is_one_batch() -> None:
    pattern = json.dumps({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"state": {"S": ["paid"]}}}})
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        arn = create_table("orders")
        map_source("ship", arn, FilterCriteria={"Filters": [{"Pattern": pattern}]}, **FROM_THE_START)
        items = [
            {"id": {"S": str(number)}, "state": {"S": state}} for number, state in enumerate(["paid", "open", "paid"])
        ]
        client("dynamodb").transact_write_items(
            TransactItems=[{"Put": {"TableName": "orders", "Item": item}} for item in items]
        )
        [invocation] = aws.functions.invocations
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in invocation.event["Records"]] == ["0", "2"]


def test_what_a_table_had_before_its_mapping_is_delivered_from_the_start() -> None:
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        arn = create_table("orders")
        put_item(id="1", state="paid")
        map_source("ship", arn, **FROM_THE_START)
        assert len(aws.functions.invocations) == 1
