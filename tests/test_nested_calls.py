"""Handlers of Moto's that call AWS themselves, started from tasks and threads at once: none waits for itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import boto3
import pytest
from anyio.to_thread import run_sync

from aiomoto import mock_aws
from tests.conftest import MOTO, ClientFactory
from tests.one_stack import stack as stack  # a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

REGION = "us-east-1"
ACCOUNT = "123456789012"
DEADLINE = 60  # seconds, for what would otherwise never end


def boto3_client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def by_sqs(queue: str) -> dict[str, Any]:
    return {"QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]}


def by_sns(queue: str) -> dict[str, Any]:
    sns = boto3_client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    return {"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]}


def by_events(queue: str) -> dict[str, Any]:
    events = boto3_client("events")
    events.put_rule(Name="all", EventPattern=json.dumps({"detail-type": ["Object Created"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": queue}])
    return {"EventBridgeConfiguration": {}}


def upload(s3: Any, names: list[str]) -> None:
    for name in names:
        s3.put_object(Bucket="photos", Key=name, Body=b"cat")


@pytest.mark.parametrize("announce", [by_sqs, by_sns, by_events])
async def test_uploads_from_tasks_and_threads_are_all_announced(
    announce: Callable[[str], dict[str, Any]], client: ClientFactory
) -> None:
    uploaded = [f"cat-{number:02}.jpg" for number in range(24)]
    announced: list[str] = []

    async with mock_aws(), client("s3", region_name=REGION) as s3, client("sqs", region_name=REGION) as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        notify = announce(f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs")
        await s3.create_bucket(Bucket="photos")
        await s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=notify)
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                for first in range(0, 16, 4):
                    tasks.start_soon(run_sync, upload, boto3_client("s3"), uploaded[first : first + 4])
                for name in uploaded[16:]:
                    tasks.start_soon(partial(s3.put_object, Bucket="photos", Key=name, Body=b"cat"))
                while len(announced) < len(uploaded):
                    answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MaxNumberOfMessages=10)
                    bodies = (message["Body"] for message in answer["Messages"])
                    announced += (found[0] for body in bodies if (found := re.search(r"cat-\d+\.jpg", body)))

    assert sorted(announced) == uploaded


def start_with_boto3(machine: str, name: str) -> None:
    boto3_client("stepfunctions").start_execution(stateMachineArn=machine, name=name, input=f'"{name}"')


@pytest.mark.skipif(MOTO < (5, 2, 3), reason="this Moto copies the executions that are under way, getmoto/moto#10077")
async def test_state_machines_started_from_tasks_and_threads_do_their_tasks(client: ClientFactory) -> None:
    names = [f"order-{number}" for number in range(8)]
    done: list[str] = []

    async def wait_for(execution: str) -> None:
        while (await machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
            pass

    async with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        client("stepfunctions", region_name=REGION) as machines,
        client("sqs", region_name=REGION) as sqs,
    ):
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        parameters = {"QueueUrl": url, "MessageBody.$": "$"}
        task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": parameters, "End": True}
        definition = json.dumps({"StartAt": "Tell", "States": {"Tell": task}})
        role = f"arn:aws:iam::{ACCOUNT}:role/any"
        created = await machines.create_state_machine(name="orders", definition=definition, roleArn=role)
        machine = created["stateMachineArn"]
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                for name in names[:4]:
                    tasks.start_soon(run_sync, start_with_boto3, machine, name)
                for name in names[4:]:
                    start = partial(machines.start_execution, stateMachineArn=machine, name=name, input=f'"{name}"')
                    tasks.start_soon(start)
                while len(done) < len(names):
                    answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MaxNumberOfMessages=10)
                    done += (message["Body"] for message in answer["Messages"])
            for each in (await machines.list_executions(stateMachineArn=machine))["executions"]:
                await wait_for(each["executionArn"])

    assert sorted(done) == names
