"""Step Functions over each HTTP library, run for real: Moto calls the tasks' services with boto3, in its own thread."""

from __future__ import annotations

import json
from typing import Any

import anyio
import boto3
import pytest

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

EXECUTE: dict[str, Any] = {"stepfunctions": {"execute_state_machine": True}}
ROLE = "arn:aws:iam::123456789012:role/runner"
TABLE: dict[str, Any] = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "number", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "number", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def _definition(queue: str) -> dict[str, Any]:
    return {
        "StartAt": "Tell",
        "States": {
            "Tell": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"QueueUrl": queue, "MessageBody.$": "$.number"},
                "ResultPath": "$.sent",
                "Next": "Store",
            },
            "Store": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:putItem",
                "Parameters": {"TableName": "orders", "Item": {"number": {"S.$": "$.number"}}},
                "ResultSelector": {"stored": True},
                "End": True,
            },
        },
    }


async def _start(machines: Any, definition: dict[str, Any], **values: Any) -> str:
    created = await machines.create_state_machine(name="orders", definition=json.dumps(definition), roleArn=ROLE)
    started = await machines.start_execution(stateMachineArn=created["stateMachineArn"], input=json.dumps(values))
    arn: str = started["executionArn"]
    return arn


async def _end_of(machines: Any, execution: str) -> dict[str, Any]:
    for _ in range(400):
        described: dict[str, Any] = await machines.describe_execution(executionArn=execution)
        if described["status"] != "RUNNING":
            return described
        await anyio.sleep(0.05)
    raise AssertionError("the execution did not end")


async def test_the_tasks_of_an_execution_reach_the_same_queue_and_table(client: ClientFactory) -> None:
    async with (
        mock_aws(config=EXECUTE),
        client("stepfunctions", region_name="us-east-1") as machines,
        client("sqs", region_name="us-east-1") as sqs,
        client("dynamodb", region_name="us-east-1") as dynamodb,
    ):
        await dynamodb.create_table(**TABLE)
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        ended = await _end_of(machines, await _start(machines, _definition(queue), number="7"))
        received = await sqs.receive_message(QueueUrl=queue)
        stored = await dynamodb.scan(TableName="orders")

    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"stored": True})
    assert [message["Body"] for message in received["Messages"]] == ["7"]
    assert stored["Items"] == [{"number": {"S": "7"}}]


async def test_an_execution_reads_what_boto3_and_aiobotocore_wrote(client: ClientFactory) -> None:
    read = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:getItem",
        "Parameters": {"TableName": "orders", "Key": {"number": {"S.$": "$"}}},
        "OutputPath": "$.Item.number.S",
        "End": True,
    }
    each = {
        "Type": "Map",
        "ItemsPath": "$.numbers",
        "ItemProcessor": {"StartAt": "Read", "States": {"Read": read}},
        "End": True,
    }
    async with (
        mock_aws(config=EXECUTE),
        client("stepfunctions", region_name="us-east-1") as machines,
        client("dynamodb", region_name="us-east-1") as dynamodb,
    ):
        await dynamodb.create_table(**TABLE)
        boto3.resource("dynamodb", region_name="us-east-1").Table("orders").put_item(Item={"number": "1"})
        await dynamodb.put_item(TableName="orders", Item={"number": {"S": "2"}})
        definition = {"StartAt": "Each", "States": {"Each": each}}
        ended = await _end_of(machines, await _start(machines, definition, numbers=["1", "2"]))

    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", ["1", "2"])


async def test_a_task_that_fails_ends_the_execution_with_its_error(client: ClientFactory) -> None:
    async with mock_aws(config=EXECUTE), client("stepfunctions", region_name="us-east-1") as machines:
        missing = "https://sqs.us-east-1.amazonaws.com/123456789012/missing"
        ended = await _end_of(machines, await _start(machines, _definition(missing), number="7"))
        history = await machines.get_execution_history(executionArn=ended["executionArn"])

    assert ended["status"] == "FAILED"
    assert [event["type"] for event in history["events"]][-2:] == ["TaskFailed", "ExecutionFailed"]


async def test_a_task_that_fails_is_caught(client: ClientFactory) -> None:
    definition = _definition("https://sqs.us-east-1.amazonaws.com/123456789012/missing")
    definition["States"]["Tell"]["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": "Shrug"}]
    definition["States"]["Shrug"] = {"Type": "Pass", "Result": {"never": "mind"}, "End": True}
    async with mock_aws(config=EXECUTE), client("stepfunctions", region_name="us-east-1") as machines:
        ended = await _end_of(machines, await _start(machines, definition, number="7"))

    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"never": "mind"})


@pytest.mark.thorough
async def test_an_execution_started_by_boto3_is_seen_by_aiobotocore(client: ClientFactory) -> None:
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    async with mock_aws(config=EXECUTE), client("stepfunctions", region_name="us-east-1") as machines:
        boto = boto3.client("stepfunctions", region_name="us-east-1")
        machine = boto.create_state_machine(name="orders", definition=json.dumps(definition), roleArn=ROLE)
        started = boto.start_execution(stateMachineArn=machine["stateMachineArn"], input='{"a": 1}')
        ended = await _end_of(machines, started["executionArn"])

    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"a": 1}')


async def test_without_the_setting_an_execution_is_recorded_and_its_tasks_are_not_run(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("stepfunctions", region_name="us-east-1") as machines,
        client("sqs", region_name="us-east-1") as sqs,
    ):
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        execution = await _start(machines, _definition(queue), number="7")
        described = await machines.describe_execution(executionArn=execution)
        received = await sqs.receive_message(QueueUrl=queue)

    assert (described["status"], json.loads(described["input"])) == ("RUNNING", {"number": "7"})
    assert "Messages" not in received


async def test_tasks_run_functions_of_the_test(client: ClientFactory) -> None:
    async with mock_aws(config=EXECUTE) as aws, client("stepfunctions") as machines:
        aws.functions["double"] = lambda event, context: {"value": event["value"] * 2}
        definition = {
            "StartAt": "ByArn",
            "States": {
                "ByArn": {"Type": "Task", "Resource": aws.functions.arn("double"), "Next": "ByName"},
                "ByName": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke",
                    "Parameters": {"FunctionName": "double", "Payload.$": "$"},
                    "OutputPath": "$.Payload",
                    "End": True,
                },
            },
        }

        end = await _end_of(machines, await _start(machines, definition, value=5))

        assert (end["status"], json.loads(end["output"])) == ("SUCCEEDED", {"value": 20})
        assert [each.result for each in aws.functions.invocations] == [{"value": 10}, {"value": 20}]


async def test_an_execution_belongs_to_the_isolated_mock_in_which_it_was_started(client: ClientFactory) -> None:
    async def run_one(name: str) -> list[str]:
        async with (
            mock_aws(config=EXECUTE, isolated=True),
            client("stepfunctions") as machines,
            client("sqs") as sqs,
            client("dynamodb") as dynamodb,
        ):
            await dynamodb.create_table(**TABLE)
            queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            await _end_of(machines, await _start(machines, _definition(queue), number=name))
            stored = await dynamodb.scan(TableName="orders")
            return [each["number"]["S"] for each in stored["Items"]]

    found: dict[str, list[str]] = {}

    async def keep(name: str) -> None:
        found[name] = await run_one(name)

    async with anyio.create_task_group() as tasks:
        for name in "ab":
            tasks.start_soon(keep, name)

    assert found == {"a": ["a"], "b": ["b"]}
