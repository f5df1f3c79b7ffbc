"""The types that the public names give their users. Nothing here runs: mypy reads it, in `make check`.

A line with a ``type: ignore`` is a call that must be an error; without the error, the comment is one.
"""

# mypy: warn-unused-ignores

from __future__ import annotations

import re
import unittest
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from typing_extensions import assert_type

import aiomoto
from aiomoto import (
    Answer,
    Call,
    CallLog,
    ClientFactory,
    Endpoint,
    Fault,
    MockAWS,
    OperationSummary,
    Slept,
    Snapshot,
    Summary,
    mock_aws,
    mock_aws_decorator,
)
from aiomoto.bedrock import Bedrock, Reply
from aiomoto.faults import Faults

# ---------------------------------------------------------------- contexts


async def contexts() -> None:
    with mock_aws() as aws:
        assert_type(aws, MockAWS)
    async with mock_aws(config={"core": {"mock_credentials": False}}, reset=False, remove_data=False) as aws:
        assert_type(aws, MockAWS)
    with MockAWS({"core": {}}, reset=False, fsspec=False) as aws:
        assert_type(aws, MockAWS)


def endpoint() -> None:
    with mock_aws(endpoint=True) as aws:
        assert_type(aws.endpoint.url, str)
        assert_type(aws.endpoint.environ(), dict[str, str])
        assert_type(aws.endpoint.storage_options(), dict[str, str])
        assert_type(aws.endpoint.pyarrow(), dict[str, str])
        assert_type(aws.endpoint.duckdb_secret("name"), str)


def names_for_annotations() -> None:
    with mock_aws() as aws:
        assert_type(aws.endpoint, Endpoint)
        assert_type(aws.answers.add("sts", "GetCallerIdentity", {}), Answer)
        assert_type(aws.slept, list[Slept])
        assert_type(aws.snapshot(), Snapshot)
        assert_type(aws.calls.summary(), Summary)
        assert_type(aws.calls.summary()[0], OperationSummary)
        aws.calls.add(aws.calls[0])  # type: ignore[attr-defined]


def switches() -> None:
    mock = mock_aws()
    assert_type(mock, MockAWS)
    assert_type(mock.start(), None)
    assert_type(mock.start(reset=False), None)
    assert_type(mock.stop(remove_data=False), None)
    assert_type(mock.reset(), None)


def calls() -> None:
    with mock_aws(record_bodies=True) as aws:
        assert_type(aws.calls, CallLog)
    assert_type(aws.calls[0], Call)
    assert_type(aws.calls[1:], CallLog)
    assert_type(aws.calls.last, Call)
    assert_type(aws.calls.filter("s3", "PutObject", Bucket="b"), CallLog)
    assert_type(aws.calls.assert_called("s3"), Call)
    assert_type(aws.calls.assert_called_once("s3", "PutObject", Bucket="b"), Call)
    assert_type(aws.calls.assert_not_called("s3", "PutObject"), None)
    assert_type(aws.calls.assert_at_most(3, "s3", "PutObject", Bucket="b"), None)
    assert_type([row.calls for row in aws.calls.summary()], list[int])
    assert_type([row.longest for row in aws.calls.summary()[1:]], list[float])
    assert_type(aws.calls.clear(), None)
    assert_type([call.operation for call in aws.calls], list[str | None])
    assert_type(aws.calls.last.params, Mapping[str, Any])
    assert_type(aws.calls.last.status, int | None)
    assert_type(aws.calls.last.attempt, int)


def waits() -> None:
    with mock_aws(sleep="instant") as aws:
        assert_type([wait.seconds for wait in aws.slept], list[float])
    assert_type([wait.why for wait in aws.slept], list[str])
    mock_aws(sleep="never")  # type: ignore[call-overload]


async def clock() -> None:
    with mock_aws(time="2026-01-01T00:00:00Z") as aws:
        assert_type(aws.clock.now(), datetime)
        aws.clock.advance(30)
        await aws.clock.advance(timedelta(days=1))
        assert_type(await aws.clock.advance(minutes=1.5, hours=2, days=3), None)
        await aws.clock.move_to(datetime(2027, 1, 1, tzinfo=timezone.utc))
        aws.clock.advance("30")  # type: ignore[arg-type]
        aws.clock.move_to("2027-01-01")  # type: ignore[arg-type]
    mock_aws(time=datetime(2026, 1, 1, tzinfo=timezone.utc))
    mock_aws(time=1767225600)  # type: ignore[call-overload]


