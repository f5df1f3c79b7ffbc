"""Functions that schedules invoke, when the mock's clock is moved."""

from __future__ import annotations

import json
import threading
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import MockAWS, mock_aws

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/any"


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


def with_rule(aws: MockAWS, name: str) -> None:
    events = boto3.client("events", REGION)
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="hourly", Targets=[{"Id": "1", "Arn": aws.functions.arn(name)}])


def test_a_rule_invokes_a_function_once_in_each_period() -> None:
    with mock_aws(time="2026-01-01T00:00:00Z") as aws:
        aws.functions["sweep"] = lambda event, context: event["time"]
        with_rule(aws, "sweep")

        aws.clock.advance(hours=3, seconds=30)

        hours = [each.result[:13] for each in aws.functions.invocations]
    assert hours == ["2026-01-01T01", "2026-01-01T02", "2026-01-01T03"]


def test_a_function_may_move_the_clock_and_its_clients_may_skip_waits() -> None:
    moments = []

    def sweep(event: Any, context: Any) -> None:
        moments.append(aws.clock.now())
        boto3.client("sqs", REGION).list_queues()
        aws.clock.advance(minutes=10)
        moments.append(aws.clock.now())

    with mock_aws(time="2026-01-01T00:00:00Z", sleep="instant") as aws:
        aws.functions["sweep"] = sweep
        with_rule(aws, "sweep")
        aws.faults.add("sqs", "ListQueues", error="ThrottlingException", times=1)

        aws.clock.advance(hours=2)

        assert [each.error for each in aws.functions.invocations] == [None, None]
        assert len(aws.slept) == 1
    assert [f"{each:%H:%M}" for each in moments] == ["01:00", "01:10", "02:00", "02:10"]


@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
async def test_on_an_event_loop_each_runs_at_its_moment_to_its_end(anyio_backend_name: str, is_async: bool) -> None:
    if anyio_backend_name != "asyncio":
        pytest.skip("aiobotocore's aiohttp needs asyncio")
    moments = []

    def sweep(event: Any, context: Any) -> None:
        for _ in range(2):
            boto3.client("sqs", REGION).list_queues()
            moments.append(aws.clock.now())

    async def sweep_async(event: Any, context: Any) -> None:
        async with get_session().create_client("sqs", REGION) as own:
            for _ in range(2):
                await own.list_queues()
                moments.append(aws.clock.now())

    async with mock_aws(time="2026-01-01T00:00:00Z") as aws:
        aws.functions["sweep"] = sweep_async if is_async else sweep
        with_rule(aws, "sweep")

        await aws.clock.advance(hours=3)

        assert f"{aws.clock.now():%H:%M}" == "03:00"
    assert [f"{each:%H:%M}" for each in moments] == ["01:00", "01:00", "02:00", "02:00", "03:00", "03:00"]


async def test_on_an_event_loop_a_move_is_over_at_once_if_nobody_awaits_it(anyio_backend_name: str) -> None:
    async with mock_aws(time="2026-01-01T00:00:00Z") as aws:
        aws.functions["sweep"] = lambda event, context: None
        with_rule(aws, "sweep")

        aws.clock.advance(hours=3)
        assert f"{aws.clock.now():%H:%M}" == "03:00"
        await aws.clock.move_to(aws.clock.now().replace(hour=5, minute=0))

        assert f"{aws.clock.now():%H:%M}" == "05:00"
        assert len(aws.functions.invocations) == 5


async def test_a_function_may_outlive_the_mock_of_a_move_that_nobody_awaits(anyio_backend_name: str) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def sweep(event: Any, context: Any) -> None:
        has_begun.set()
        may_end.wait(10)

    async with mock_aws(time="2026-01-01T00:00:00Z") as aws:
        aws.functions["sweep"] = sweep
        with_rule(aws, "sweep")
        aws.clock.advance(hours=1)
        assert has_begun.wait(10)

    may_end.set()
    for thread in threading.enumerate():
        if thread.name == "aiomoto function":
            thread.join(10)
    assert len(aws.functions.invocations) == 1  # and no thread has ended with an error, which fails the test


async def test_on_an_event_loop_too_with_what_the_function_sets_off(anyio_backend_name: str) -> None:
    if anyio_backend_name != "asyncio":
        pytest.skip("aiobotocore's aiohttp needs asyncio")
    async with mock_aws() as aws, get_session().create_client("sqs", REGION) as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]

        @aws.functions.handler("sweep")
        async def sweep(event: Any, context: Any) -> None:
            async with get_session().create_client("sqs", REGION) as own:
                await own.send_message(QueueUrl=url, MessageBody=event["detail-type"])

        with_rule(aws, "sweep")

        await aws.clock.advance(hours=1, seconds=30)

        received = await sqs.receive_message(QueueUrl=url)
    assert [each["Body"] for each in received["Messages"]] == ["Scheduled Event"]


def test_the_scheduler_invokes_a_function() -> None:
    with mock_aws(time="2026-01-01T00:00:00Z") as aws:
        aws.functions["report"] = lambda event, context: event
        boto3.client("scheduler", REGION).create_schedule(
            Name="once",
            ScheduleExpression="at(2026-01-01T02:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": aws.functions.arn("report"), "RoleArn": ROLE, "Input": json.dumps({"of": "day"})},
        )

        aws.clock.advance(hours=1)
        assert aws.functions.invocations == []
        aws.clock.advance(hours=1, seconds=30)

        assert [each.result for each in aws.functions.invocations] == [{"of": "day"}]


def test_an_item_that_expires_is_in_the_stream_that_a_function_reads() -> None:
    with mock_aws() as aws:
        aws.functions["archive"] = lambda event, context: [
            (each["eventName"], each.get("userIdentity")) for each in event["Records"]
        ]
        dynamodb = boto3.client("dynamodb", REGION)
        table = dynamodb.create_table(
            TableName="sessions",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]
        dynamodb.update_time_to_live(
            TableName="sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
        )
        boto3.client("lambda", REGION).create_event_source_mapping(
            FunctionName="archive", EventSourceArn=table["LatestStreamArn"], StartingPosition="LATEST"
        )
        until = str(int(aws.clock.now().timestamp()) + 60)
        dynamodb.put_item(TableName="sessions", Item={"id": {"S": "1"}, "until": {"N": until}})

        aws.clock.advance(days=3)

        assert [each.result for each in aws.functions.invocations] == [
            [("INSERT", None)],
            [("REMOVE", {"type": "Service", "principalId": "dynamodb.amazonaws.com"})],
        ]
