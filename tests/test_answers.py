"""Scripted answers: a test answers operations of AWS itself, and the client cannot tell."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import anyio.lowlevel
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from aiomoto import AiomotoError, Call, mock_aws
from tests.conftest import ClientFactory
from tests.event_streams import CSV, put_objects

REGION = "us-east-1"
CONVERSED = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hello <you> & é"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7},
    "metrics": {"latencyMs": 1},
}
MESSAGES = [{"role": "user", "content": [{"text": "Hello"}]}]


def converse(client: Any, model: str = "nova") -> Any:
    return client.converse(modelId=model, messages=MESSAGES)


def bedrock() -> Any:
    return boto3.client("bedrock-runtime", REGION)


def without_metadata(response: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def throttled(operation: str = "Converse") -> ClientError:
    error = {"Code": "ThrottlingException", "Message": "too many"}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 429}}, operation)  # type: ignore[typeddict-item]


# ---------------------------------------------------------------- what an answer may be


@pytest.mark.anyio
async def test_a_mapping_comes_back_as_it_was_given(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("bedrock-runtime", region_name=REGION) as bedrock:
        rule = aws.answers.add("bedrock-runtime", "Converse", CONVERSED)
        response = await converse(bedrock)

    assert without_metadata(response) == CONVERSED
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert rule.hits == 1


def test_boto3_gets_the_same() -> None:
    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", CONVERSED)

        assert without_metadata(converse(bedrock())) == CONVERSED


def test_a_function_is_given_the_call() -> None:
    def answer(call: Call) -> dict[str, Any]:
        return {"stopReason": call.params["messages"][0]["content"][0]["text"]}

    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", answer)

        assert converse(bedrock())["stopReason"] == "Hello"


@pytest.mark.anyio
async def test_an_async_function_runs_in_the_task_of_the_caller(client: ClientFactory) -> None:
    async def answer(call: Call) -> dict[str, Any]:
        await anyio.lowlevel.checkpoint()
        return {"stopReason": f"{call.params['modelId']} {anyio.get_current_task().id == task}"}

    task = anyio.get_current_task().id
    async with mock_aws() as aws, client("bedrock-runtime", region_name=REGION) as bedrock:
        aws.answers.add("bedrock-runtime", "Converse", answer)

        assert (await converse(bedrock))["stopReason"] == "nova True"


@pytest.mark.anyio
async def test_boto3_runs_an_async_function_in_a_loop_of_its_own() -> None:
    loops = []

    async def answer(call: Call) -> dict[str, Any]:
        loops.append(asyncio.get_running_loop())
        return {"stopReason": "end_turn"}

    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", answer)
        converse(bedrock())

    assert loops[0] is not asyncio.get_running_loop()


def test_a_list_has_an_answer_for_each_call_in_turn() -> None:
    with mock_aws() as aws:
        aws.answers.add(
            "bedrock-runtime", "Converse", [{"stopReason": "a"}, throttled(), lambda call: {"stopReason": "c"}]
        )
        client = boto3.client("bedrock-runtime", REGION, config=Config(retries={"total_max_attempts": 1}))

        assert converse(client)["stopReason"] == "a"
        with pytest.raises(client.exceptions.ThrottlingException):
            converse(client)
        assert converse(client)["stopReason"] == "c"
        with pytest.raises((AiomotoError, NotImplementedError), match="bedrock-runtime Converse"):
            converse(client)


def test_a_client_error_that_a_function_raises_is_the_response() -> None:
    def answer(call: Call) -> dict[str, Any]:
        raise throttled()

    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", answer)
        client = boto3.client("bedrock-runtime", REGION, config=Config(retries={"total_max_attempts": 1}))
        with pytest.raises(client.exceptions.ThrottlingException, match="too many") as caught:
            converse(client)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_a_modelled_error_has_its_members() -> None:
    item = {"id": {"S": "1"}}
    error = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "no"}, "Item": item}
    with mock_aws() as aws:
        aws.answers.add("dynamodb", "PutItem", ClientError(error, "PutItem"))  # type: ignore[arg-type]
        dynamodb = boto3.client("dynamodb", REGION)
        with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as caught:
            dynamodb.put_item(TableName="t", Item=item)

    assert caught.value.response["Item"] == item


def test_the_client_retries_a_scripted_error() -> None:
    with mock_aws(sleep="instant") as aws:
        aws.answers.add("bedrock-runtime", "Converse", [throttled(), CONVERSED])

        assert converse(bedrock())["stopReason"] == "end_turn"
        assert [call.status for call in aws.calls] == [429, 200]


def test_any_other_error_of_a_function_reaches_the_test() -> None:
    def answer(call: Call) -> dict[str, Any]:
        raise ZeroDivisionError("of the test")

    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", answer)
        with pytest.raises(ZeroDivisionError, match="of the test"):
            converse(bedrock())


# ---------------------------------------------------------------- beside Moto


def test_headers_arrive_unless_they_describe_another_body() -> None:
    headers = {"x-own": "a", "Content-Length": "5", "x-amz-crc32": "1", "transfer-encoding": "chunked"}
    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", {**CONVERSED, "ResponseMetadata": {"HTTPHeaders": headers}})
        response = converse(bedrock())

    assert without_metadata(response) == CONVERSED
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-own"] == "a"
    assert "x-amz-crc32" not in response["ResponseMetadata"]["HTTPHeaders"]


def test_the_body_of_motos_answer_may_be_any_bytes_and_be_replaced() -> None:
    def reversed_body(call: Call) -> dict[str, Any]:
        output: dict[str, Any] = call.moto()
        return {**output, "Body": output["Body"][::-1] + b"!"}

    with mock_aws() as aws:
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="a", Body=b"\xff\x00")
        aws.answers.add("s3", "GetObject", reversed_body)
        response = s3.get_object(Bucket="photos", Key="a")

        assert response["Body"].read() == b"\x00\xff!"
        assert response["ContentLength"] == 3


def test_motos_event_streams_are_lists_of_events() -> None:
    def shortened(call: Call) -> dict[str, Any]:
        output: dict[str, Any] = call.moto()
        return {"Payload": [event for event in output["Payload"] if "Records" in event]}

    with mock_aws() as aws:
        aws.answers.add("s3", "SelectObjectContent", shortened)
        put_objects()
        payload = boto3.client("s3", REGION).select_object_content(**CSV.request)["Payload"]

        assert list(payload) == [{"Records": {"Payload": b"ada\ngrace\n"}}]


def test_none_leaves_the_call_to_the_next_rule_and_then_to_moto() -> None:
    with mock_aws() as aws:
        rule = aws.answers.add("sqs", "ListQueues", lambda call: None)
        sqs = boto3.client("sqs", REGION)
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]

        assert sqs.list_queues()["QueueUrls"] == [url]
        assert rule.hits == 0
        assert aws.calls.last.rule is None
        aws.answers.add("sqs", "ListQueues", {"QueueUrls": ["https://example.com/other"]})
        assert sqs.list_queues()["QueueUrls"] == ["https://example.com/other"]


def test_a_function_may_change_what_moto_answers() -> None:
    def answer(call: Call) -> dict[str, Any]:
        output: dict[str, Any] = call.moto()
        output["QueueUrls"].append("https://example.com/added")
        return output

    with mock_aws() as aws:
        aws.answers.add("sqs", "ListQueues", answer)
        sqs = boto3.client("sqs", REGION)
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]

        assert sqs.list_queues()["QueueUrls"] == [url, "https://example.com/added"]


@pytest.mark.anyio
async def test_an_async_function_awaits_what_moto_answers(client: ClientFactory) -> None:
    async def answer(call: Call) -> dict[str, Any]:
        output: dict[str, Any] = await call.moto()
        return {**output, "ContentType": "text/x-scripted"}

    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="cat", Body=b"meow")
        aws.answers.add("s3", "GetObject", answer)
        response = await s3.get_object(Bucket="photos", Key="cat")

        assert response["ContentType"] == "text/x-scripted"
        assert await response["Body"].read() == b"meow"


def test_keys_that_a_client_quotes_come_back_from_moto_as_they_are() -> None:
    with mock_aws() as aws:
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="a b/ü", Body=b"")
        aws.answers.add("s3", "ListObjectsV2", lambda call: call.moto())
        aws.answers.add("s3", "GetBucketLocation", lambda call: call.moto())

        assert [each["Key"] for each in s3.list_objects_v2(Bucket="photos")["Contents"]] == ["a b/ü"]
        assert s3.get_bucket_location(Bucket="photos")["LocationConstraint"] is None


def test_an_error_of_moto_is_raised_in_the_function() -> None:
    def answer(call: Call) -> dict[str, Any]:
        try:
            output: dict[str, Any] = call.moto()
        except ClientError as error:
            return {"QueueUrl": error.response["Error"]["Code"]}
        return output

    with mock_aws() as aws:
        aws.answers.add("sqs", "GetQueueUrl", answer)
        found = boto3.client("sqs", REGION).get_queue_url(QueueName="none")["QueueUrl"]

    assert found == "AWS.SimpleQueueService.NonExistentQueue"


# ---------------------------------------------------------------- which calls


def test_rules_choose_by_region_parameters_and_count() -> None:
    with mock_aws() as aws:
        aws.answers.add(
            "bedrock-runtime", "Converse", {"stopReason": "nova"}, where={"modelId": "nova"}, after=1, times=1
        )
        aws.answers.add("bedrock-runtime", "Converse", {"stopReason": "west"}, region="us-west-2")
        aws.answers.add("bedrock-runtime", "Converse", {"stopReason": "rest"})
        west = boto3.client("bedrock-runtime", "us-west-2")

        assert [converse(bedrock())["stopReason"] for _ in range(3)] == ["rest", "nova", "rest"]
        assert converse(west)["stopReason"] == "west"


def test_the_rules_of_the_innermost_mock_come_first() -> None:
    with mock_aws() as outer:
        outer.answers.add("bedrock-runtime", "Converse", {"stopReason": "outer"})
        with mock_aws() as inner, inner.answers.add("bedrock-runtime", "Converse", {"stopReason": "inner"}):
            assert converse(bedrock())["stopReason"] == "inner"
        assert converse(bedrock())["stopReason"] == "outer"


def test_a_fault_comes_first_and_acts_on_the_way_back_too() -> None:
    with mock_aws() as aws:
        aws.answers.add("s3", "GetObject", {"Body": b"x" * 1000})
        s3 = boto3.client("s3", REGION, config=Config(retries={"total_max_attempts": 1}))
        with aws.faults.add("s3", "GetObject", error="NoSuchKey"), pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket="b", Key="k")
        with aws.faults.add("s3", "GetObject", cut_after=10):
            body = s3.get_object(Bucket="b", Key="k")["Body"]
            with pytest.raises(Exception, match=r"read|incomplete|Incomplete"):
                body.read()


def test_latency_is_limited_by_the_clients_timeout() -> None:
    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", CONVERSED, latency=3600)
        client = boto3.client(
            "bedrock-runtime", REGION, config=Config(read_timeout=0.05, retries={"total_max_attempts": 1})
        )
        with pytest.raises(ReadTimeoutError):
            converse(client)


def test_the_log_names_the_rule() -> None:
    with mock_aws() as aws:
        rule = aws.answers.add("bedrock-runtime", "Converse", CONVERSED)
        converse(bedrock())

        assert aws.calls.last.rule is rule
        assert aws.calls.last.fault is None
        assert "answer" in str(aws.calls)
    assert repr(rule) == "<Answer bedrock-runtime.Converse: answer, an output; hits=1>"
