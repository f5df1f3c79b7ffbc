"""Schedules deliver while a mock's clock is moved: each event, in its order, at its moment."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aiomoto import MockAWS
from tests.clocks import in_real_time
from tests.moved_clocks import REGION, START, client
from tests.moved_clocks import aws as aws  # a fixture

ROLE = "arn:aws:iam::123456789012:role/scheduler"
MINUTE = timedelta(minutes=1)


class Queue:
    """A queue for events."""

    def __init__(self, name: str = "events") -> None:
        self.url: str = client("sqs").create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:{REGION}:123456789012:{name}"

    def bodies(self) -> list[str]:
        """What has arrived since the last look."""
        sqs, found = client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
                found.append(each["Body"])
        return found

    def minutes(self) -> list[int]:
        """When the events that have arrived were due, in minutes since the start."""
        times = [json.loads(body)["time"] for body in self.bodies()]
        return [round((datetime.fromisoformat(time.replace("Z", "+00:00")) - START) / MINUTE) for time in times]


def rule(name: str, expression: str, *targets: dict[str, Any], state: str = "ENABLED") -> Any:
    events = client("events")
    events.put_rule(Name=name, ScheduleExpression=expression, State=state)
    numbered = [{"Id": str(number), **target} for number, target in enumerate(targets)]
    events.put_targets(Rule=name, Targets=numbered)
    return events


# ---------------------------------------------------------------- rules of EventBridge


def test_three_schedules_in_an_hour_are_three_events(aws: MockAWS) -> None:
    queue = Queue()
    rule("often", "rate(20 minutes)", {"Arn": queue.arn})

    aws.clock.advance(hours=1)
    assert queue.minutes() == [20, 40, 60]
    aws.clock.advance(minutes=19)
    assert queue.minutes() == []
    aws.clock.advance(minutes=1)
    assert queue.minutes() == [80]


def test_events_of_several_rules_arrive_in_their_order(aws: MockAWS) -> None:
    queue = Queue()
    for minutes in (20, 15):
        rule(f"every {minutes}".replace(" ", "-"), f"rate({minutes} minutes)", {"Arn": queue.arn})
    rule("at-half-past", "cron(30 * * * ? *)", {"Arn": queue.arn})

    aws.clock.advance(hours=1)

    assert queue.minutes() == [15, 20, 30, 30, 40, 45, 60, 60]


def test_what_a_rule_delivers_is_aws_s_event_or_what_its_target_makes_of_it(aws: MockAWS) -> None:
    queue = Queue()
    transformer = {"InputPathsMap": {"when": "$.time"}, "InputTemplate": '{"at": "<when>"}'}
    rule(
        "often",
        "rate(1 hour)",
        {"Arn": queue.arn},
        {"Arn": queue.arn, "Input": '{"fixed": true}'},
        {"Arn": queue.arn, "InputPath": "$.detail"},
        {"Arn": queue.arn, "InputTransformer": transformer},
    )

    aws.clock.advance(hours=1)

    event, fixed, detail, transformed = map(json.loads, queue.bodies())
    assert event["source"] == "aws.events"
    assert event["detail-type"] == "Scheduled Event"
    assert event["account"] == "123456789012"
    assert event["resources"] == [f"arn:aws:events:{REGION}:123456789012:rule/often"]
    assert event["time"].startswith("2026-01-01T01:00:0")
    assert fixed == {"fixed": True}
    assert detail == {}
    assert transformed == {"at": event["time"]}


def test_a_rule_that_is_disabled_or_deleted_delivers_nothing(aws: MockAWS) -> None:
    queue = Queue()
    events = rule("off", "rate(10 minutes)", {"Arn": queue.arn}, state="DISABLED")
    rule("gone", "rate(10 minutes)", {"Arn": queue.arn})
    events.remove_targets(Rule="gone", Ids=["0"])
    events.delete_rule(Name="gone")

    aws.clock.advance(hours=1)
    assert queue.minutes() == []
    events.enable_rule(Name="off")
    aws.clock.advance(minutes=10)
    assert queue.minutes() == [70]


@pytest.mark.thorough
def test_rules_deliver_to_topics_streams_logs_and_buses(aws: MockAWS) -> None:
    direct, by_topic, by_bus = (Queue(name) for name in ("direct", "topic", "bus"))
    topic = client("sns").create_topic(Name="news")["TopicArn"]
    client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=by_topic.arn, Attributes={"RawMessageDelivery": "true"}
    )
    client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    client("logs").create_log_group(logGroupName="/aws/events/mine")
    events = client("events")
    bus = events.create_event_bus(Name="other")["EventBusArn"]
    events.put_rule(Name="onward", EventBusName="other", EventPattern='{"source": ["aws.events"]}')
    events.put_targets(Rule="onward", EventBusName="other", Targets=[{"Id": "1", "Arn": by_bus.arn}])
    rule(
        "often",
        "rate(1 hour)",
        {"Arn": direct.arn},
        {"Arn": topic},
        {"Arn": f"arn:aws:kinesis:{REGION}:123456789012:stream/clicks"},
        {"Arn": f"arn:aws:logs:{REGION}:123456789012:log-group:/aws/events/mine"},
        {"Arn": bus, "RoleArn": ROLE},
    )

    aws.clock.advance(hours=1)

    assert direct.minutes() == [60]
    assert by_topic.minutes() == [60]
    [on_bus] = by_bus.bodies()
    assert json.loads(on_bus)["detail-type"] == "Scheduled Event"
    kinesis = client("kinesis")
    iterator = kinesis.get_shard_iterator(
        StreamName="clicks", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    [record] = kinesis.get_records(ShardIterator=iterator)["Records"]
    assert json.loads(record["Data"])["source"] == "aws.events"
    [logged] = client("logs").filter_log_events(logGroupName="/aws/events/mine")["events"]
    assert json.loads(logged["message"])["source"] == "aws.events"


def test_a_target_that_does_not_exist_is_a_warning_and_the_others_get_theirs(aws: MockAWS) -> None:
    queue = Queue()
    missing = f"arn:aws:sqs:{REGION}:123456789012:missing"
    rule("often", "rate(1 hour)", {"Arn": missing}, {"Arn": queue.arn})

    with pytest.warns(RuntimeWarning, match="the rule often could not deliver to .*missing"):
        aws.clock.advance(hours=1)
    assert queue.minutes() == [60]


def test_a_target_of_another_service_is_a_warning(aws: MockAWS) -> None:
    rule("often", "rate(1 hour)", {"Arn": f"arn:aws:ecs:{REGION}:123456789012:cluster/web", "RoleArn": ROLE})

    with pytest.warns(RuntimeWarning, match="the rule often could not deliver to .*targets of ecs"):
        aws.clock.advance(hours=1)


def test_a_state_machine_is_started(aws: MockAWS) -> None:
    states = client("stepfunctions")
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    machine = states.create_state_machine(name="daily", definition=definition, roleArn=ROLE)["stateMachineArn"]
    rule("often", "rate(12 hours)", {"Arn": machine, "RoleArn": ROLE, "Input": '{"n": 1}'})

    aws.clock.advance(days=1)

    executions = states.list_executions(stateMachineArn=machine)["executions"]
    assert len(executions) == 2
    assert states.describe_execution(executionArn=executions[0]["executionArn"])["input"] == '{"n": 1}'


# ---------------------------------------------------------------- cron


@pytest.mark.parametrize(
    ("expression", "first", "second"),
    [
        ("cron(0 12 * * ? *)", "2026-01-01 12:00", "2026-01-02 12:00"),
        ("cron(0/15 8-9 ? * MON-FRI *)", "2026-01-01 08:00", "2026-01-01 08:15"),
        ("cron(30 6 1 * ? *)", "2026-01-01 06:30", "2026-02-01 06:30"),
        ("cron(0 0 L * ? *)", "2026-01-31 00:00", "2026-02-28 00:00"),
        ("cron(0 10 15W * ? *)", "2026-01-15 10:00", "2026-02-16 10:00"),
        ("cron(0 10 ? * 6#3 *)", "2026-01-16 10:00", "2026-02-20 10:00"),
        ("cron(0 10 ? * 2L *)", "2026-01-26 10:00", "2026-02-23 10:00"),
        ("cron(0 10 ? JAN,JUL SUN *)", "2026-01-04 10:00", "2026-01-11 10:00"),
        ("cron(15 10 29 2 ? *)", "2028-02-29 10:15", "2032-02-29 10:15"),
        ("cron(0 0 1 1 ? 2027-2028)", "2027-01-01 00:00", "2028-01-01 00:00"),
        ("rate(5 minutes)", "2026-01-01 00:05", "2026-01-01 00:10"),
        ("rate(1 day)", "2026-01-02 00:00", "2026-01-03 00:00"),
    ],
)
def test_expressions_mean_what_they_mean_on_aws(aws: MockAWS, expression: str, first: str, second: str) -> None:
    queue = Queue()
    rule("it", expression, {"Arn": queue.arn})
    moments = [datetime.fromisoformat(f"{each}+00:00") for each in (first, second)]

    found = []
    for moment in moments:
        aws.clock.move_to(moment - MINUTE)
        assert queue.bodies() == []
        aws.clock.move_to(moment + timedelta(seconds=2))
        found += [json.loads(body)["time"][:16] for body in queue.bodies()]

    assert found == [f"{moment:%Y-%m-%dT%H:%M}" for moment in moments]


# ---------------------------------------------------------------- EventBridge Scheduler


def schedule(name: str, expression: str, target: dict[str, Any], **options: Any) -> Any:
    scheduler = client("scheduler")
    scheduler.create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"RoleArn": ROLE, **target},
        **options,
    )
    return scheduler


def test_the_scheduler_delivers_inputs_at_their_moments(aws: MockAWS) -> None:
    queue = Queue()
    schedule("often", "rate(20 minutes)", {"Arn": queue.arn, "Input": "rate"})
    schedule("once", "at(2026-01-01T00:30:00)", {"Arn": queue.arn, "Input": "once"})
    schedule("off", "rate(1 minute)", {"Arn": queue.arn, "Input": "off"}, State="DISABLED")

    aws.clock.advance(hours=1)
    assert queue.bodies() == ["rate", "once", "rate", "rate"]
    aws.clock.advance(hours=1)
    assert queue.bodies() == ["rate"] * 3


def test_schedules_have_time_zones(aws: MockAWS) -> None:
    queue = Queue()
    attributes = "<aws.scheduler.scheduled-time>"
    target = {"Arn": queue.arn, "Input": attributes}
    schedule("berlin", "cron(0 9 * * ? *)", target, ScheduleExpressionTimezone="Europe/Berlin")
    schedule("new-york", "at(2026-01-01T09:00:00)", target, ScheduleExpressionTimezone="America/New_York")

    aws.clock.move_to(datetime(2026, 1, 1, 23, tzinfo=timezone.utc))
    assert queue.bodies() == ["2026-01-01T08:00:00Z", "2026-01-01T14:00:00Z"]
    aws.clock.move_to(datetime(2026, 6, 30, 23, tzinfo=timezone.utc))
    assert queue.bodies()[-1] == "2026-06-30T07:00:00Z"


def test_schedules_have_start_and_end_dates(aws: MockAWS) -> None:
    queue = Queue()
    target = {"Arn": queue.arn, "Input": "<aws.scheduler.scheduled-time>"}
    start, end = START + timedelta(hours=2), START + timedelta(hours=5)
    schedule("some", "rate(1 hour)", target, StartDate=start, EndDate=end)

    aws.clock.advance(days=1)

    assert [body[11:13] for body in queue.bodies()] == ["02", "03", "04", "05"]


def test_a_schedule_may_be_deleted_after_its_completion(aws: MockAWS) -> None:
    queue = Queue()
    target = {"Arn": queue.arn, "Input": "once"}
    scheduler = schedule("once", "at(2026-01-01T00:30:00)", target, ActionAfterCompletion="DELETE")
    schedule("kept", "at(2026-01-01T00:30:00)", target)

    aws.clock.advance(hours=1)

    assert queue.bodies() == ["once", "once"]
    assert [each["Name"] for each in scheduler.list_schedules()["Schedules"]] == ["kept"]


def test_a_schedule_without_an_input_delivers_aws_s_event(aws: MockAWS) -> None:
    queue = Queue()
    schedule("often", "rate(1 hour)", {"Arn": queue.arn})

    aws.clock.advance(hours=1)

    event = json.loads(queue.bodies()[0])
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")


def test_a_schedule_may_call_any_operation(aws: MockAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    queue = Queue()
    body = json.dumps({"QueueUrl": queue.url, "MessageBody": "sent"})
    schedule("often", "rate(1 hour)", {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "Input": body})

    in_real_time(lambda: aws.clock.advance(hours=1), 30)

    assert queue.bodies() == ["sent"]


# ---------------------------------------------------------------- rotation


def test_secrets_are_rotated_when_it_is_time(aws: MockAWS) -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="password", SecretString="1")
    secrets.rotate_secret(SecretId="password", RotationRules={"AutomaticallyAfterDays": 10})

    def versions() -> int:
        return len(secrets.list_secret_version_ids(SecretId="password", IncludeDeprecated=True)["Versions"])

    before = versions()
    aws.clock.advance(days=9)
    assert versions() == before
    aws.clock.advance(days=2)
    assert versions() == before + 1
    assert secrets.describe_secret(SecretId="password")["LastRotatedDate"] >= START + timedelta(days=10)
    aws.clock.advance(days=20)
    assert versions() == before + 3


def test_a_secret_that_is_deleted_is_not_rotated(aws: MockAWS) -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="password", SecretString="1")
    secrets.rotate_secret(SecretId="password", RotationRules={"AutomaticallyAfterDays": 10})
    secrets.delete_secret(SecretId="password", RecoveryWindowInDays=30)

    aws.clock.advance(days=29)
    secrets.describe_secret(SecretId="password")
    aws.clock.advance(days=2)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secrets.describe_secret(SecretId="password")
