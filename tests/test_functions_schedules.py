"""Functions that schedules invoke, when the mock's clock is moved."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import pytest
from aiobotocore.session import get_session

from aiomoto import AiomotoError, mock_aws
from tests import functions
from tests.conftest import ClientFactory
from tests.functions import ACCOUNT, REGION, create_queue, create_rule, create_table, map_source
from tests.stack_of_each_loop import stack as stack  # a fixture

START = "2026-01-01T00:00:00Z"
create_hourly = partial(create_rule, "hourly", ScheduleExpression="rate(1 hour)")


def test_a_rule_invokes_a_function_once_in_each_period() -> None:
    """The event is that of https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html."""
    with mock_aws(time=START) as aws:
        aws.functions["sweep"] = lambda event, context: None
        rule = create_hourly({"Arn": aws.functions.arn("sweep")})

        aws.clock.advance(minutes=59)
        assert aws.functions.invocations == []
        aws.clock.advance(hours=2, minutes=2)

        events = [each.event for each in aws.functions.invocations]
        assert {each.trigger for each in aws.functions.invocations} == {"events"}
    assert [event.pop("time")[:16] for event in events] == [f"2026-01-01T0{hour}:00" for hour in (1, 2, 3)]
    assert len({event.pop("id") for event in events}) == 3
    expected = {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "region": REGION,
        "resources": [rule],
        "detail": {},
    }
    assert events == [expected] * 3


def test_a_template_that_does_not_make_json_is_a_warning_here_too() -> None:
    with mock_aws(time=START) as aws:
        aws.functions["sweep"] = lambda event, context: None
        transformer = {"InputTemplate": "swept by <aws.events.rule-name>"}
        create_hourly({"Arn": aws.functions.arn("sweep"), "InputTransformer": transformer})

        with pytest.warns(RuntimeWarning, match="the rule hourly could not .* the input is not JSON: .swept by"):
            aws.clock.advance(hours=1, minutes=1)

        assert aws.functions.invocations == []


def test_a_function_may_move_the_clock_and_its_clients_may_skip_waits() -> None:
    moments = []

    def sweep(event: Any, context: Any) -> None:
        moments.append(aws.clock.now())
        functions.client("sqs").list_queues()
        aws.clock.advance(minutes=10)
        moments.append(aws.clock.now())

    with mock_aws(time=START, sleep="instant") as aws:
        aws.functions["sweep"] = sweep
        create_hourly({"Arn": aws.functions.arn("sweep")})
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
            functions.client("sqs").list_queues()
            moments.append(aws.clock.now())

    async def sweep_async(event: Any, context: Any) -> None:
        async with get_session().create_client("sqs", REGION) as own:
            for _ in range(2):
                await own.list_queues()
                moments.append(aws.clock.now())

    async with mock_aws(time=START) as aws:
        aws.functions["sweep"] = sweep_async if is_async else sweep
        create_hourly({"Arn": aws.functions.arn("sweep")})

        await aws.clock.advance(hours=3)

        assert f"{aws.clock.now():%H:%M}" == "03:00"
    assert [f"{each:%H:%M}" for each in moments] == ["01:00", "01:00", "02:00", "02:00", "03:00", "03:00"]


async def test_on_an_event_loop_a_move_is_over_at_once_if_nobody_awaits_it(anyio_backend_name: str) -> None:
    async with mock_aws(time=START) as aws:
        aws.functions["sweep"] = lambda event, context: None
        create_hourly({"Arn": aws.functions.arn("sweep")})

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

    async with mock_aws(time=START) as aws:
        aws.functions["sweep"] = sweep
        create_hourly({"Arn": aws.functions.arn("sweep")})
        aws.clock.advance(hours=1)
        assert await anyio.to_thread.run_sync(has_begun.wait, 10)

    may_end.set()
    for thread in threading.enumerate():
        if thread.name == "aiomoto function":
            thread.join(10)
    assert len(aws.functions.invocations) == 1  # and no thread has ended with an error, which fails the test


@pytest.mark.anyio
async def test_on_an_event_loop_it_runs_there_and_what_it_sets_off_too(client: ClientFactory) -> None:
    threads: list[int] = []
    async with mock_aws(time=START) as aws, client("sqs", region_name=REGION) as sqs:
        url, arn = create_queue("jobs")

        @aws.functions.handler("sweep")
        async def sweep(event: Any, context: Any) -> None:
            threads.append(threading.get_ident())
            await sqs.send_message(QueueUrl=url, MessageBody=event["detail-type"])

        @aws.functions.handler("work")
        async def work(event: Any, context: Any) -> None:
            threads.append(threading.get_ident())

        map_source("work", arn)
        create_hourly({"Arn": aws.functions.arn("sweep")})

        await aws.clock.advance(hours=1, minutes=1)

        assert [each.name for each in aws.functions.invocations] == ["sweep", "work"]
    assert aws.functions.invocations[1].event["Records"][0]["body"] == "Scheduled Event"
    assert set(threads) == {threading.get_ident()}


@pytest.mark.parametrize("given", [{"of": "day"}, 5])
def test_the_scheduler_invokes_a_function(given: Any) -> None:
    with mock_aws(time=START) as aws:
        aws.functions["report"] = lambda event, context: None
        functions.client("scheduler").create_schedule(
            Name="once",
            ScheduleExpression="at(2026-01-01T02:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": aws.functions.arn("report"),
                "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/scheduler",
                "Input": json.dumps(given),
            },
        )

        aws.clock.advance(hours=1)
        assert aws.functions.invocations == []
        aws.clock.advance(hours=24)

        assert [each.event for each in aws.functions.invocations] == [given]


def test_an_item_that_expires_is_in_the_stream_that_a_function_reads() -> None:
    with mock_aws(time=START) as aws:
        aws.functions["archive"] = lambda event, context: None
        map_source("archive", create_table("sessions"), StartingPosition="LATEST")
        dynamodb = functions.client("dynamodb")
        dynamodb.update_time_to_live(
            TableName="sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
        )
        until = str(int(aws.clock.now().timestamp()) + 60)
        dynamodb.put_item(TableName="sessions", Item={"id": {"S": "1"}, "until": {"N": until}})

        aws.clock.advance(days=3)

        records = [record for each in aws.functions.invocations for record in each.event["Records"]]
    assert [(each["eventName"], each.get("userIdentity")) for each in records] == [
        ("INSERT", None),
        ("REMOVE", {"type": "Service", "principalId": "dynamodb.amazonaws.com"}),
    ]


@pytest.mark.thorough
def test_settling_raises_the_error_of_a_chain_without_end_that_a_schedule_began() -> None:
    with mock_aws(time=START) as aws:
        url, arn = create_queue("jobs")
        aws.functions["again"] = lambda event, context: functions.send(url, "again")
        map_source("again", arn)
        create_hourly({"Arn": aws.functions.arn("again")})

        aws.clock.advance(hours=1, minutes=1)

        with pytest.raises(AiomotoError, match="the function of the queue 'jobs' is the 101st function in a row"):
            aws.settle()
        assert len(aws.functions.invocations) == 100
