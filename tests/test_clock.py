"""``aws.clock``: hours pass in a line of a test, for Moto and for its clients, and for nobody else."""

from __future__ import annotations

import asyncio
import datetime as datetime_module
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from aiobotocore.session import get_session

from aiomoto import AiomotoError, ArgumentError, MockAWS, mock_aws
from tests.clocks import FREEZERS, Freezer, each, in_real_time
from tests.inner_runs import run_tests
from tests.moved_clocks import REGION, START, client
from tests.programs import run_source

pytest_plugins = ["pytester"]

SECOND = timedelta(seconds=1)


def queue(**attributes: str) -> str:
    url: str = client("sqs").create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
    return url


def received(url: str) -> list[str]:
    return [each["Body"] for each in client("sqs").receive_message(QueueUrl=url).get("Messages", [])]


def clocks_of_modules() -> dict[tuple[str, str], Any]:
    """What the modules of Moto and botocore that are loaded have by the names of clocks."""
    return {
        (module_name, name): vars(module)[name]
        for module_name, module in list(sys.modules.items())
        if module_name.partition(".")[0] in ("moto", "botocore", "aiobotocore")
        for name in ("datetime", "date", "time", "dt")
        if name in vars(module)
    }


# ---------------------------------------------------------------- moving it


def test_the_clock_is_that_of_the_process_until_it_is_moved() -> None:
    with mock_aws() as aws:
        before, now, after = datetime.now(timezone.utc), aws.clock.now(), datetime.now(timezone.utc)

    assert before - SECOND <= now <= after + SECOND
    assert now.tzinfo is timezone.utc


@pytest.mark.parametrize(
    "advance",
    [
        pytest.param(lambda clock: clock.advance(5400), id="seconds"),
        pytest.param(lambda clock: clock.advance(5400.0), id="float"),
        pytest.param(lambda clock: clock.advance(hours=1, minutes=30), id="units"),
        pytest.param(lambda clock: clock.advance(timedelta(hours=1.5)), id="timedelta"),
        pytest.param(lambda clock: clock.advance(days=0.0625), id="fraction"),
        pytest.param(lambda clock: (clock.advance(60), clock.advance(minutes=89)), id="twice"),
        pytest.param(lambda clock: clock.move_to(START + timedelta(hours=1.5)), id="move_to"),
    ],
)
def test_it_may_be_moved_in_each_unit(advance: Callable[[Any], object]) -> None:
    with mock_aws(time=START) as aws:
        advance(aws.clock)

        assert timedelta(hours=1.5) <= aws.clock.now() - START < timedelta(hours=1.6)


def test_it_goes_on_at_its_own_pace_and_the_process_s_does_not_change() -> None:
    with mock_aws() as aws:
        before = time.time()
        aws.clock.advance(days=1)
        moved = aws.clock.now()

        assert time.time() - before < 3600
        assert datetime.now(timezone.utc) < moved - timedelta(hours=23)
        assert aws.clock.now() >= moved


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(START, id="datetime"),
        pytest.param("2026-01-01T00:00:00Z", id="Z"),
        pytest.param("2026-01-01T02:00:00+02:00", id="offset"),
        pytest.param(START.astimezone(timezone(timedelta(hours=5))), id="another time zone"),
    ],
)
def test_a_mock_may_begin_at_any_time(start: Any) -> None:
    with mock_aws(time=start) as aws:
        client("s3").create_bucket(Bucket="photos")

        [bucket] = client("s3").list_buckets()["Buckets"]
        assert START <= bucket["CreationDate"] < START + timedelta(minutes=10)
        assert START <= aws.clock.now() < START + timedelta(minutes=10)


def test_every_call_of_a_decorated_function_begins_at_that_time() -> None:
    @mock_aws(time=START)
    def moved() -> datetime:
        queue()
        mock = MockAWS()
        with mock:
            mock.clock.advance(days=1)
            return mock.clock.now()

    for _ in range(2):
        assert moved() - START < timedelta(days=1, hours=1)


