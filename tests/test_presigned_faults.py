"""``aws.faults`` at presigned URLs: each library raises what it raises at a peer that really behaves so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import pytest
import requests
import urllib3

from aiomoto import mock_aws
from tests.http_clients import LIBRARIES, Library
from tests.misbehaving import SENT, SIZE, peer

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

KEYS = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}
_SESSION = boto3.Session(region_name="us-east-1")
PHOTO = {"Bucket": "photos", "Key": "a.jpg"}
KINDS: dict[str, dict[str, Any]] = {
    **{kind: {"raises": kind} for kind in ("connect_error", "dns", "disconnect", "reset", "read_timeout")},
    "body disconnect": {"cut_after": SENT},
    "body reset": {"cut_after": SENT, "raises": "reset"},
    "body stall": {"stall_after": SENT},
}


# httpx2 has httpx's errors, by the same names.
each_library = pytest.mark.parametrize(
    "http",
    [library for library in LIBRARIES if library.package != "httpx2"],
    ids=lambda library: library.name,
    indirect=True,
)


def url_at(endpoint: str) -> str:
    s3 = _SESSION.client("s3", endpoint_url=endpoint, **KEYS)
    url: str = s3.generate_presigned_url("get_object", Params=PHOTO)
    return url


@cache
def outsider() -> Any:
    """A client for all mocks, that fills them."""
    return _SESSION.client("s3", **KEYS)


@contextmanager
def mocked(**rule: Any) -> Iterator[None]:
    """A mock with a fault, and an object behind it."""
    with mock_aws() as aws:
        outsider().create_bucket(Bucket="photos")
        outsider().put_object(**PHOTO, Body=b"x" * SIZE)
        aws.faults.add("s3", **rule)
        yield


async def failure(http: Library, url: str, timeout: float) -> tuple[type, str]:
    """How a request ends: the class of its error, and the message, but for what differs from run to run."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  (whichever the library raises)
        await http.send("GET", url, timeout=timeout)
    message = re.sub(r"Signature=[^&']*|Expires=\d+| at 0x[0-9a-f]+", "", str(caught.value))
    # Where no resolver can be reached, it says so.
    message = re.sub(r"\[Errno -[23]\] [A-Z][a-z ]+|Temporary failure in name resolution", "no such name", message)
    return type(caught.value), re.sub(r"\d+ of \d+ bytes|\d+ bytes( read)?, \d+ more expected", "some bytes", message)


@each_library
@pytest.mark.parametrize("kind", KINDS)
async def test_a_failure_is_the_one_that_the_library_has(http: Library, kind: str) -> None:
    is_late = kind in ("read_timeout", "body stall")
    timeout = 0.4 if is_late else 60  # a busy machine has all the time that it needs
    with peer(kind) as real:
        if not is_late:
            real.go_on.set()
        url = url_at(real.url)
        expected = await failure(http, url, timeout)
        with mocked(**KINDS[kind]):
            url_at(real.url)  # so that the host is an endpoint of a client
            assert await failure(http, url, timeout) == expected


@pytest.mark.parametrize("library", ["urllib3", "requests"])
def test_an_error_for_no_connection_names_the_time_to_connect(library: str) -> None:
    def send(url: str) -> None:
        if library == "requests":
            requests.get(url, timeout=(0.1, 60))
        with urllib3.PoolManager(retries=False) as pool:
            pool.request("GET", url, timeout=urllib3.Timeout(connect=0.1, read=60))

    def message(url: str) -> str:
        with pytest.raises(Exception, match="timed out") as caught:
            send(url)
        return re.sub(r"Signature=[^&']*|Expires=\d+| at 0x[0-9a-f]+|_Moto|HTTPConnection", "", str(caught.value))

    with peer("connect_timeout") as real:
        url = url_at(real.url)
        expected = message(url)
        with mocked(raises="connect_timeout"):
            url_at(real.url)
            assert message(url) == expected


async def test_an_error_answer_is_an_answer(http: Library) -> None:
    with mocked(error="SlowDown"):
        answer = await http.send("GET", url_at("https://s3.us-east-1.amazonaws.com"))

    assert (answer.status, b"<Code>SlowDown</Code>" in answer.body) == (503, True)
