"""Isolated mocks have a time of their own each."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone

import pytest
from aiobotocore.session import get_session

from aiomoto import MockAWS, mock_aws
from tests.clocks import in_real_time
from tests.moved_clocks import EXECUTE, REGION, START, client


def test_each_of_two_worlds_has_its_time_its_data_and_its_schedules() -> None:
    with mock_aws(isolated=True, time=START) as first, mock_aws(isolated=True) as second:
        # Each moves the clock of the other's, whose data this code does not see.
        second.clock.advance(days=365)
        first.clock.advance(hours=1)

        assert first.clock.now() - START < timedelta(hours=2)
        assert second.clock.now() - datetime.now(timezone.utc) > timedelta(days=364)
        client("s3").create_bucket(Bucket="photos")
        [bucket] = client("s3").list_buckets()["Buckets"]
        assert bucket["CreationDate"] - datetime.now(timezone.utc) > timedelta(days=364)


def test_one_that_is_not_moved_has_the_time_of_the_process() -> None:
    with mock_aws() as shared:
        client("sqs").create_queue(QueueName="jobs")
        with mock_aws(isolated=True) as isolated:
            isolated.clock.advance(days=30)
            assert shared.clock.now() - datetime.now(timezone.utc) < timedelta(hours=1)
        created = client("sqs").create_queue(QueueName="other")["QueueUrl"]
        found = client("sqs").get_queue_attributes(QueueUrl=created, AttributeNames=["CreatedTimestamp"])["Attributes"]
        at = datetime.fromtimestamp(float(found["CreatedTimestamp"]), timezone.utc)
        assert abs(at - datetime.now(timezone.utc)) < timedelta(hours=1)


def test_what_falls_due_in_a_world_happens_there() -> None:
    def schedule(aws: MockAWS) -> str:
        sqs = client("sqs")
        url: str = sqs.create_queue(QueueName="events")["QueueUrl"]
        events = client("events")
        events.put_rule(Name="often", ScheduleExpression="rate(20 minutes)")
        target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:123456789012:events"}
        events.put_targets(Rule="often", Targets=[target])
        return url

    def count(url: str) -> int:
        found = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    with mock_aws() as outer:
        url = schedule(outer)
        with mock_aws(isolated=True) as inner:
            schedule(inner)
            outer.clock.advance(hours=1)
            assert count(url) == 0
            inner.clock.advance(minutes=40)
            assert count(url) == 2
        assert count(url) == 3


@pytest.mark.thorough
def test_clocks_are_moved_while_tasks_poll_in_two_worlds() -> None:
    async def work(start: datetime, step: int) -> list[str]:
        found: list[str] = []
        async with (
            mock_aws(isolated=True, time=start) as aws,
            get_session().create_client("sqs", region_name=REGION) as sqs,
        ):
            hidden = {"VisibilityTimeout": "43200"}  # until it is deleted, however far the clock is moved meanwhile
            url = (await sqs.create_queue(QueueName="jobs", Attributes=hidden))["QueueUrl"]

            async def poll() -> None:
                while len(found) < 20:
                    response = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
                    for message in response.get("Messages", []):
                        found.append(message["Body"])
                        await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

            polling = [asyncio.ensure_future(poll()) for _ in range(3)]
            for number in range(20):
                await sqs.send_message(QueueUrl=url, MessageBody=f"{start.year}-{number}", DelaySeconds=number)
            while not all(each.done() for each in polling):
                await aws.clock.advance(step)
            for each in polling:
                await each
            assert abs(aws.clock.now() - start) < timedelta(days=2)
        return found

    async def program() -> None:
        first, second = await asyncio.gather(work(START, 7), work(START + timedelta(days=3650), 3))
        assert sorted(first) == sorted(f"2026-{number}" for number in range(20))
        assert sorted(second) == sorted(f"2035-{number}" for number in range(20))

    in_real_time(lambda: asyncio.run(program()), 50)


@pytest.mark.thorough
def test_executions_wait_by_the_time_of_their_world() -> None:
    def start() -> str:
        machines = client("stepfunctions")
        states = {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}
        definition = json.dumps({"StartAt": "Wait", "States": states})
        role = "arn:aws:iam::123456789012:role/runner"
        machine = machines.create_state_machine(name="machine", definition=definition, roleArn=role)["stateMachineArn"]
        arn: str = machines.start_execution(stateMachineArn=machine)["executionArn"]
        return arn

    def status(arn: str) -> str:
        return str(client("stepfunctions").describe_execution(executionArn=arn)["status"])

    with mock_aws(config=EXECUTE) as outer:
        first = start()
        with mock_aws(config=EXECUTE, isolated=True) as inner:
            second = start()
            outer.clock.advance(hours=1)
            assert status(second) == "RUNNING"
            inner.clock.advance(hours=1)
            assert status(second) == "SUCCEEDED"
        assert status(first) == "SUCCEEDED"
