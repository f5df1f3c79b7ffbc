"""Scripted event streams: events arrive when they are yielded, and errors, waits and closing act as over a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio.lowlevel
import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError, ReadTimeoutError

from aiomoto import ArgumentError, Call, MockAWS, mock_aws

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
STREAM = ("bedrock-runtime", "ConverseStream")
ASKED = {"modelId": "nova", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
EVENTS: list[dict[str, Any]] = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"text": "Hé <llo>"}, "contentBlockIndex": 0}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "end_turn"}},
]
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "too many"}}, "ConverseStream")


def bedrock(**config: Any) -> Any:
    return get_session().create_client("bedrock-runtime", region_name=REGION, config=AioConfig(**config))


def events() -> Iterator[dict[str, Any]]:
    yield from EVENTS


async def async_events() -> AsyncIterator[dict[str, Any]]:
    for event in EVENTS:
        await anyio.lowlevel.checkpoint()
        yield event


class Events:
    """An iterable that is no iterator, so that it serves any number of calls."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return events()


class AsyncEvents:
    """The same for an event loop."""

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        return async_events()


ANSWERS: dict[str, Any] = {
    "list": {"stream": EVENTS},
    "iterable": {"stream": Events()},
    "async-iterable": {"stream": AsyncEvents()},
    "generator": lambda call: {"stream": events()},
    "async-generator": lambda call: {"stream": async_events()},
}
each_answer = pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)


# ---------------------------------------------------------------- what arrives


@each_answer
async def test_the_events_arrive_as_they_were_given(answer: Any) -> None:
    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, answer)
        for _ in range(2):
            assert [event async for event in (await client.converse_stream(**ASKED))["stream"]] == EVENTS


@each_answer
def test_boto3_gets_the_same(answer: Any) -> None:
    with mock_aws() as aws:
        aws.answers.add(*STREAM, answer)
        client = boto3.client("bedrock-runtime", REGION)
        for _ in range(2):
            assert list(client.converse_stream(**ASKED)["stream"]) == EVENTS


@each_answer
async def test_a_client_of_the_endpoint_gets_the_same(answer: Any) -> None:
    async with mock_aws(endpoint=True) as aws:
        aws.answers.add(*STREAM, answer)
        client = boto3.client("bedrock-runtime", REGION)
        found = await asyncio.to_thread(lambda: list(client.converse_stream(**ASKED)["stream"]))

    assert found == EVENTS


async def test_members_beside_the_stream_arrive() -> None:
    async with mock_aws() as aws, bedrock() as client:
        output = {"contentType": "application/json", "body": [{"chunk": {"bytes": b"\x00a"}}]}
        aws.answers.add("bedrock-runtime", "InvokeModelWithResponseStream", output)
        response = await client.invoke_model_with_response_stream(modelId="nova", body=b"{}")

        assert response["contentType"] == "application/json"
        assert [event async for event in response["body"]] == [{"chunk": {"bytes": b"\x00a"}}]


async def test_a_json_service_streams_too() -> None:
    shard = {"SubscribeToShardEvent": {"Records": [], "ContinuationSequenceNumber": "1", "MillisBehindLatest": 0}}
    async with mock_aws() as aws, get_session().create_client("kinesis", region_name=REGION) as kinesis:
        aws.answers.add("kinesis", "SubscribeToShard", {"EventStream": [shard]})
        response = await kinesis.subscribe_to_shard(
            ConsumerARN="arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1",
            ShardId="shardId-0",
            StartingPosition={"Type": "LATEST"},
        )

        assert [event async for event in response["EventStream"]] == [shard]


async def test_s3_select_is_xml_and_bytes() -> None:
    rows = [{"Records": {"Payload": b"ada\n"}}, {"Stats": {"Details": {"BytesScanned": 4}}}, {"End": {}}]
    async with mock_aws() as aws, get_session().create_client("s3", region_name=REGION) as s3:
        aws.answers.add("s3", "SelectObjectContent", {"Payload": rows})
        response = await s3.select_object_content(
            Bucket="reports",
            Key="people.csv",
            ExpressionType="SQL",
            Expression="SELECT * FROM s3object",
            InputSerialization={"CSV": {}},
            OutputSerialization={"CSV": {}},
        )

        assert [event async for event in response["Payload"]] == rows


