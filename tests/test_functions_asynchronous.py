"""Asynchronous invocations: retries, destinations, and settling what waits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiomoto import AiomotoError, mock_aws
from tests.functions import ACCOUNT, REGION, bodies, client, create_queue, create_rule

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize"


def fail(event: Any, context: Any) -> None:
    raise ValueError("no picture")


def send_event(**payload: Any) -> None:
    client("lambda").invoke(FunctionName="resize", InvocationType="Event", Payload=json.dumps(payload))


def configure(**options: Any) -> None:
    client("lambda").put_function_event_invoke_config(FunctionName="resize", **options)


def test_an_event_that_fails_is_tried_again_after_a_minute() -> None:
    with mock_aws() as aws:
        aws.functions.add("resize", fail, may_fail=True)
        send_event()
        assert len(aws.functions.invocations) == 1
        with pytest.raises(AiomotoError, match=r"still: the function 'resize', in (60|59) seconds"):
            aws.settle()


def test_an_event_that_has_no_retries_left_goes_to_the_failure_destination() -> None:
    """The record is that of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html."""
    with mock_aws() as aws:
        aws.functions.add("resize", fail, may_fail=True)
        url, arn = create_queue("failures")
        configure(MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}})
        send_event(width=3)
        [record] = map(json.loads, bodies(url))
        [invocation] = aws.functions.invocations
        aws.settle()
    assert record["responsePayload"].pop("stackTrace")
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": invocation.request_id,
            "functionArn": f"{ARN}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"width": 3},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {
            "errorMessage": "no picture",
            "errorType": "ValueError",
            "requestId": invocation.request_id,
        },
    }


def test_a_success_goes_to_its_destination_which_may_be_a_function() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = lambda event, context: {"resized": event["width"]}
        arn = aws.functions.add("store", lambda event, context: None)
        configure(DestinationConfig={"OnSuccess": {"Destination": arn}})
        send_event(width=3)
        first, second = aws.functions.invocations
    assert (first.name, second.name) == ("resize", "store")
    assert (first.trigger, second.trigger) == ("Invoke", "lambda")
    assert second.event["requestContext"]["condition"] == "Success"
    assert second.event["responsePayload"] == {"resized": 3}


def test_the_destination_of_a_response_stream_gets_its_text() -> None:
    def stream(event: Any, context: Any) -> Any:
        yield "one "
        yield "two"

    with mock_aws() as aws:
        aws.functions["resize"] = stream
        url, arn = create_queue("results")
        configure(DestinationConfig={"OnSuccess": {"Destination": arn}})
        send_event(width=3)
        [record] = map(json.loads, bodies(url))
    assert record["responsePayload"] == "one two"


def test_topics_and_event_buses_are_destinations_too() -> None:
    topic, bus = f"arn:aws:sns:{REGION}:{ACCOUNT}:results", f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
    for destination in (topic, bus):
        with mock_aws() as aws:
            aws.functions["resize"] = lambda event, context: {"resized": event["width"]}
            arn = aws.functions.add("note", lambda event, context: None)
            client("sns").create_topic(Name="results")
            client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
            create_rule("results", {"Arn": arn}, EventPattern='{"source": ["lambda"]}')
            configure(DestinationConfig={"OnSuccess": {"Destination": destination}})
            send_event(width=3)
            event = aws.functions.invocations[1].event
            detail = event["detail"] if destination == bus else json.loads(event["Records"][0]["Sns"]["Message"])
        assert detail["responsePayload"] == {"resized": 3}


def test_an_event_for_a_throttled_function_is_not_run() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = fail
        client("lambda").put_function_concurrency(FunctionName="resize", ReservedConcurrentExecutions=0)
        send_event()
        assert aws.functions.invocations == []
        aws.settle()


def test_the_clock_brings_the_retries() -> None:
    with mock_aws() as aws:
        aws.functions.add("resize", fail, may_fail=True)
        send_event()
        for minutes, runs in ((1, 2), (2, 3), (60, 3)):
            aws.clock.advance(minutes=minutes)
            assert len(aws.functions.invocations) == runs
        assert len({each.request_id for each in aws.functions.invocations}) == 1
        aws.settle()
