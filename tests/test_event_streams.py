"""Event streams over each HTTP library, event by event as boto3 reads them.

Moto has two operations that answer with one: S3's SelectObjectContent and, lately, CloudWatch Logs' StartLiveTail.
It does not have Kinesis' SubscribeToShard, Bedrock's InvokeModelWithResponseStream and ConverseStream, and Lambda's
InvokeWithResponseStream.

aiobotocore's own reader of event streams knows aiohttp's responses only, up to 3.10 at least: over httpx it fails, over
a socket as in a mock. What arrives over httpx is therefore read from the raw response here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import aclosing
from importlib.util import find_spec
from typing import Any

import aiohttp
import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import xform_name
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import STACKS, ClientFactory, Stack
from tests.event_streams import (
    CSV,
    EACH,
    LARGE,
    Streaming,
    boto3_chunks,
    chunks_of,
    events_in,
    put_objects,
    raw_response,
)
from tests.loopback import Answer, loopback_server

pytestmark = pytest.mark.anyio

over_aiohttp = pytest.mark.parametrize(
    "stack", [stack for stack in STACKS if stack.name == "aiohttp"], ids=lambda stack: stack.name, indirect=True
)


@EACH
async def test_the_events_that_arrive_are_boto3s(client: ClientFactory, streaming: Streaming) -> None:
    async with mock_aws(), client(streaming.service, region_name="us-east-1") as aws:
        streaming.set_up()
        raw = await raw_response(aws, streaming)
        found = events_in([chunk async for chunk in chunks_of(raw)])
        expected = events_in(boto3_chunks(streaming))

    assert found == expected
    assert len(found) >= 2


async def test_a_selection_is_records_statistics_and_an_end(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        put_objects()
        raw = await raw_response(s3, CSV)
        events = events_in([chunk async for chunk in chunks_of(raw)])

    assert [headers[":event-type"] for headers, _ in events] == ["Records", "Stats", "End"]
    assert events[0][1] == b"ada\ngrace\n"


async def test_a_large_stream_arrives_in_chunks_of_at_most_64_kib(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        put_objects()
        raw = await raw_response(s3, LARGE)
        chunks = [chunk async for chunk in chunks_of(raw)]
        records = b"".join(payload for headers, payload in events_in(chunks) if headers[":event-type"] == "Records")

    assert [json.loads(row)["name"] for row in records.splitlines()] == [name * 30_000 for name in "abcde"]
    assert max(map(len, chunks)) <= 65_536
    assert len(chunks) >= 3


async def test_a_stream_closed_half_way_leaves_the_client_working(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        put_objects()
        raw = await raw_response(s3, LARGE)
        async with aclosing(chunks_of(raw)) as chunks:
            await chunks.__anext__()
        if isinstance(raw, aiohttp.ClientResponse):
            raw.close()
        else:
            await raw.aclose()
        again = events_in([chunk async for chunk in chunks_of(await raw_response(s3, CSV))])

    assert again[0][1] == b"ada\ngrace\n"


async def test_streams_that_are_read_by_turns_do_not_mix(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        put_objects()
        large, small = await raw_response(s3, LARGE), await raw_response(s3, CSV)
        of_large = []
        async with aclosing(chunks_of(large)) as chunks:
            of_large.append(await chunks.__anext__())
            of_small = [chunk async for chunk in chunks_of(small)]
            of_large += [chunk async for chunk in chunks]

    assert events_in(of_small)[0][1] == b"ada\ngrace\n"
    assert b"".join(of_large).count(b"a") >= 30_000
    assert [headers[":event-type"] for headers, _ in events_in(of_large)][-1] == "End"


# ---------------------------------------------------------------- aiobotocore's reader


def parsed_without_ids(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = {"requestId": "an id", "sessionId": "an id"}
    return [{"sessionStart": event["sessionStart"] | ids} if "sessionStart" in event else event for event in events]


@EACH
@over_aiohttp
async def test_the_events_that_a_client_reads_are_boto3s(client: ClientFactory, streaming: Streaming) -> None:
    async with mock_aws(), client(streaming.service, region_name="us-east-1") as aws:
        streaming.set_up()
        answer = await getattr(aws, streaming.operation)(**streaming.request)
        found = parsed_without_ids([event async for event in answer[streaming.member]])
        sync_client = boto3.client(streaming.service, region_name="us-east-1")
        sync_answer = getattr(sync_client, streaming.operation)(**streaming.request)
        expected = parsed_without_ids(sync_answer[streaming.member])

    assert found == expected
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@over_aiohttp
async def test_a_client_reads_one_event_at_a_time(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        put_objects()
        answer = await s3.select_object_content(**CSV.request)
        async with aclosing(answer["Payload"].__aiter__()) as events:
            first = await events.__anext__()
            buckets = (await s3.list_buckets())["Buckets"]
            second = await events.__anext__()

    assert first == {"Records": {"Payload": b"ada\ngrace\n"}}
    assert len(buckets) == 1
    assert list(second) == ["Stats"]


@over_aiohttp
async def test_a_client_may_close_a_stream_half_way(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        put_objects()
        answer = await s3.select_object_content(**LARGE.request)
        async with aclosing(answer["Payload"].__aiter__()) as events:
            await events.__anext__()
        answer["Payload"].close()
        again = await s3.select_object_content(**CSV.request)

        assert [next(iter(event)) async for event in again["Payload"]] == ["Records", "Stats", "End"]


@EACH
async def test_a_client_reads_as_over_a_socket(stack: Stack, streaming: Streaming) -> None:
    with loopback_server() as server:
        async with mock_aws():
            streaming.set_up()
            mocked = await outcome(stack, streaming)
            body = b"".join(boto3_chunks(streaming))
        server.answer = Answer(200, (("Content-Type", "application/vnd.amazon.eventstream"),), body)
        sent = await outcome(stack, streaming, endpoint_url=server.url)

    assert len(server.received) == 1
    assert mocked == sent


async def outcome(stack: Stack, streaming: Streaming, **kwargs: Any) -> object:
    """The events that a client reads, or the error of doing so."""
    # Live tails have a host of their own, which the server has not.
    config = AioConfig(http_session_cls=stack.session_class, inject_host_prefix=False, retries={"max_attempts": 0})
    keys = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}
    async with get_session().create_client(
        streaming.service, region_name="us-east-1", config=config, **keys, **kwargs
    ) as aws:
        try:
            answer = await getattr(aws, streaming.operation)(**streaming.request)
            return parsed_without_ids([event async for event in answer[streaming.member]])
        except Exception as error:
            return type(error)


# ---------------------------------------------------------------- what goes wrong


async def test_an_error_instead_of_a_stream_is_a_client_error(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        with pytest.raises(ClientError, match="NoSuchBucket"):
            await s3.select_object_content(**CSV.request)


with_bedrock = pytest.mark.skipif(find_spec("moto.bedrockruntime") is None, reason="Moto has no Bedrock runtime")


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        pytest.param(
            "kinesis",
            "SubscribeToShard",
            {
                "ConsumerARN": "arn:aws:kinesis:us-east-1:123456789012:stream/clicks/consumer/app:1",
                "ShardId": "shardId-000000000000",
                "StartingPosition": {"Type": "LATEST"},
            },
            id="kinesis",
        ),
        pytest.param(
            "bedrock-runtime",
            "InvokeModelWithResponseStream",
            {"modelId": "anthropic.claude", "body": b"{}"},
            id="bedrock-invoke",
            marks=with_bedrock,
        ),
        pytest.param(
            "bedrock-runtime",
            "ConverseStream",
            {"modelId": "anthropic.claude", "messages": [{"role": "user", "content": [{"text": "hello"}]}]},
            id="bedrock-converse",
            marks=with_bedrock,
        ),
        pytest.param("lambda", "InvokeWithResponseStream", {"FunctionName": "greet"}, id="lambda"),
    ],
)
async def test_a_stream_that_moto_does_not_have_is_refused_by_name(
    client: ClientFactory, service: str, operation: str, request_: dict[str, Any]
) -> None:
    method = xform_name(operation)
    async with mock_aws(), client(service, region_name="us-east-1") as aws:
        with pytest.raises(NotImplementedError, match=f"{operation}|{method}"):
            await getattr(aws, method)(**request_)