def test_an_output_without_its_stream_has_no_events() -> None:
    with mock_aws() as aws:
        aws.answers.add(*STREAM, {})
        assert list(boto3.client("bedrock-runtime", REGION).converse_stream(**ASKED)["stream"]) == []


def test_bodies_are_logged_as_far_as_they_were_read() -> None:
    with mock_aws(record_bodies=True) as aws:
        aws.answers.add(*STREAM, {"stream": EVENTS})
        stream = boto3.client("bedrock-runtime", REGION).converse_stream(**ASKED)["stream"]
        assert next(iter(stream)) == EVENTS[0]
        first = aws.calls[0].response_body or b""
        stream.close()

    assert b"messageStart" in first
    assert b"messageStop" not in first


# ---------------------------------------------------------------- when it arrives


class Recorder:
    """Yields the events, and notes what has become of the generator."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def events(self, call: Call) -> dict[str, Any]:
        return {"stream": self._events()}

    def async_events(self, call: Call) -> dict[str, Any]:
        return {"stream": self._async_events()}

    def _events(self) -> Iterator[dict[str, Any]]:
        try:
            for event in EVENTS:
                self.made.append(next(iter(event)))
                yield event
        finally:
            self.made.append("closed")

    async def _async_events(self) -> AsyncIterator[dict[str, Any]]:
        try:
            for event in EVENTS:
                self.made.append(next(iter(event)))
                yield event
        finally:
            self.made.append("closed")


each_kind = pytest.mark.parametrize("kind", ["events", "async_events"])


@each_kind
async def test_an_event_is_seen_before_the_next_is_made(kind: str) -> None:
    recorder = Recorder()
    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, getattr(recorder, kind))
        async for event in (await client.converse_stream(**ASKED))["stream"]:
            assert recorder.made[-1] == next(iter(event))

    assert recorder.made[-1] == "closed"


@each_kind
async def test_no_more_is_made_than_one_event_ahead_of_the_reader(kind: str) -> None:
    recorder = Recorder()
    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, getattr(recorder, kind))
        stream = (await client.converse_stream(**ASKED))["stream"]
        for seen in range(3):
            for _ in range(20):
                await asyncio.sleep(0)
            assert len(recorder.made) == seen + 1
            assert await anext(aiter(stream)) == EVENTS[seen]
        stream.close()


@each_kind
def test_boto3_sees_an_event_before_the_next_is_made(kind: str) -> None:
    recorder = Recorder()
    with mock_aws() as aws:
        aws.answers.add(*STREAM, getattr(recorder, kind))
        for event in boto3.client("bedrock-runtime", REGION).converse_stream(**ASKED)["stream"]:
            assert recorder.made[-1] == next(iter(event))

    assert recorder.made[-1] == "closed"


@each_kind
async def test_closing_the_stream_closes_the_generator(kind: str) -> None:
    recorder = Recorder()
    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, getattr(recorder, kind))
        stream = (await client.converse_stream(**ASKED))["stream"]
        assert await anext(aiter(stream)) == EVENTS[0]
        stream.close()
        await asyncio.sleep(0)

        assert recorder.made == ["messageStart", "closed"]


@each_kind
def test_closing_boto3s_stream_closes_the_generator(kind: str) -> None:
    recorder = Recorder()
    with mock_aws() as aws:
        aws.answers.add(*STREAM, getattr(recorder, kind))
        stream = boto3.client("bedrock-runtime", REGION).converse_stream(**ASKED)["stream"]
        assert next(iter(stream)) == EVENTS[0]
        stream.close()

        assert recorder.made == ["messageStart", "closed"]


async def test_a_generator_may_wait_for_the_test() -> None:
    goes_on = asyncio.Event()

    async def waiting(call: Call) -> dict[str, Any]:
        async def events() -> AsyncIterator[dict[str, Any]]:
            yield EVENTS[0]
            await goes_on.wait()
            yield EVENTS[-1]

        return {"stream": events()}

    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, waiting)
        found = []
        async for event in (await client.converse_stream(**ASKED))["stream"]:
            found.append(event)
            goes_on.set()

    assert found == [EVENTS[0], EVENTS[-1]]


async def test_closing_the_client_breaks_off_the_stream() -> None:
    async with mock_aws() as aws:
        aws.answers.add(*STREAM, {"stream": EVENTS})
        async with bedrock() as client:
            stream = aiter((await client.converse_stream(**ASKED))["stream"])
            assert await anext(stream) == EVENTS[0]
        with pytest.raises(RuntimeError, match="Connection closed"):
            [event async for event in stream]


IMPATIENT = {"read_timeout": 0.05, "retries": {"total_max_attempts": 1}}


async def test_a_pause_that_is_longer_than_the_read_timeout_ends_the_stream() -> None:
    async with mock_aws() as aws, bedrock(**IMPATIENT) as client:
        aws.answers.add(*STREAM, {"stream": [EVENTS[0], 3600, EVENTS[1]]})
        stream = aiter((await client.converse_stream(**ASKED))["stream"])
        assert await anext(stream) == EVENTS[0]
        with pytest.raises(asyncio.TimeoutError):
            await anext(stream)


def test_boto3_waits_no_longer_than_its_read_timeout() -> None:
    with mock_aws() as aws:
        aws.answers.add(*STREAM, {"stream": [EVENTS[0], 3600, EVENTS[1]]})
        client = boto3.client("bedrock-runtime", REGION, config=Config(**IMPATIENT))
        stream = iter(client.converse_stream(**ASKED)["stream"])
        assert next(stream) == EVENTS[0]
        with pytest.raises(Exception, match="Read timed out"):
            next(stream)


async def test_latency_counts_before_the_first_event() -> None:
    async with mock_aws() as aws, bedrock(**IMPATIENT) as client:
        aws.answers.add(*STREAM, {"stream": EVENTS}, latency=3600)
        with pytest.raises(ReadTimeoutError):
            await client.converse_stream(**ASKED)


# ---------------------------------------------------------------- errors


def failing(error: Callable[[], BaseException]) -> Callable[[Call], dict[str, Any]]:
    async def events() -> AsyncIterator[dict[str, Any]]:
        yield EVENTS[0]
        raise error()

    return lambda call: {"stream": events()}


ERRORS: dict[str, Any] = {
    "raised": failing(lambda: THROTTLED),
    "given": {"stream": [EVENTS[0], THROTTLED, EVENTS[1]]},
    "as-an-event": {"stream": [EVENTS[0], {"throttlingException": {"message": "too many"}}, EVENTS[1]]},
}


@pytest.mark.parametrize("answer", ERRORS.values(), ids=ERRORS)
async def test_a_modelled_error_ends_the_stream(answer: Any) -> None:
    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, answer)
        stream = aiter((await client.converse_stream(**ASKED))["stream"])
        assert await anext(stream) == EVENTS[0]
        with pytest.raises(EventStreamError) as raised:
            await anext(stream)

    # The name of the event, as AWS sends it.
    assert raised.value.response["Error"] == {"Code": "throttlingException", "Message": "too many"}


def test_an_error_that_the_model_lacks_has_its_code() -> None:
    error = ClientError({"Error": {"Code": "Odd", "Message": "why?"}}, "ConverseStream")
    with mock_aws() as aws:
        aws.answers.add(*STREAM, {"stream": [error]})
        stream = boto3.client("bedrock-runtime", REGION).converse_stream(**ASKED)["stream"]
        with pytest.raises(EventStreamError) as raised:
            next(iter(stream))

    assert raised.value.response["Error"] == {"Code": "Odd", "Message": "why?"}


BROKEN: dict[str, tuple[Any, type[Exception], str]] = {
    "exception": (failing(lambda: KeyError("mine")), KeyError, "mine"),
    "unknown-event": (lambda call: {"stream": iter([EVENTS[0], {"x": {}}])}, ArgumentError, r"stream\[1\].*'x'"),
    "no-event": (lambda call: {"stream": iter([EVENTS[0], "x"])}, ArgumentError, r"stream\[1\] must be an event"),
}


@pytest.mark.parametrize(("answer", "error", "message"), BROKEN.values(), ids=BROKEN)
async def test_a_mistake_of_the_generator_is_raised_where_it_is_read(
    answer: Any, error: type[Exception], message: str
) -> None:
    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, answer)
        stream = aiter((await client.converse_stream(**ASKED))["stream"])
        assert await anext(stream) == EVENTS[0]
        with pytest.raises(error, match=message):
            await anext(stream)


@pytest.mark.parametrize(("answer", "error", "message"), BROKEN.values(), ids=BROKEN)
def test_boto3_raises_it_as_well(answer: Any, error: type[Exception], message: str) -> None:
    with mock_aws() as aws:
        aws.answers.add(*STREAM, answer)
        stream = iter(boto3.client("bedrock-runtime", REGION).converse_stream(**ASKED)["stream"])
        assert next(stream) == EVENTS[0]
        with pytest.raises(error, match=message):
            next(stream)


async def test_what_pytest_fails_with_is_raised_too() -> None:
    def events(call: Call) -> dict[str, Any]:
        def read_too_far() -> Iterator[dict[str, Any]]:
            yield EVENTS[0]
            pytest.fail("must not read on")

        return {"stream": read_too_far()}

    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, events)
        stream = aiter((await client.converse_stream(**ASKED))["stream"])
        assert await anext(stream) == EVENTS[0]
        with pytest.raises(pytest.fail.Exception, match="must not read on"):
            await anext(stream)


async def test_a_generator_that_is_cancelled_from_inside_breaks_the_connection() -> None:
    async def cancelled() -> AsyncIterator[dict[str, Any]]:
        yield EVENTS[0]
        raise asyncio.CancelledError

    async with mock_aws() as aws, bedrock() as client:
        aws.answers.add(*STREAM, lambda call: {"stream": cancelled()})
        stream = aiter((await client.converse_stream(**ASKED))["stream"])
        assert await anext(stream) == EVENTS[0]
        with pytest.raises(Exception, match="payload is not completed"):
            await anext(stream)


async def test_answers_may_call_their_own_client_though_its_connections_are_all_in_use() -> None:
    async def asking(call: Call) -> dict[str, Any]:
        await client.count_tokens(modelId="nova", input={"converse": {"messages": []}})

        async def events() -> AsyncIterator[dict[str, Any]]:
            await client.count_tokens(modelId="nova", input={"converse": {"messages": []}})
            yield EVENTS[0]

        return {"stream": events()}

    async def ask() -> list[Any]:
        return [event async for event in (await client.converse_stream(**ASKED))["stream"]]

    async with mock_aws() as aws, bedrock(max_pool_connections=1) as client:
        aws.answers.add(*STREAM, asking)
        aws.answers.add("bedrock-runtime", "CountTokens", {"inputTokens": 1})
        assert list(await asyncio.gather(ask(), ask(), ask())) == [[EVENTS[0]]] * 3


# ---------------------------------------------------------------- faults


def throttle_stream(aws: MockAWS, **fault: Any) -> None:
    aws.answers.add(*STREAM, {"stream": EVENTS})
    aws.faults.add("bedrock-runtime", "ConverseStream", **fault)


async def test_a_fault_cuts_the_stream() -> None:
    async with mock_aws() as aws, bedrock() as client:
        throttle_stream(aws, cut_after=200)
        stream = aiter((await client.converse_stream(**ASKED))["stream"])
        assert await anext(stream) == EVENTS[0]
        with pytest.raises(Exception, match="payload is not completed"):
            [event async for event in stream]


async def test_a_fault_stalls_the_stream() -> None:
    async with mock_aws() as aws, bedrock(**IMPATIENT) as client:
        throttle_stream(aws, stall_after=200)
        stream = aiter((await client.converse_stream(**ASKED))["stream"])
        assert await anext(stream) == EVENTS[0]
        with pytest.raises(asyncio.TimeoutError):
            [event async for event in stream]


def test_a_fault_cuts_boto3s_stream() -> None:
    with mock_aws() as aws:
        throttle_stream(aws, cut_after=200)
        stream = iter(boto3.client("bedrock-runtime", REGION).converse_stream(**ASKED)["stream"])
        assert next(stream) == EVENTS[0]
        with pytest.raises(Exception, match=r"Connection broken|ended prematurely"):
            list(stream)
