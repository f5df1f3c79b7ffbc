"""Rules of ``aws.faults``: which calls they act on, how often, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import anyio
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import ArgumentError, Call, MockAWS, mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

REGION = "us-east-1"
ONCE = Config(retries={"total_max_attempts": 1})


def sync(service: str, region: str = REGION) -> Any:
    return boto3.client(service, region_name=region, config=ONCE)


def code(call: Callable[[], Any]) -> str | None:
    """The code of the error that a call ends in; ``None`` where it is answered."""
    try:
        call()
    except ClientError as error:
        found: str = error.response["Error"]["Code"]
        return found
    return None


def codes(aws: MockAWS) -> list[str | None]:
    return [call.error_code for call in aws.calls]


# ---------------------------------------------------------------- on which calls


def test_rule_acts_on_its_service_only() -> None:
    with mock_aws() as aws:
        aws.faults.add("sqs", error="Throttling")

        assert code(sync("sqs").list_queues) == "Throttling"
        assert code(sync("sns").list_topics) is None


def test_rule_acts_on_its_operation_only() -> None:
    with mock_aws() as aws:
        aws.faults.add("s3", "CreateBucket", error="SlowDown")

        assert code(lambda: sync("s3").create_bucket(Bucket="photos")) == "SlowDown"
        assert code(sync("s3").list_buckets) is None


def test_rule_acts_in_its_region_only() -> None:
    with mock_aws() as aws:
        aws.faults.add("sqs", region="eu-west-1", error="Throttling")

        assert code(sync("sqs", "eu-west-1").list_queues) == "Throttling"
        assert code(sync("sqs", "eu-west-2").list_queues) is None


def test_rule_without_a_service_acts_on_all() -> None:
    with mock_aws() as aws:
        aws.faults.add(error="InternalError")

        assert [code(sync("s3").list_buckets), code(sync("sqs").list_queues)] == ["InternalError"] * 2


def test_rule_acts_where_the_call_has_its_parameters() -> None:
    with mock_aws() as aws:
        s3 = sync("s3")
        s3.create_bucket(Bucket="photos")
        aws.faults.add("s3", "PutObject", where={"Bucket": "photos", "Key": "a.jpg"}, error="AccessDenied")

        assert code(lambda: s3.put_object(Bucket="photos", Key="a.jpg", Body=b"a")) == "AccessDenied"
        assert code(lambda: s3.put_object(Bucket="photos", Key="b.jpg", Body=b"b")) is None


def test_rule_acts_where_a_function_of_the_call_says_so() -> None:
    def is_large(call: Call) -> bool:
        return call.operation == "PutObject" and len(call.params["Body"]) > 2

    with mock_aws() as aws:
        s3 = sync("s3")
        s3.create_bucket(Bucket="photos")
        aws.faults.add("s3", where=is_large, error="EntityTooLarge", status=400)

        assert code(lambda: s3.put_object(Bucket="photos", Key="a.jpg", Body=b"ab")) is None
        assert code(lambda: s3.put_object(Bucket="photos", Key="a.jpg", Body=b"abc")) == "EntityTooLarge"


@pytest.mark.anyio
async def test_rule_acts_on_clients_of_each_kind_alike(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("dynamodb", region_name=REGION, config=None) as dynamodb:
        rule = aws.faults.add("dynamodb", "ListTables", error="AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDeniedException"):
            await dynamodb.list_tables()
        assert code(sync("dynamodb").list_tables) == "AccessDeniedException"
        assert rule.hits == 2


def test_rule_acts_on_a_service_that_moto_does_not_have() -> None:
    with mock_aws() as aws:
        aws.faults.add("braket", "SearchJobs", error="ThrottlingException")

        assert code(lambda: sync("braket").search_jobs(filters=[])) == "ThrottlingException"


# ---------------------------------------------------------------- how often


def test_times_limits_how_often_a_rule_acts() -> None:
    with mock_aws() as aws:
        rule = aws.faults.add("sqs", error="Throttling", times=2)
        sqs = sync("sqs")

        assert [code(sqs.list_queues) for _ in range(4)] == ["Throttling", "Throttling", None, None]
        assert rule.hits == 2


def test_after_lets_the_first_calls_go_by() -> None:
    with mock_aws() as aws:
        aws.faults.add("sqs", error="Throttling", after=2, times=1)
        sqs = sync("sqs")

        assert [code(sqs.list_queues) for _ in range(4)] == [None, None, "Throttling", None]


def test_same_seed_gives_the_same_run() -> None:
    runs = []
    for seed in (7, 7, 8):
        with mock_aws() as aws:
            aws.faults.add("sqs", error="Throttling", probability=0.3, seed=seed)
            sqs = sync("sqs")
            runs.append([code(sqs.list_queues) for _ in range(40)])

    assert runs[0] == runs[1] != runs[2]
    assert 0 < runs[0].count("Throttling") < 40


def test_seed_of_a_rule_that_was_given_none_can_be_used_again() -> None:
    runs = []
    seed = None
    for _ in range(2):
        with mock_aws() as aws:
            rule = aws.faults.add("sqs", error="Throttling", probability=0.5, seed=seed)
            seed = rule.seed
            sqs = sync("sqs")
            runs.append([code(sqs.list_queues) for _ in range(20)])

    assert runs[0] == runs[1]


def test_limits_hold_under_threads() -> None:
    with mock_aws() as aws, ThreadPoolExecutor(8) as threads:
        rule = aws.faults.add("sqs", error="Throttling", times=10)
        sqs = sync("sqs")
        found = list(threads.map(lambda _: code(sqs.list_queues), range(50)))

    assert found.count("Throttling") == rule.hits == 10


@pytest.mark.anyio
async def test_limits_hold_under_concurrent_tasks(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("sqs", region_name=REGION) as sqs:
        rule = aws.faults.add("sqs", error="AccessDenied", times=3)

        async def ask() -> None:
            with suppress(ClientError):
                await sqs.list_queues()

        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(ask)

    assert (rule.hits, codes(aws).count("AccessDenied")) == (3, 3)


# ---------------------------------------------------------------- several rules


def test_first_rule_that_matches_acts_and_no_other() -> None:
    with mock_aws() as aws:
        first = aws.faults.add("sqs", error="Throttling", times=1)
        second = aws.faults.add("sqs", "ListQueues", error="AccessDenied", times=1)
        sqs = sync("sqs")

        assert [code(sqs.list_queues) for _ in range(3)] == ["Throttling", "AccessDenied", None]
        assert (first.hits, second.hits) == (1, 1)


def test_rules_can_be_removed_one_by_one_or_all() -> None:
    with mock_aws() as aws:
        first = aws.faults.add("sqs", error="Throttling")
        aws.faults.add("sqs", error="AccessDenied")
        sqs = sync("sqs")
        assert code(sqs.list_queues) == "Throttling"

        first.remove()
        first.remove()  # once more does no harm
        assert code(sqs.list_queues) == "AccessDenied"
        assert len(aws.faults) == 1

        aws.faults.clear()
        assert code(sqs.list_queues) is None
        assert list(aws.faults) == []


def test_rule_is_a_context_manager_that_removes_it() -> None:
    with mock_aws() as aws:
        sqs = sync("sqs")
        with aws.faults.add("sqs", error="Throttling") as rule:
            assert code(sqs.list_queues) == "Throttling"

        assert code(sqs.list_queues) is None
        assert rule.hits == 1


def test_rules_may_be_added_before_the_mock_and_end_with_it() -> None:
    mock = mock_aws()
    mock.faults.add("sqs", error="Throttling")
    with mock:
        assert code(sync("sqs").list_queues) == "Throttling"
    with mock:
        assert code(sync("sqs").list_queues) is None


def test_rules_of_a_nested_mock_come_first_and_end_with_it() -> None:
    with mock_aws() as outer:
        outer.faults.add("sqs", error="Throttling")
        with mock_aws() as inner:
            inner.faults.add("sqs", error="AccessDenied", times=1)
            assert [code(sync("sqs").list_queues) for _ in range(2)] == ["AccessDenied", "Throttling"]
            inner.faults.add("sqs", error="AccessDenied")
        assert code(sync("sqs").list_queues) == "Throttling"


def test_rule_is_named_in_the_log() -> None:
    with mock_aws() as aws:
        rule = aws.faults.add("sqs", error="Throttling", latency=0.001, when="after", times=1)
        code(sync("sqs").list_queues)
        code(sync("sqs").list_queues)

    assert [call.fault for call in aws.calls] == [rule, None]
    assert "latency=0.001 Throttling afterwards" in str(aws.calls)
    assert repr(rule) == "<Fault sqs.*: latency=0.001 Throttling afterwards, 1 times; hits=1>"


# ---------------------------------------------------------------- invalid rules

WRONG: list[tuple[tuple[str, ...], dict[str, Any], str]] = [
    (("s4",), {"error": "SlowDown"}, "botocore has no service 's4'; did you mean 's3'"),
    (("s3", "put_object"), {"error": "SlowDown"}, "s3 has no operation 'put_object'; did you mean 'PutObject'?"),
    (("s3", "PutObject"), {"error": "SlowDwn"}, "s3 has no error 'SlowDwn'; did you mean 'SlowDown'"),
    (("dynamodb",), {"error": "ConditionalCheckFailed"}, "did you mean 'ConditionalCheckFailedException'"),
    ((), {"error": "NoSuchKey"}, "'NoSuchKey' is not an error common to all services"),
    (
        ("sqs",),
        {"error": "Zzzzzzzz"},
        "no error 'Zzzzzzzz'. For a code that is in no model, pass status=",
    ),
    (("s3",), {"error": ""}, "error must be a non-empty string, not ''"),
    (("s3",), {"error": "SlowDown", "times": "2"}, "times must be an integer, not '2'"),
    (("s3",), {"error": "SlowDown", "probability": None}, "probability must be a number, not None"),
    (
        ("s3",),
        {"error": "SlowDown", "headers": {"Retry-After": 3}},
        "must map str to str, not 'Retry-After': 3",
    ),
    (("s3",), {"raises": "timeout"}, "'reset' or 'tls', not 'timeout'"),
    (
        ("s3",),
        {"raises": "read_timout"},
        "raises must be one of 'connect_error', 'connect_timeout', ",
    ),
    (("s3", "PutObject"), {"where": {"bucket": "b"}, "error": "SlowDown"}, "did you mean 'Bucket'"),
    (("s3",), {"where": "bucket", "error": "SlowDown"}, "where must be a mapping"),
    (
        ("s3",),
        {"where": lambda: True, "error": "SlowDown"},
        "where must be a mapping of parameters or a function that takes a Call, not <function",
    ),
    (("s3",), {}, "the rule has no effect: pass error, status, raises, "),
    (("s3",), {"message": "why"}, "message requires error or status"),
    (("s3",), {"headers": {"a": "b"}, "latency": 1}, "headers requires error or status"),
    (("s3",), {"error": "SlowDown", "raises": "reset"}, "error and raises cannot be combined"),
    (("s3",), {"error": "SlowDown", "cut_after": 7}, "error and cut_after cannot be combined"),
    (("s3",), {"cut_after": 7, "stall_after": 7}, "cut_after and stall_after cannot be combined"),
    (("s3",), {"raises": "dns", "cut_after": 7}, "raises must be one of 'disconnect', 'read_timeout' or 'reset', not"),
    (
        ("s3",),
        {"raises": "connect_timeout", "when": "after"},
        "with when='after' or cut_after, raises must be ",
    ),
    (("s3",), {"cut_after": 7, "when": "after"}, "when='after' requires error, raises or latency"),
    (("s3",), {"raises": "reset", "when": "later"}, "when must be 'before' or 'after', not 'later'"),
    (("s3",), {"error": "SlowDown", "status": 1}, "status must be an HTTP status"),
    (("s3",), {"error": "SlowDown", "times": 0}, "times must be at least 1, not 0"),
    (("s3",), {"error": "SlowDown", "after": -1}, "after must be at least 0, not -1"),
    (("s3",), {"cut_after": -1}, "cut_after must be at least 0, not -1"),
    (("s3",), {"latency": -1}, "latency must be at least 0, not -1"),
    (("s3",), {"bandwidth": 0}, "bandwidth must be finite and more than 0 bytes per second, not 0"),
    (("s3",), {"bandwidth": float("inf")}, "bandwidth must be finite and more than 0 bytes per second, not inf"),
    (("s3",), {"error": "SlowDown", "probability": 0}, "probability must be more than 0 and at most 1, not 0"),
    (("s3",), {"error": "SlowDown", "probability": 1.5}, "probability must be more than 0 and at most 1, not 1.5"),
    (("s3",), {"error": "SlowDown", "seed": 7}, "seed requires probability < 1"),
]


@pytest.mark.parametrize(("names", "options", "message"), WRONG, ids=[message[:40] for _, _, message in WRONG])
def test_invalid_rule_is_an_error_at_once(names: tuple[str, ...], options: dict[str, Any], message: str) -> None:
    aws = mock_aws()
    with pytest.raises(ArgumentError) as caught:
        aws.faults.add(*names, **options)

    assert message in str(caught.value)
    assert len(aws.faults) == 0
