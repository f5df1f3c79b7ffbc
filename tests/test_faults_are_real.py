"""A fault looks to the client as the real thing does: each is compared with a peer that really behaves so."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.misbehaving import SENT, SIZE, Peer, peer
from tests.streaming import close

# trio tells of a generator of httpx's own that a failed body leaves behind, over a socket too.
pytestmark = [pytest.mark.filterwarnings("ignore:Async generator 'httpx:ResourceWarning"), pytest.mark.thorough]

CLIENT: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "ada",
    "aws_secret_access_key": "lovelace",
}
# Where nothing is to be waited for, a busy machine has all the time that it needs.
PATIENT = 60.0
SECONDS = {"connect_timeout": 0.1, "read_timeout": 0.1, "body stall": 0.3}


def settings(kind: str) -> dict[str, Any]:
    """The configuration of a client whose peer does what the name says: it waits in vain for that, and no more."""
    return {
        "connect_timeout": SECONDS[kind] if kind == "connect_timeout" else PATIENT,
        "read_timeout": PATIENT if kind == "connect_timeout" else SECONDS.get(kind, PATIENT),
        "retries": {"total_max_attempts": 1},
        "s3": {"addressing_style": "path"},
    }


# What is said of an error and of those in it: the class, and the message, but for what differs from run to run.
Chain = list[tuple[type, str]]


def chain(error: Any) -> Chain:
    found: Chain = []
    while isinstance(error, BaseException):
        found.append((type(error), _message(error)))
        error = getattr(error, "kwargs", {}).get("error")  # what botocore's errors keep of the library's
    return found


def _message(error: BaseException) -> str:
    text = re.sub(r" at 0x[0-9a-f]+| \(_ssl\.c:\d+\)", "", str(error))
    # Where no resolver can be reached, it says so: "Temporary failure in name resolution".
    text = re.sub(
        r"\[Errno -[23]\] [A-Z][a-z ]+|Temporary failure in name resolution", "Name or service not known", text
    )
    return re.sub(r"\d+ of \d+ bytes|\d+ bytes, expected \d+|\d+ bytes read, \d+ more", "some bytes", text)


# What the client did, and how it ended: the bytes that it had read, and the errors.
Outcome = tuple[int, Chain]


@asynccontextmanager
async def connected(client: ClientFactory, kind: str, at: Peer) -> AsyncIterator[Any]:
    """An asynchronous client of a peer, made outside of all mocks: it asks the peer, or the mock that is live."""
    async with client("s3", endpoint_url=at.url, config=AioConfig(**settings(kind)), **CLIENT) as s3:
        yield s3


def sync_connected(kind: str, at: Peer) -> Any:
    return boto3.client("s3", endpoint_url=at.url, config=Config(**settings(kind)), **CLIENT)


async def list_objects(s3: Any) -> Outcome:
    with pytest.raises(Exception) as caught:  # noqa: PT011  (whichever the real stack raises)
        await s3.list_objects_v2(Bucket="photos")
    return 0, chain(caught.value)


def sync_list_objects(s3: Any) -> Outcome:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        s3.list_objects_v2(Bucket="photos")
    return 0, chain(caught.value)


async def read(s3: Any, amount: int | None, at: Peer) -> Outcome:
    count = 0
    body = (await s3.get_object(Bucket="photos", Key="a.jpg"))["Body"]
    at.go_on.set()
    try:
        while data := await (body.read() if amount is None else body.read(amount)):
            count += len(data)
    except Exception as error:
        return count, chain(error)
    finally:
        await close(body)
    return count, []


def sync_read(s3: Any, amount: int | None, at: Peer) -> Outcome:
    count = 0
    body = s3.get_object(Bucket="photos", Key="a.jpg")["Body"]
    at.go_on.set()
    try:
        while data := body.read(amount):
            count += len(data)
    except Exception as error:
        return count, chain(error)
    return count, []


@cache
def outsider() -> Any:
    """A client for all mocks, that fills them."""
    return boto3.client("s3", **CLIENT)


@contextmanager
def mocked(**rule: Any) -> Iterator[None]:
    """A mock with a fault, and an object behind it."""
    with mock_aws() as aws:
        outsider().create_bucket(Bucket="photos")
        outsider().put_object(Bucket="photos", Key="a.jpg", Body=b"x" * SIZE)
        aws.faults.add("s3", **rule)
        yield


KINDS = ["connect_error", "connect_timeout", "dns", "tls", "disconnect", "reset", "read_timeout"]


@pytest.mark.anyio
@pytest.mark.parametrize("kind", KINDS)
async def test_failure_is_the_one_that_the_async_stack_has(kind: Any, client: ClientFactory) -> None:
    with peer(kind) as real:
        async with connected(client, kind, real) as s3:
            expected = await list_objects(s3)
            with mocked(raises=kind):
                assert await list_objects(s3) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_failure_is_the_one_that_boto3_has(kind: Any) -> None:
    with peer(kind) as real:
        s3 = sync_connected(kind, real)
        expected = sync_list_objects(s3)
        with mocked(raises=kind):
            assert sync_list_objects(s3) == expected


BODIES: dict[str, dict[str, Any]] = {
    "body disconnect": {"cut_after": SENT},
    "body reset": {"cut_after": SENT, "raises": "reset"},
    "body stall": {"stall_after": SENT},
}


@pytest.mark.anyio
@pytest.mark.parametrize("amount", [None, 1_000], ids=["whole", "parts"])
@pytest.mark.parametrize("kind", BODIES)
async def test_body_ends_as_over_the_async_stack(kind: str, amount: int | None, client: ClientFactory) -> None:
    with peer(kind) as real:
        async with connected(client, kind, real) as s3:
            expected = await read(s3, amount, real)
            with mocked(**BODIES[kind]):
                assert await read(s3, amount, real) == expected


@pytest.mark.parametrize("amount", [None, 1_000], ids=["whole", "parts"])
@pytest.mark.parametrize("kind", BODIES)
def test_body_ends_as_over_boto3(kind: str, amount: int | None) -> None:
    with peer(kind) as real:
        s3 = sync_connected(kind, real)
        expected = sync_read(s3, amount, real)
        with mocked(**BODIES[kind]):
            assert sync_read(s3, amount, real) == expected


# An answer that is no stream is read by the session, within the call.
ANSWERS = [("body disconnect", {"cut_after": 10}), ("body stall", {"stall_after": 10})]


@pytest.mark.anyio
@pytest.mark.parametrize(("kind", "rule"), ANSWERS)
async def test_answer_ends_as_over_the_async_stack(kind: str, rule: Any, client: ClientFactory) -> None:
    with peer(kind) as real:
        real.go_on.set()
        async with connected(client, kind, real) as s3:
            expected = await list_objects(s3)
            with mocked(**rule):
                assert await list_objects(s3) == expected


@pytest.mark.parametrize(("kind", "rule"), ANSWERS)
def test_answer_ends_as_over_boto3(kind: str, rule: Any) -> None:
    with peer(kind) as real:
        real.go_on.set()
        s3 = sync_connected(kind, real)
        expected = sync_list_objects(s3)
        with mocked(**rule):
            assert sync_list_objects(s3) == expected