def replies() -> None:
    with mock_aws() as aws:
        assert_type(aws.bedrock, Bedrock)
        assert_type(aws.bedrock.reply("Hello", model="claude", usage={"inputTokens": 3}), Reply)
        aws.bedrock.reply(tool_use=[{"name": "weather", "input": {}}], prompt=re.compile("weather"))
        aws.bedrock.reply(chunks=["Hel", "lo"], prompt=lambda messages: messages[-1]["role"] == "user")
        with aws.bedrock.reply("Hello", chunks=3, delay=0.1) as reply:
            assert_type(reply, Reply)
            assert_type(reply.hits, int)
        aws.bedrock.reply(5)  # type: ignore[arg-type]


def faults() -> None:
    with mock_aws() as aws:
        assert_type(aws.faults, Faults)
        assert_type(aws.faults.add("s3", "PutObject", error="SlowDown", times=2), Fault)
        aws.faults.add(latency=0.2, bandwidth=64_000)
        aws.faults.add("s3", where={"Bucket": "b"}, raises="reset", when="after")
        aws.faults.add("s3", where=lambda call: call.attempt == 1, cut_after=1024)
        with aws.faults.add("sqs", status=503, headers={"Retry-After": "1"}) as rule:
            assert_type(rule, Fault)
        assert_type(rule.hits, int)
        assert_type(rule.remove(), None)
        assert_type(aws.faults.clear(), None)
        assert_type(aws.calls.last.fault, Fault | None)
        aws.faults.add("s3", raises="explosion")  # type: ignore[arg-type]
        aws.faults.add("s3", when="later", raises="reset")  # type: ignore[arg-type]
        aws.faults.add(service="s3", error="SlowDown")  # type: ignore[call-arg]


# ---------------------------------------------------------------- decorators keep the type of what they decorate


@mock_aws
def plain(size: int, *, name: str = "") -> bytes:
    return name.encode() * size


@mock_aws()
async def coroutine(size: int) -> bytes:
    return b"." * size


@mock_aws(config={"iam": {"load_aws_managed_policies": True}})
def generator() -> Iterator[int]:
    yield 1


@mock_aws_decorator
async def async_generator(first: int) -> AsyncIterator[int]:
    yield first


@mock_aws_decorator(reset=False, remove_data=False, config=None)
class Case(unittest.IsolatedAsyncioTestCase):
    bucket: str

    async def test_method(self) -> None: ...


configured = mock_aws_decorator(config={"core": {"reset_boto3_session": False}}, share_models=False)


@configured
def first_use(key: str) -> int:
    return len(key)


@configured
async def second_use() -> str:
    return ""


async def decorated() -> None:
    assert_type(plain(3, name="a"), bytes)
    pending: Coroutine[Any, Any, bytes] = coroutine(3)
    assert_type(await pending, bytes)
    assert_type(generator(), Iterator[int])
    assert_type(async_generator(1), AsyncIterator[int])
    assert_type(Case, type[Case])
    assert_type(Case().bucket, str)
    assert_type(first_use("key"), int)
    assert_type(await second_use(), str)
    by_call: Callable[[str], int] = mock_aws(first_use)
    assert_type(by_call("key"), int)
    assert_type(mock_aws_decorator(first_use)("key"), int)


# ---------------------------------------------------------------- clients, where types-aiobotocore is not installed


async def clients(aiomoto_client: ClientFactory) -> None:
    assert_type(await aiomoto_client("s3", region_name="eu-west-1"), Any)
    async with aiomoto_client("s3") as s3:
        assert_type(s3, Any)
    async with aiomoto.AioSession().create_client("s3") as s3:
        assert_type(s3, Any)
    assert_type(aiomoto_client.close(), None)


# ---------------------------------------------------------------- errors


def errors() -> None:
    assert_type(aiomoto.AiomotoError("why").args, tuple[Any, ...])
    base: type[aiomoto.AiomotoError] = aiomoto.RequestBlockedError
    assert issubclass(base, Exception)


# ---------------------------------------------------------------- calls that are wrong


async def wrong() -> None:
    mock_aws(3)  # type: ignore[call-overload]
    mock_aws()("function")  # type: ignore[type-var]
    mock_aws(confg={})  # type: ignore[call-overload]
    mock_aws(config="core")  # type: ignore[call-overload]
    mock_aws(reset="yes")  # type: ignore[call-overload]
    mock_aws(endpoint="http://localhost:4566")  # type: ignore[call-overload]
    mock_aws_decorator(3)  # type: ignore[call-overload]
    mock_aws_decorator(remove=True)  # type: ignore[call-overload]
    with mock_aws_decorator():  # type: ignore[attr-defined]
        pass
    mock_aws().begin()  # type: ignore[attr-defined]
    MockAWS(None, False)  # type: ignore[call-arg]
    aiomoto.aioboto3_session("AKIA")  # type: ignore[call-arg]
    plain("3")  # type: ignore[arg-type]
    await coroutine()  # type: ignore[call-arg]
    aiomoto.mock_s3()  # type: ignore[attr-defined]
