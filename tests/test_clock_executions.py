"""Executions of Step Functions wait by a mock's time."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiobotocore.session import get_session

from aiomoto import MockAWS, mock_aws
from tests.clocks import in_real_time, needs_newer_moto
from tests.moved_clocks import EXECUTE, REGION, client

ROLE = "arn:aws:iam::123456789012:role/runner"


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws(config=EXECUTE) as aws:
        yield aws


def wait(seconds: int, following: str = "") -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, **({"Next": following} if following else {"End": True})}


def sending(queue: str, body: dict[str, str], kind: str = "sendMessage", **options: Any) -> dict[str, Any]:
    """A state that sends a message to a queue."""
    parameters = {"QueueUrl": queue, **body}
    resource = f"arn:aws:states:::sqs:{kind}"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **options}


def start(first: str, **states: Any) -> str:
    machines = client("stepfunctions")
    definition = json.dumps({"StartAt": first, "States": states})
    machine = machines.create_state_machine(name="machine", definition=definition, roleArn=ROLE)["stateMachineArn"]
    arn: str = machines.start_execution(stateMachineArn=machine)["executionArn"]
    return arn


def status(arn: str) -> str:
    found: str = client("stepfunctions").describe_execution(executionArn=arn)["status"]
    return found


def test_a_wait_ends_when_its_time_has_come(aws: MockAWS) -> None:
    arn = start("Wait", Wait=wait(3600))

    aws.clock.advance(minutes=59)
    assert status(arn) == "RUNNING"
    aws.clock.advance(minutes=1)
    assert status(arn) == "SUCCEEDED"
    found = client("stepfunctions").describe_execution(executionArn=arn)
    assert timedelta(hours=1) <= found["stopDate"] - found["startDate"] < timedelta(hours=1, minutes=1)


def test_waits_in_a_row_end_each_at_its_moment(aws: MockAWS) -> None:
    arn = start("First", First=wait(600, "Second"), Second=wait(1200, "Third"), Third=wait(1800))

    aws.clock.advance(hours=1)

    assert status(arn) == "SUCCEEDED"
    events = client("stepfunctions").get_execution_history(executionArn=arn)["events"]
    began = events[0]["timestamp"]
    exited = [event["timestamp"] - began for event in events if event["type"] == "WaitStateExited"]
    assert [round(each / timedelta(minutes=1)) for each in exited] == [10, 30, 60]


def test_waits_side_by_side_and_what_follows_them(aws: MockAWS) -> None:
    branches = [{"StartAt": "Wait", "States": {"Wait": wait(seconds)}} for seconds in (600, 1200)]
    arn = start("Both", Both={"Type": "Parallel", "Branches": branches, "Next": "Then"}, Then={**wait(2400)})

    aws.clock.advance(minutes=59)
    assert status(arn) == "RUNNING"
    aws.clock.advance(minutes=2)
    assert status(arn) == "SUCCEEDED"


def test_a_wait_until_a_moment(aws: MockAWS) -> None:
    until = (aws.clock.now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    arn = start("Wait", Wait={"Type": "Wait", "Timestamp": until, "End": True})

    aws.clock.advance(hours=4)
    assert status(arn) == "RUNNING"
    aws.clock.advance(hours=2)
    assert status(arn) == "SUCCEEDED"


def test_retries_wait_by_the_mocks_time(aws: MockAWS) -> None:
    queue = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    aws.clock.advance(1)
    aws.faults.add("sqs", "SendMessage", error="InvalidMessageContents", times=2)
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 600, "MaxAttempts": 3, "BackoffRate": 2}]
    arn = start("Send", Send=sending(queue, {"MessageBody": "job"}, Retry=retry))

    aws.clock.advance(minutes=29)
    assert status(arn) == "RUNNING"
    aws.clock.advance(minutes=2)
    assert status(arn) == "SUCCEEDED"
    assert len(client("sqs").receive_message(QueueUrl=queue)["Messages"]) == 1


@needs_newer_moto
def test_a_schedule_starts_executions_that_wait(aws: MockAWS) -> None:
    machines = client("stepfunctions")
    definition = json.dumps({"StartAt": "Wait", "States": {"Wait": wait(900)}})
    machine = machines.create_state_machine(name="hourly", definition=definition, roleArn=ROLE)["stateMachineArn"]
    events = client("events")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="hourly", Targets=[{"Id": "1", "Arn": machine, "RoleArn": ROLE}])

    aws.clock.advance(hours=2, minutes=10)

    found = machines.list_executions(stateMachineArn=machine)["executions"]
    assert sorted(each["status"] for each in found) == ["RUNNING", "SUCCEEDED"]


def test_an_execution_that_waits_may_be_stopped(aws: MockAWS) -> None:
    arn = start("Wait", Wait=wait(3600))
    aws.clock.advance(1)
    client("stepfunctions").stop_execution(executionArn=arn)
    aws.clock.advance(1)
    assert status(arn) == "ABORTED"


def test_a_task_that_nobody_completes_times_out(aws: MockAWS) -> None:
    queue = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    token = {"MessageBody.$": "$$.Task.Token"}
    arn = start("Ask", Ask=sending(queue, token, "sendMessage.waitForTaskToken", TimeoutSeconds=7200))

    aws.clock.advance(hours=1)
    assert status(arn) == "RUNNING"
    aws.clock.advance(hours=1, seconds=5)
    assert status(arn) in ("FAILED", "TIMED_OUT")


def test_executions_wait_for_their_mocks_clock_on_loops() -> None:
    async def program() -> None:
        async with (
            mock_aws(config=EXECUTE) as aws,
            get_session().create_client("stepfunctions", region_name=REGION) as machines,
        ):
            definition = json.dumps({"StartAt": "A", "States": {"A": wait(1800, "B"), "B": wait(1800)}})
            created = await machines.create_state_machine(name="m", definition=definition, roleArn=ROLE)
            started = await machines.start_execution(stateMachineArn=created["stateMachineArn"])
            await aws.clock.advance(hours=1)
            found = await machines.describe_execution(executionArn=started["executionArn"])
            assert found["status"] == "SUCCEEDED"

    in_real_time(lambda: asyncio.run(program()), 30)


def test_nothing_of_it_is_left() -> None:
    import moto.stepfunctions.parser.asl.eval.environment as module

    with mock_aws(config=EXECUTE) as aws:
        arn = start("Wait", Wait=wait(3600))
        aws.clock.advance(hours=1)
        assert status(arn) == "SUCCEEDED"
    assert module.threading is threading
