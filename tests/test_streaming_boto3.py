"""Streamed response bodies of boto3: genuine urllib3 responses, read in every way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from io import BufferedReader, BytesIO
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, FlexibleChecksumError
from botocore.response import StreamingBody
from urllib3 import HTTPResponse

from aiomoto import mock_aws
from tests.streaming import DATA

# One session for all of them: a new one parses its service models anew.
BOTO3 = boto3.Session("FOOBARKEY", "FOOBARSECRET", region_name="us-east-1")
LINES = b"one\ntwo\r\n\nfour\x00\xff\n five"


@contextmanager
def holding(data: bytes, **arguments: Any) -> Iterator[Any]:
    """A client of a mocked S3 that holds one object."""
    with mock_aws():
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        s3.put_object(Bucket="bodies", Key="key", Body=data, **arguments)
        yield s3


def get(s3: Any, **arguments: Any) -> Any:
    return s3.get_object(Bucket="bodies", Key="key", **arguments)["Body"]


Read = Callable[[Any], bytes]


def read(body: Any) -> bytes:
    data: bytes = body.read()
    return data


def read_up_to(size: int) -> Read:
    def read_on(body: Any) -> bytes:
        pieces = []
        while piece := body.read(size):
            assert len(piece) <= size
            pieces.append(piece)
        return b"".join(pieces)

    return read_on


def readinto(body: Any) -> bytes:
    data, buffer = BytesIO(), bytearray(10_000)
    while count := body.readinto(buffer):
        data.write(buffer[:count])
    return data.getvalue()


def buffered(body: Any) -> bytes:
    return BufferedReader(body).read()


def read_in_context(body: Any) -> bytes:
    with body:
        return read(body)


def iterate(body: Any) -> bytes:
    return b"".join(body)


def iter_chunks(body: Any) -> bytes:
    return b"".join(body.iter_chunks(100_000))


def iter_lines(body: Any) -> bytes:
    return b"".join(body.iter_lines(keepends=True))


READS: dict[str, Read] = {
    "read": read,
    "read-small": read_up_to(1000),
    "read-large": read_up_to(1_000_000),
    "readinto": readinto,
    "buffered": buffered,
    "with": read_in_context,
    "for": iterate,
    "iter_chunks": iter_chunks,
    "iter_lines": iter_lines,
}
each_way = pytest.mark.parametrize("way", READS.values(), ids=READS.keys())


@each_way
@pytest.mark.parametrize("data", [DATA, b""], ids=["large", "empty"])
def test_every_way_to_read_gives_the_whole_body(way: Read, data: bytes) -> None:
    with holding(data) as s3:
        assert way(get(s3)) == data


@each_way
def test_every_way_to_read_compares_the_checksum(way: Read) -> None:
    # Moto takes the caller's word for it.
    with holding(b"not what was said", ChecksumAlgorithm="CRC32", ChecksumCRC32="AAAAAA==") as s3:
        response = s3.get_object(Bucket="bodies", Key="key")
        if "ChecksumCRC32" not in response:
            pytest.skip("this Moto does not say what the checksum was")

        with pytest.raises(FlexibleChecksumError, match="AAAAAA=="):
            way(response["Body"])


def test_lines_are_split_without_their_ends() -> None:
    with holding(LINES) as s3:
        assert list(get(s3).iter_lines()) == [b"one", b"two", b"", b"four\x00\xff", b" five"]


def test_tell_counts_what_was_read() -> None:
    with holding(DATA) as s3:
        body = get(s3)
        body.read(1000)

        assert body.tell() == 1000


def test_a_body_closed_half_way_leaves_the_client_working() -> None:
    with holding(DATA) as s3:
        body = get(s3)
        body.read(10)
        body.close()

        assert get(s3).read() == DATA


def test_two_bodies_are_read_in_turns() -> None:
    with holding(DATA) as s3:
        first, second = get(s3), get(s3)
        pieces = [first.read(10), second.read(20), first.read(), second.read()]

    assert pieces == [DATA[:10], DATA[:20], DATA[10:], DATA[20:]]


def test_a_range_is_streamed_as_that_part() -> None:
    with holding(DATA) as s3:
        assert get(s3, Range="bytes=100-200099").read() == DATA[100:200_100]


def test_a_gzip_encoded_body_is_not_unpacked() -> None:
    packed = b"\x1f\x8b\x08 this is no gzip and nobody should try"
    with holding(packed, ContentEncoding="gzip") as s3:
        assert get(s3).read() == packed


def test_the_response_below_the_body_is_one_of_urllib3s() -> None:
    seen = []
    with holding(LINES, Metadata={"answer": "42"}) as s3:
        s3.meta.events.register("after-call.s3.GetObject", lambda http_response, **_: seen.append(http_response.raw))
        body = get(s3, Range="bytes=4-")
        (response,) = seen

        assert isinstance(body, StreamingBody)
        assert isinstance(response, HTTPResponse)
        assert (response.status, response.reason) == (206, "Partial Content")
        assert (response.headers["X-Amz-Meta-Answer"], response.headers["Content-Length"]) == ("42", "18")
        assert b"".join(response.stream(10)) == LINES[4:]


def test_an_unmodified_object_is_an_error() -> None:
    with (
        holding(DATA) as s3,
        pytest.raises(ClientError, match=r"\(304\) when calling the GetObject operation: Not Modified"),
    ):
        get(s3, IfNoneMatch=f'"{md5(DATA, usedforsecurity=False).hexdigest()}"')


def test_an_uploaded_file_is_downloaded_by_threads() -> None:
    large, found = DATA * 40, BytesIO()  # 20 MB, which takes several ranges
    with holding(large) as s3:
        s3.download_fileobj("bodies", "key", found)

    assert found.getvalue() == large