def test_a_marker_may_give_the_time(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto(time="2026-01-01T00:00:00Z")
        def test_it(aiomoto):
            boto3.client("s3", "us-east-1").create_bucket(Bucket="photos")
            [bucket] = boto3.client("s3", "us-east-1").list_buckets()["Buckets"]
            assert bucket["CreationDate"].year == 2026
            aiomoto.clock.advance(days=365)
            assert aiomoto.clock.now().year == 2027

        @pytest.mark.aiomoto(time="yesterday")
        def test_that_fails():
            pass
        """

    outcome = run_tests(pytester, tests)

    outcome.assert_outcomes(passed=1, errors=1)
    outcome.stdout.fnmatch_lines(
        ["*time must be an aware datetime or a string like '2026-01-01T00:00:00Z', not 'yest*"]
    )


# ---------------------------------------------------------------- who sees it


def test_motos_responses_have_its_time() -> None:
    with mock_aws() as aws:
        client("s3").create_bucket(Bucket="photos")
        aws.clock.advance(days=400)
        client("s3").put_object(Bucket="photos", Key="cat", Body=b"")

        age = client("s3").head_object(Bucket="photos", Key="cat")["LastModified"] - datetime.now(timezone.utc)

    assert timedelta(days=399) < age < timedelta(days=401)


def test_clients_sign_with_its_time() -> None:
    with mock_aws(time=START, record_bodies=True):
        url = client("s3").generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "cat"})

    assert "X-Amz-Date=20260101T00" in url or "Expires=17672" in url


@pytest.mark.thorough
def test_a_service_that_is_first_used_after_a_move_sees_it() -> None:
    program = """
import sys
from datetime import datetime, timezone
import boto3
from aiomoto import mock_aws

with mock_aws() as aws:
    assert "moto.kinesis.models" not in sys.modules
    aws.clock.move_to(datetime(2199, 7, 1, tzinfo=timezone.utc))
    kinesis = boto3.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    print(kinesis.describe_stream(StreamName="clicks")["StreamDescription"]["StreamCreationTimestamp"].year)
"""
    assert run_source(program).stdout == "2199\n"


def test_mocks_that_share_their_data_share_its_time() -> None:
    with mock_aws(time=START) as outer:
        with mock_aws() as inner:
            inner.clock.advance(hours=1)
            assert outer.clock.now() - START >= timedelta(hours=1)
        assert outer.clock.now() - START >= timedelta(hours=1)


def test_the_next_mock_begins_at_the_time_of_the_process() -> None:
    with mock_aws() as aws:
        aws.clock.advance(days=1)
    with mock_aws() as aws:
        assert aws.clock.now() - datetime.now(timezone.utc) < timedelta(hours=1)


# ---------------------------------------------------------------- beginning and ending


def test_a_clock_that_is_not_moved_replaces_nothing() -> None:
    queue_before = clocks_of_modules()
    with mock_aws() as aws:
        queue()
        before = clocks_of_modules()
        assert {name: before[name] for name in queue_before} == queue_before
        aws.clock.now()
        repr(aws.clock)

        after = clocks_of_modules()
        assert all(after[name] is value for name, value in before.items())


@pytest.mark.thorough
def test_a_clock_that_is_not_moved_imports_nothing() -> None:
    program = """
import sys
import boto3
from aiomoto import mock_aws

with mock_aws():
    boto3.client("sqs", "us-east-1").create_queue(QueueName="jobs")
print([name for name in sys.modules if name.startswith("aiomoto") and "_time" in name or name == "aiomoto.clock"])
"""
    assert run_source(program).stdout == "[]\n"


def test_everything_is_restored_by_identity_whichever_mock_ends_first() -> None:
    with mock_aws():
        queue()
        client("s3").list_buckets()
    before = clocks_of_modules()
    first, second = mock_aws(), mock_aws()
    first.start()
    second.start()
    first.clock.advance(60)
    assert clocks_of_modules()["moto.core.utils", "datetime"] is not datetime_module

    first.stop()
    assert clocks_of_modules()["moto.core.utils", "datetime"] is not datetime_module
    second.stop()

    after = clocks_of_modules()
    assert all(after[name] is value for name, value in before.items())
    assert after["moto.core.utils", "datetime"] is datetime_module


def test_a_start_that_fails_leaves_no_time_behind() -> None:
    with mock_aws() as aws:
        with pytest.raises(AiomotoError, match=r"cannot set the time while another mock is active.*move_to"):
            mock_aws(time=START).start()
        assert aws.clock.now() - START > timedelta(days=1)


def test_a_clock_outlives_its_mock_only_to_say_so() -> None:
    aws = mock_aws()
    with pytest.raises(AiomotoError, match="only while the mock is active"):
        _ = aws.clock
    with aws:
        clock = aws.clock
    with pytest.raises(AiomotoError, match=r"aws\.clock\.advance\(\) needs an active mock"):
        clock.advance(1)
    assert repr(clock) == "<Clock: its mock has ended>"


def test_data_outlives_the_clock_in_snapshots() -> None:
    with mock_aws(time=START) as aws:
        client("s3").create_bucket(Bucket="photos")
        snapshot = aws.snapshot()
    with mock_aws(state=snapshot):
        [bucket] = client("s3").list_buckets()["Buckets"]
        assert bucket["CreationDate"].date() == START.date()


def test_deleting_or_restoring_data_does_not_change_the_time() -> None:
    with mock_aws(time=START) as aws:
        snapshot = aws.snapshot()
        aws.clock.advance(days=1)
        aws.reset()
        assert aws.clock.now() - START >= timedelta(days=1)
        aws.restore(snapshot)
        assert aws.clock.now() - START >= timedelta(days=1)


# ---------------------------------------------------------------- queues


def test_messages_become_visible_when_their_time_has_come() -> None:
    with mock_aws() as aws:
        url = queue(VisibilityTimeout="30")
        client("sqs").send_message(QueueUrl=url, MessageBody="now")
        client("sqs").send_message(QueueUrl=url, MessageBody="later", DelaySeconds=600)
        assert received(url) == ["now"]

        aws.clock.advance(29)
        assert received(url) == []
        aws.clock.advance(2)
        assert received(url) == ["now"]
        aws.clock.advance(minutes=10)
        assert sorted(received(url) + received(url)) == ["later", "now"]


def test_polls_end_when_their_time_is_over() -> None:
    async def program() -> None:
        async with mock_aws() as aws, get_session().create_client("sqs", region_name=REGION) as sqs:
            url = queue()
            poll = asyncio.ensure_future(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            while not poll.done():
                await aws.clock.advance(20)
            assert "Messages" not in await poll

    in_real_time(lambda: asyncio.run(program()), 15)


def test_polls_find_what_becomes_visible_before_they_end() -> None:
    async def program() -> None:
        async with mock_aws() as aws, get_session().create_client("sqs", region_name=REGION) as sqs:
            url = queue(DelaySeconds="15")
            client("sqs").send_message(QueueUrl=url, MessageBody="job")
            polls = [asyncio.ensure_future(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)) for _ in range(3)]
            while not all(poll.done() for poll in polls):
                await aws.clock.advance(1)
            found = [message["Body"] for poll in polls for message in (await poll).get("Messages", [])]
            assert found == ["job"]

    in_real_time(lambda: asyncio.run(program()), 15)


def test_polls_of_other_threads_end_too() -> None:
    def poll(url: str) -> object:
        return client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages")

    async def program() -> None:
        async with mock_aws() as aws:
            waiting = asyncio.ensure_future(asyncio.to_thread(poll, queue()))
            while not waiting.done():
                await aws.clock.advance(20)
            assert await waiting is None

    in_real_time(lambda: asyncio.run(program()), 15)


# ---------------------------------------------------------------- beside other clocks


@pytest.mark.parametrize("freezer", each(FREEZERS[:6]))
@pytest.mark.parametrize("is_outer", [True, False], ids=["freezer outside", "freezer inside"])
def test_the_mocks_time_is_that_of_a_stopped_clock_plus_what_it_was_moved(freezer: Freezer, is_outer: bool) -> None:
    frozen = datetime(2025, 3, 1, 12, tzinfo=timezone.utc)

    def check(aws: MockAWS) -> None:
        aws.clock.advance(days=10)
        client("s3").create_bucket(Bucket="photos")
        [bucket] = client("s3").list_buckets()["Buckets"]
        for moment in (bucket["CreationDate"], aws.clock.now()):
            assert timedelta(days=10) <= moment - frozen < timedelta(days=11)

    def program() -> None:
        with mock_aws():
            client("s3").list_buckets()
        before = clocks_of_modules()
        if is_outer:
            with freezer.begin(), mock_aws() as aws:
                check(aws)
        else:
            with mock_aws() as aws:
                aws.clock.advance(0)
                with freezer.begin():
                    check(aws)
        after = clocks_of_modules()
        assert [name for name, value in before.items() if after[name] is not value] == []

    in_real_time(program)


@pytest.mark.parametrize("freezer", each(FREEZERS[:6]))
@pytest.mark.parametrize("first", ["mock", "freezer"])
def test_a_stopped_clock_may_end_before_the_mock_or_after(freezer: Freezer, first: str) -> None:
    def program() -> None:
        with mock_aws():
            client("s3").list_buckets()
        before = clocks_of_modules()
        aws, clocks = mock_aws(), freezer.begin()
        outer, inner = (aws, clocks) if first == "mock" else (clocks, aws)
        outer.__enter__()
        inner.__enter__()
        aws.clock.advance(days=10)
        outer.__exit__(None, None, None)
        if outer is clocks:
            url = queue()
            assert aws.clock.now() - datetime.now(timezone.utc) > timedelta(days=9)
            created = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"])
            assert float(created["Attributes"]["CreatedTimestamp"]) > time.time() + 9 * 86400
        inner.__exit__(None, None, None)

        after = clocks_of_modules()
        assert [name for name, value in before.items() if after[name] is not value] == []

    in_real_time(program)


def test_what_falls_due_while_time_goes_on_by_itself_is_done_before_the_next_request() -> None:
    freezegun = pytest.importorskip("freezegun")

    def program() -> None:
        with freezegun.freeze_time("2025-03-01") as frozen, mock_aws() as aws:
            aws.clock.advance(days=1)
            url = queue(MessageRetentionPeriod="3600")
            client("sqs").send_message(QueueUrl=url, MessageBody="job")
            frozen.tick(3601)
            found = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            assert found["Attributes"]["ApproximateNumberOfMessages"] == "0"

    in_real_time(program)


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (lambda clock: clock.advance(-1), "seconds must not be negative, but is -1"),
        (lambda clock: clock.advance(hours=-0.5), "hours must not be negative, but is -0.5"),
        (lambda clock: clock.advance(timedelta(days=-1)), "must not be negative"),
        (lambda clock: clock.advance(float("nan")), "seconds must be a number or a timedelta, not nan"),
        (lambda clock: clock.advance(days=float("inf")), "days must be a number, not inf"),
        (lambda clock: clock.advance("30"), "seconds must be a number or a timedelta, not '30'"),
        (lambda clock: clock.advance(minutes="30"), "minutes must be a number, not '30'"),
        (lambda clock: clock.advance(True), "seconds must be a number or a timedelta, not True"),
        (lambda clock: clock.advance(None), "seconds must be a number or a timedelta, not None"),
        (lambda clock: clock.advance(timedelta(days=1), hours=1), r"a timedelta alone, not with hours=1"),
        (lambda clock: clock.advance(days=1e9), "past the year 9999"),
        (lambda clock: clock.advance(10**400), "past the year 9999"),
        (lambda clock: clock.advance(-(10**400)), "seconds must not be negative"),
        (lambda clock: clock.move_to(datetime(2027, 1, 1)), "must be an aware datetime, not .*which has no tzinfo"),
        (lambda clock: clock.move_to("2027-01-01T00:00:00Z"), "takes an aware datetime, not '2027-01-01T00:00:00Z'"),
        (lambda clock: clock.move_to(1e9), "takes an aware datetime, not 1000000000.0"),
        (lambda clock: clock.move_to(START - SECOND), r"cannot go back to 2025-12-31T23:59:59\+00:00"),
        (lambda clock: clock.move_to(datetime.max.replace(tzinfo=timezone.utc)), "between the years 1970 and 9999"),
    ],
)
def test_a_wrong_move_is_an_error_and_moves_nothing(move: Callable[[Any], object], message: str) -> None:
    with mock_aws(time=START) as aws:
        with pytest.raises(ArgumentError, match=message):
            move(aws.clock)
        assert aws.clock.now() - START < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (datetime(2026, 1, 1), "time must be an aware datetime, not .*which has no tzinfo"),
        ("2026-01-01T00:00:00", "has no offset from UTC: write '2026-01-01T00:00:00Z'"),
        ("2026-01-01", "has no offset from UTC: write '2026-01-01T00:00:00Z'"),
        ("tomorrow", "time must be an aware datetime or a string like .*, not 'tomorrow'"),
        (1767225600, "time must be an aware datetime or a string like .*, not 1767225600"),
        (float("nan"), "not nan"),
        ("", "not ''"),
        (datetime(1969, 12, 31, tzinfo=timezone.utc), "between the years 1970 and 9999"),
    ],
)
def test_a_mock_does_not_begin_at_what_is_no_moment(start: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        mock_aws(time=start)
