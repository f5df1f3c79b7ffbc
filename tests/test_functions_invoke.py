"""Invoke, InvokeWithResponseStream and InvokeAsync run a handler, and respond as AWS does."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import sys
from decimal import Decimal
from threading import Event
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

REGION = "us-east-1"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:resize"


def functions() -> Any:
    return boto3.client("lambda", REGION, config=Config(retries={"total_max_attempts": 1}))


def echo(event: Any, context: Any) -> Any:
    return event


def invoke(**options: Any) -> dict[str, Any]:
    response: dict[str, Any] = functions().invoke(**{"FunctionName": "resize", **options})
    response["Payload"] = response["Payload"].read()
    del response["ResponseMetadata"]
    return response


def payload(**options: Any) -> Any:
    return json.loads(invoke(**options)["Payload"])


# ---------------------------------------------------------------- results


def test_the_payload_goes_in_and_the_result_comes_out_as_json() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = lambda event, context: {"was": event, "price": Decimal("1.5"), "é": None}
        assert invoke(Payload='{"width": 3}') == {
            "StatusCode": 200,
            "ExecutedVersion": "$LATEST",
            "Payload": '{"was": {"width": 3}, "price": 1.5, "é": null}'.encode(),
        }


def test_without_a_payload_the_event_is_an_empty_object() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        assert payload() == {}


def test_an_instance_of_a_class_can_be_a_handler() -> None:
    class Resize:
        async def __call__(self, event: Any, context: Any) -> str:
            return "resized"

    with mock_aws() as aws:
        aws.functions["resize"] = Resize()
        assert payload() == "resized"


def test_an_event_invocation_runs_before_it_returns() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        response = invoke(InvocationType="Event", Payload="[1]")
        assert (response["StatusCode"], response["Payload"]) == (202, b"")
        [invocation] = aws.functions.invocations
        assert (invocation.event, invocation.result, invocation.failure) == ([1], [1], None)


def test_invoke_async_runs_the_function() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        response = functions().invoke_async(FunctionName="resize", InvokeArgs=b"[2]")
        assert response["Status"] == 202
        assert [each.event for each in aws.functions.invocations] == [[2]]


def test_a_dry_run_runs_nothing() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        assert invoke(InvocationType="DryRun")["StatusCode"] == 204
        assert aws.functions.invocations == []


def test_invocations_tell_what_has_happened() -> None:
    def fail(event: Any, context: Any) -> None:
        event["seen"] = True
        raise ValueError("no picture")

    with mock_aws() as aws:
        aws.functions["resize"] = fail
        invoke(Payload='{"a": 1}')
    [invocation] = aws.functions.invocations
    assert (invocation.name, invocation.trigger, invocation.event) == ("resize", "Invoke", {"a": 1})
    assert invocation.failure == "ValueError"
    assert str(invocation.error) == "no picture"
    assert "in fail\n" in str(invocation.traceback)
    assert invocation.duration is not None
    assert f"START RequestId: {invocation.request_id} Version: $LATEST\n" in invocation.log
    assert repr(invocation) == "<Invocation of resize by Invoke: ValueError>"


# ---------------------------------------------------------------- errors of the function


def test_an_exception_is_an_unhandled_error_with_its_stack_trace() -> None:
    def fail(event: Any, context: Any) -> None:
        raise ValueError("no picture")

    with mock_aws() as aws:
        aws.functions["resize"] = fail
        response = invoke()
        [invocation] = aws.functions.invocations
    body = json.loads(response["Payload"])
    [frame] = body.pop("stackTrace")
    assert (response["StatusCode"], response["FunctionError"]) == (200, "Unhandled")
    assert body == {"errorMessage": "no picture", "errorType": "ValueError", "requestId": invocation.request_id}
    assert re.fullmatch(r'  File ".*test_functions_invoke.py", line \d+, in fail\n    raise ValueError.*\n', frame)


def test_a_result_that_is_not_json_is_an_error() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = lambda event, context: object()
        response = invoke()
    body = json.loads(response["Payload"])
    assert response["FunctionError"] == "Unhandled"
    assert body["errorType"] == "Runtime.MarshalError"
    assert body["errorMessage"] == "Unable to marshal response: Object of type object is not JSON serializable"


def test_a_result_over_6_mb_is_an_error() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = lambda event, context: "x" * 6291556
        response = invoke()
    assert response["FunctionError"] == "Unhandled"
    assert json.loads(response["Payload"]) == {
        "errorMessage": "Response payload size (6291558 bytes) exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }


def test_a_function_that_exits_is_an_error() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = lambda event, context: sys.exit(3)
        body = payload()
    assert body["errorType"] == "Runtime.ExitError"
    assert body["errorMessage"].endswith(" Error: Runtime exited with error: exit status 3")


def test_a_function_that_takes_too_long_is_stopped() -> None:
    goes_on = Event()
    with mock_aws() as aws:
        aws.functions.add("resize", lambda event, context: goes_on.wait(), timeout=0.02)
        response = invoke()
        [invocation] = aws.functions.invocations
        goes_on.set()
    assert response["FunctionError"] == "Unhandled"
    assert json.loads(response["Payload"]) == {
        "errorMessage": f"RequestId: {invocation.request_id} Error: Task timed out after 0.02 seconds",
        "errorType": "Sandbox.Timedout",
    }
    assert (invocation.failure, invocation.error) == ("Sandbox.Timedout", None)
    assert "Status: timeout" in invocation.log


# ---------------------------------------------------------------- errors of the service


def refused(**options: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        invoke(**options)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def test_an_unknown_function_is_not_found() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        assert refused(FunctionName="crop") == (404, "ResourceNotFoundException", f"Function not found: {ARN[:-6]}crop")
        assert refused(Qualifier="7")[1] == "ResourceNotFoundException"


def test_a_payload_that_is_too_large_is_refused() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        large = b'"' + b"x" * 6291455 + b'"'
        message = "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
        assert refused(Payload=large) == (413, "RequestTooLargeException", message)
        assert refused(Payload=large, InvocationType="DryRun")[1] == "RequestTooLargeException"
        assert refused(Payload=large[:1048577], InvocationType="Event")[1] == "RequestTooLargeException"
        assert aws.functions.invocations == []


def test_a_payload_that_is_not_json_is_refused() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        status, code, message = refused(Payload=b"{width")
    assert (status, code) == (400, "InvalidRequestContentException")
    assert message.startswith("Could not parse request body into json")


def test_a_reserved_concurrency_of_0_throttles() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        functions().put_function_concurrency(FunctionName="resize", ReservedConcurrentExecutions=0)
        assert refused() == (429, "TooManyRequestsException", "Rate Exceeded.")
        functions().delete_function_concurrency(FunctionName="resize")
        assert payload() == {}


def test_as_many_run_at_once_as_the_reserved_concurrency_allows() -> None:
    refusals: list[tuple[int, str, str]] = []

    def run(event: Any, context: Any) -> Any:
        if event:
            refusals.append(refused(Payload=json.dumps(event - 1)))
        return event

    with mock_aws() as aws:
        aws.functions.add("resize", run, timeout=60)
        functions().put_function_concurrency(FunctionName="resize", ReservedConcurrentExecutions=1)
        assert payload(Payload="1") == 1
        assert payload(Payload="0") == 0
        assert len(aws.functions.invocations) == 2
    assert refusals == [(429, "TooManyRequestsException", "Rate Exceeded.")]


# ---------------------------------------------------------------- answers


def test_an_answer_comes_first_and_may_run_the_function() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        aws.answers.add("lambda", "Invoke", [{"StatusCode": 200, "Payload": b"0"}, lambda call: call.moto()])
        assert invoke(Payload="7")["Payload"] == b"0"
        assert aws.functions.invocations == []
        assert invoke(Payload="7")["Payload"] == b"7"
        assert [each.event for each in aws.functions.invocations] == [7]


# ---------------------------------------------------------------- names and versions


@pytest.mark.parametrize("name", ["resize", ARN, "123456789012:function:resize", "resize:$LATEST", f"{ARN}:$LATEST"])
def test_a_function_is_found_by_name_arn_and_part_of_an_arn(name: str) -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        assert payload(FunctionName=name, Payload=b"1") == 1


def test_versions_and_aliases_run_the_same_handler_and_say_which_they_are() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = lambda event, context: [context.function_version, context.invoked_function_arn]
        assert functions().publish_version(FunctionName="resize")["Version"] == "1"
        functions().create_alias(FunctionName="resize", Name="live", FunctionVersion="1")

        assert payload() == ["$LATEST", ARN]
        assert payload(Qualifier="1") == ["1", f"{ARN}:1"]
        assert payload(FunctionName="resize:live") == ["1", f"{ARN}:live"]
        assert invoke(Qualifier="live")["ExecutedVersion"] == "1"


# ---------------------------------------------------------------- context and environment


def test_the_context_has_awss_fields() -> None:
    def describe(event: Any, context: Any) -> dict[str, Any]:
        return {
            "name": context.function_name,
            "memory": context.memory_limit_in_mb,
            "request": context.aws_request_id,
            "group": context.log_group_name,
            "stream": context.log_stream_name,
            "left": context.get_remaining_time_in_millis(),
            "identity": context.identity.cognito_identity_id,
            "client": context.client_context.client.app_title,
            "custom": context.client_context.custom,
        }

    said = {"client": {"app_title": "Gallery"}, "custom": {"theme": "dark"}}
    with mock_aws() as aws:
        aws.functions.add("resize", describe, memory=256, timeout=60)
        found = payload(ClientContext=base64.b64encode(json.dumps(said).encode()).decode())
        [invocation] = aws.functions.invocations
    assert 0 < found.pop("left") <= 60_000
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", found.pop("stream"))
    assert found == {
        "name": "resize",
        "memory": "256",
        "request": invocation.request_id,
        "group": "/aws/lambda/resize",
        "identity": None,
        "client": "Gallery",
        "custom": {"theme": "dark"},
    }


def test_environment_variables_are_set_while_a_plain_handler_runs_if_asked_for() -> None:
    def stage(event: Any, context: Any) -> Any:
        return os.environ.get("STAGE")

    with mock_aws() as aws:
        aws.functions.add("resize", stage, environment={"STAGE": "test"})
        assert payload() == "test"
        functions().update_function_configuration(FunctionName="resize", Environment={"Variables": {"STAGE": "live"}})
        assert payload() == "live"
        assert "STAGE" not in os.environ
        aws.functions["resize"] = stage
        functions().update_function_configuration(FunctionName="resize", Environment={"Variables": {"STAGE": "live"}})
        assert payload() is None


# ---------------------------------------------------------------- logs


def write(event: Any, context: Any) -> None:
    print("printed")
    sys.stderr.write("to stderr\n")
    logging.getLogger("gallery").warning("logged %s", 1)


def test_the_tail_of_the_log_has_what_the_handler_printed_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = write
        response = invoke(LogType="Tail")
        [invocation] = aws.functions.invocations
    request = invocation.request_id
    lines = base64.b64decode(response["LogResult"]).decode().splitlines()
    assert lines[:3] == [f"START RequestId: {request} Version: $LATEST", "printed", "to stderr"]
    assert re.fullmatch(rf"\[WARNING\]\t\d{{4}}-\d\d-\d\dT[\d:.]+Z\t{request}\tlogged 1", lines[3])
    assert lines[4] == f"END RequestId: {request}"
    assert re.fullmatch(rf"REPORT RequestId: {request}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t.*", lines[5])
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("printed\n", "to stderr\n")


def test_the_log_is_in_cloudwatch() -> None:
    def fail(event: Any, context: Any) -> None:
        print("working")
        raise ValueError("no picture")

    with mock_aws() as aws:
        aws.functions["resize"] = fail
        invoke()
        logs = boto3.client("logs", REGION)
        found = logs.filter_log_events(logGroupName="/aws/lambda/resize")["events"]
    messages = [event["message"] for event in found]
    assert messages[1] == "working"
    assert messages[2].startswith("[ERROR] ValueError: no picture\nTraceback (most recent call last):\n")
    assert [message.split(" ")[0] for message in messages] == ["START", "working", "[ERROR]", "END", "REPORT"]


def test_output_of_the_test_itself_is_not_the_functions() -> None:
    before = sys.stdout, sys.stderr, list(logging.getLogger().handlers)
    with mock_aws() as aws:
        aws.functions["resize"] = write
        print("of the test")
        invoke()
    assert "of the test" not in aws.functions.invocations[0].log
    assert (sys.stdout, sys.stderr, logging.getLogger().handlers) == before


# ---------------------------------------------------------------- response streams


async def chunks(event: Any, context: Any) -> Any:
    yield "one "
    yield b"two"


@pytest.mark.anyio
async def test_a_generator_streams_its_chunks(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("lambda", region_name=REGION) as functions:
        aws.functions["resize"] = chunks
        response = await functions.invoke_with_response_stream(FunctionName="resize")
        events = [event async for event in response["EventStream"]]
        [invocation] = aws.functions.invocations
    assert response["StatusCode"] == 200
    assert events == [
        {"PayloadChunk": {"Payload": b"one "}},
        {"PayloadChunk": {"Payload": b"two"}},
        {"InvokeComplete": {}},
    ]
    assert (invocation.result, invocation.failure) == (b"one two", None)


@pytest.mark.anyio
async def test_each_chunk_is_made_when_the_client_reads_it(client: ClientFactory) -> None:
    made: list[int] = []

    async def count(event: Any, context: Any) -> Any:
        for number in range(3):
            made.append(number)
            yield str(number)

    async with mock_aws() as aws, client("lambda", region_name=REGION) as functions:
        aws.functions["resize"] = count
        response = await functions.invoke_with_response_stream(FunctionName="resize")
        events = aiter(response["EventStream"])
        assert await anext(events) == {"PayloadChunk": {"Payload": b"0"}}
        assert len(made) < 3
        assert len([event async for event in events]) == 3


def test_boto3_reads_a_stream_too_and_a_plain_generator_can_make_it() -> None:
    def count(event: Any, context: Any) -> Any:
        yield from event

    with mock_aws() as aws:
        aws.functions["resize"] = count
        response = functions().invoke_with_response_stream(FunctionName="resize", Payload='["a", "b"]')
        assert list(response["EventStream"]) == [
            {"PayloadChunk": {"Payload": b"a"}},
            {"PayloadChunk": {"Payload": b"b"}},
            {"InvokeComplete": {}},
        ]
        assert invoke(Payload='["a", "b"]')["Payload"] == b"ab"


def test_a_result_that_is_not_streamed_is_one_chunk() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = echo
        response = functions().invoke_with_response_stream(FunctionName="resize", Payload="[1]", LogType="Tail")
        chunk, complete = response["EventStream"]
    assert chunk == {"PayloadChunk": {"Payload": b"[1]"}}
    assert b"START" in base64.b64decode(complete["InvokeComplete"]["LogResult"])


def test_an_error_in_a_stream_is_in_its_last_event() -> None:
    def fail(event: Any, context: Any) -> Any:
        yield "one"
        raise ValueError("no picture")

    with mock_aws() as aws:
        aws.functions["resize"] = fail
        response = functions().invoke_with_response_stream(FunctionName="resize")
        chunk, complete = response["EventStream"]
    assert chunk == {"PayloadChunk": {"Payload": b"one"}}
    assert complete["InvokeComplete"]["ErrorCode"] == "ValueError"
    assert json.loads(complete["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "no picture"
