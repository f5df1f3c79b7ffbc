"""Mistakes in scripted answers say what is wrong, where they are made."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import boto3
import pytest

from aiomoto import AiomotoError, ArgumentError, mock_aws

CONVERSE = ("bedrock-runtime", "Converse")


STREAM = ("bedrock-runtime", "ConverseStream")


def events() -> Iterator[dict[str, Any]]:
    yield {}


MISTAKES: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "service": (("bedrok", "Converse", {}), {}, "bedrok"),
    "operation": (("bedrock-runtime", "converse", {}), {}, "Converse"),
    "no-operation": (("bedrock-runtime", None, {}), {}, "operation must be a non-empty string, not None"),
    "events": ((*STREAM, {"stream": "hello"}), {}, "stream must be an iterable of events, not 'hello'"),
    "event": ((*STREAM, {"stream": [5, {"metadat": {}}]}), {}, r"stream\[1\] has no member 'metadat'.*'metadata'"),
    "two-events": (
        (*STREAM, {"stream": [{"metadata": {}, "messageStop": {}}]}),
        {},
        r"stream\[0\] must have exactly one",
    ),
    "wait": ((*STREAM, {"stream": [-1]}), {}, r"stream\[0\] must be an event .*, seconds to wait, or .*, not -1"),
    "used-up": ((*STREAM, {"stream": events()}), {}, "which can be read once, but the rule may answer several calls"),
    "body": (("s3", "GetObject", {"Body": 5}), {}, "Body must be bytes, a string, a file or an iterable of bytes"),
    "pieces": (("s3", "GetObject", {"Body": [b"a", 5]}), {}, r"Body\[1\] must be bytes, not 5"),
    "member": ((*CONVERSE, {"stopReson": "x"}), {}, "bedrock-runtime Converse.*stopReson.*stopReason"),
    "deep-member": ((*CONVERSE, {"output": {"message": {"content": [{"txt": "x"}]}}}), {}, r"content\[0\].*txt.*text"),
    "type": ((*CONVERSE, {"stopReason": 5}), {}, "stopReason.*5"),
    "text": ((*CONVERSE, "hello"), {}, "answer must be a mapping, a function of the call"),
    "generator": ((*CONVERSE, events()), {}, "Pass the function itself"),
    "generator-function": ((*CONVERSE, events), {}, "not the generator function"),
    "no-argument": ((*CONVERSE, lambda: {}), {}, "a function of one argument, the call"),
    "empty-list": ((*CONVERSE, []), {}, "must not be an empty list"),
    "in-list": ((*CONVERSE, [{}, {"x": 1}]), {}, "bedrock-runtime Converse.*x"),
    "times": ((*CONVERSE, [{}]), {"times": 2}, "times must be at most 1"),
    "latency": ((*CONVERSE, {}), {"latency": -1}, "latency must be at least 0"),
    "optional": ((*CONVERSE, {}), {"optional": "no"}, "optional must be True or False"),
    "where": ((*CONVERSE, {}), {"where": {"model": "x"}}, "modelId"),
}


if find_spec("smithy_http") is None:  # only the AWS SDK for Python v4 can call such an operation
    MISTAKES["sent-stream"] = (("bedrock-runtime", "InvokeModelWithBidirectionalStream", {}), {}, "cannot send")


@pytest.mark.parametrize(("arguments", "options", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_when_the_rule_is_added(
    arguments: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with mock_aws() as aws:
        with pytest.raises(ArgumentError, match=message):
            aws.answers.add(*arguments, **options)
        assert len(aws.answers) == 0


SIBLINGS = [
    ("bedrock", "Converse", "bedrock-runtime"),
    ("bedrock-runtime", "ListFoundationModels", "bedrock"),
    ("bedrock-agent", "InvokeAgent", "bedrock-agent-runtime"),
    ("dynamodb", "GetShardIterator", "dynamodbstreams"),
]


@pytest.mark.parametrize(("service", "operation", "sibling"), SIBLINGS)
def test_an_operation_of_a_service_of_a_similar_name_is_found(service: str, operation: str, sibling: str) -> None:
    message = f"^{service} has no operation '{operation}': it is an operation of '{sibling}'$"
    with mock_aws() as aws, pytest.raises(ArgumentError, match=message):
        aws.answers.add(service, operation, {})


@pytest.mark.parametrize(
    ("value", "message"),
    [({"stopReson": "x"}, "stopReson.*stopReason"), ("hello", "must be a mapping or None, not 'hello'")],
)
def test_what_a_function_returns_is_checked(value: Any, message: str) -> None:
    with mock_aws() as aws:
        aws.answers.add(*CONVERSE, lambda call: value)
        with pytest.raises(ArgumentError, match=message):
            boto3.client("bedrock-runtime", "us-east-1").converse(modelId="nova", messages=[])


def test_a_where_function_that_raises_says_which_rule_it_is_of() -> None:
    with mock_aws() as aws:
        aws.answers.add(*CONVERSE, {}, where=lambda call: 1 / 0 > 1)
        with pytest.raises(AiomotoError, match=r"where function of <Answer bedrock-runtime.Converse"):
            boto3.client("bedrock-runtime", "us-east-1").converse(modelId="nova", messages=[])


def test_what_nothing_answers_ends_in_a_line_to_paste() -> None:
    line = (
        'aws.answers.add("bedrock-runtime", "Converse", {"output": ..., "stopReason": ..., "usage": ..., '
        '"metrics": ..., "additionalModelResponseFields": ..., "trace": ...'
    )
    with mock_aws(), pytest.raises((AiomotoError, NotImplementedError)) as caught:
        boto3.client("bedrock-runtime", "us-east-1").converse(modelId="nova", messages=[])

    assert str(caught.value).splitlines()[-1].startswith(line)


def test_rules_for_the_operation_that_did_not_answer_are_named() -> None:
    with mock_aws() as aws:
        aws.answers.add("sqs", "StartMessageMoveTask", {}, where={"SourceArn": "another"})
        aws.answers.add("sqs", "ListQueues", {}, optional=True)
        with pytest.raises(NotImplementedError) as caught:
            boto3.client("sqs", "us-east-1").start_message_move_task(SourceArn="jobs")

    assert str(caught.value).startswith(
        "No rule answered this call: <Answer sqs.StartMessageMoveTask where ...: answer, an output; hits=0>. Moto does "
        "not answer sqs StartMessageMoveTask: "
    )
    assert str(caught.value).splitlines()[-1] == 'aws.answers.add("sqs", "StartMessageMoveTask", {"TaskHandle": ...})'


def test_an_operation_that_moto_lacks_ends_in_a_line_to_paste() -> None:
    with mock_aws(), pytest.raises(NotImplementedError) as caught:
        boto3.client("sqs", "us-east-1").start_message_move_task(SourceArn="arn:aws:sqs:us-east-1:123456789012:jobs")

    assert str(caught.value).splitlines()[-1] == 'aws.answers.add("sqs", "StartMessageMoveTask", {"TaskHandle": ...})'


def test_rules_that_act_on_no_call_are_listed() -> None:
    with mock_aws() as aws:
        unused = aws.answers.add("sqs", "ListQueues", {})
        aws.answers.add("sqs", "CreateQueue", {}, optional=True)
        fault = aws.faults.add("sqs", "ReceiveMessage", error="Throttling")
        aws.faults.add("sqs", "SendMessage", error="Throttling", optional=True)

        assert aws.answers.unused == [unused]
        assert aws.faults.unused == [fault]
        boto3.client("sqs", "us-east-1").list_queues()
        assert aws.answers.unused == []
