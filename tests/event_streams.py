"""Moto's operations that answer with an event stream, and their raw responses over each HTTP library."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import Any, NamedTuple

import aiohttp
import boto3
import pytest
from botocore.eventstream import EventStreamBuffer
from moto.logs.models import LogsBackend

Event = tuple[dict[str, Any], bytes]


class Streaming(NamedTuple):
    """An operation that answers with an event stream, what to ask it for, and how to set up what it answers from."""

    service: str
    operation: str
    member: str
    request: dict[str, Any]
    set_up: Callable[[], None]


def put_objects() -> None:
    """Put what the selections select from."""
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key="people.csv", Body=b"name,born\nada,1815\ngrace,1906")
    s3.put_object(Bucket="reports", Key="people.json", Body=b'{"name": "ada"}\n{"name": "grace"}')
    rows = ({"name": name * 30_000} for name in "abcde")
    s3.put_object(Bucket="reports", Key="large.json", Body="\n".join(map(json.dumps, rows)).encode())


def put_log_events() -> None:
    """Log what the live tail shows."""
    logs = boto3.client("logs", region_name="us-east-1")
    logs.create_log_group(logGroupName="app")
    logs.create_log_stream(logGroupName="app", logStreamName="web")
    now = int(time.time() * 1000)
    events = [{"timestamp": now + number, "message": f"request {number}"} for number in range(3)]
    logs.put_log_events(logGroupName="app", logStreamName="web", logEvents=events)


def select(key: str, input_format: dict[str, Any], output_format: dict[str, Any]) -> Streaming:
    """Select the names from an object."""
    request = {
        "Bucket": "reports",
        "Key": key,
        "ExpressionType": "SQL",
        "Expression": "SELECT s.name FROM s3object s",
        "InputSerialization": input_format,
        "OutputSerialization": output_format,
    }
    return Streaming("s3", "select_object_content", "Payload", request, put_objects)


CSV = select("people.csv", {"CSV": {"FileHeaderInfo": "USE"}}, {"CSV": {}})
JSON = select("people.json", {"JSON": {"Type": "LINES"}}, {"JSON": {}})
LARGE = select("large.json", {"JSON": {"Type": "LINES"}}, {"JSON": {}})
TAIL = Streaming(
    "logs",
    "start_live_tail",
    "responseStream",
    {"logGroupIdentifiers": ["arn:aws:logs:us-east-1:123456789012:log-group:app"]},
    put_log_events,
)
EACH = pytest.mark.parametrize(
    "streaming",
    [
        pytest.param(CSV, id="select-csv"),
        pytest.param(JSON, id="select-json"),
        pytest.param(
            TAIL,
            id="live-tail",
            marks=pytest.mark.skipif(not hasattr(LogsBackend, "start_live_tail"), reason="Moto has no StartLiveTail"),
        ),
    ],
)


class Taken(Exception):
    """The raw response of an event stream, taken away before the client reads from it."""


def take(response_dict: dict[str, Any], **kwargs: Any) -> None:
    """Take a successful response away: a hook for ``before-parse``."""
    if response_dict["status_code"] == 200:
        raise Taken(response_dict["body"])


async def raw_response(client: Any, streaming: Streaming) -> Any:
    """Call the operation, and get the response of the HTTP library."""
    client.meta.events.register("before-parse", take, unique_id="take")
    try:
        with pytest.raises(Taken) as taken:
            await getattr(client, streaming.operation)(**streaming.request)
    finally:
        client.meta.events.unregister("before-parse", unique_id="take")
    return taken.value.args[0]


async def chunks_of(raw: Any) -> AsyncGenerator[bytes, None]:
    """Read the body of an asynchronous client's raw response as it comes in."""
    if isinstance(raw, aiohttp.ClientResponse):
        async for chunk, _ in raw.content.iter_chunks():
            yield chunk
    else:
        async with aclosing(raw.aiter_raw()) as chunks:
            async for chunk in chunks:
                yield chunk


def events_in(chunks: Iterable[bytes]) -> list[Event]:
    """Decode the events, each as its headers and its payload."""
    buffer = EventStreamBuffer()
    for chunk in chunks:
        buffer.add_data(chunk)
    return [(message.headers, without_ids(message.payload)) for message in buffer]


def without_ids(payload: bytes) -> bytes:
    """Each live tail has ids of its own."""
    return re.sub(rb'("(?:requestId|sessionId)": ?)"[^"]*"', rb'\1"an id"', payload)


def boto3_chunks(streaming: Streaming) -> list[bytes]:
    """What boto3 gets from the operation, as it comes in."""
    client = boto3.client(streaming.service, region_name="us-east-1")
    client.meta.events.register("before-parse", take)
    with pytest.raises(Taken) as taken:
        getattr(client, streaming.operation)(**streaming.request)
    return list(taken.value.args[0].stream())
