"""Uploads in S3's own framing of chunks arrive at the loopback endpoint as what is in the frames."""

from __future__ import annotations

import subprocess
import sys
import zlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from aiomoto import MockAWS, mock_aws
from tests.buckets import SESSION
from tests.programs import ROOT
from tests.wire import Answer, send

pytestmark = pytest.mark.thorough

DATA = bytes(range(256)) * 1000
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_WITH_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_WITH_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNATURE = b";chunk-signature=" + b"0" * 64
CRC32 = b64encode(zlib.crc32(DATA).to_bytes(4, "big"))


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws() as aws:
        SESSION.client("s3").create_bucket(Bucket="uploads")
        yield aws


def frame(data: bytes, size: int, kind: str) -> bytes:
    """A body in chunks of so many bytes."""
    extension = b"" if kind == UNSIGNED_WITH_TRAILER else SIGNATURE
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    framed = b"".join(b"%x%b\r\n%b\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    trailer = b"x-amz-checksum-crc32:" + CRC32 + b"\r\n" if kind != SIGNED else b""
    if kind == SIGNED_WITH_TRAILER:
        trailer += b"x-amz-trailer-signature:" + b"0" * 64 + b"\r\n"
    return framed + b"0" + extension + b"\r\n" + trailer + b"\r\n"


def upload(aws: MockAWS, kind: str, body: bytes | Iterator[bytes], **headers: str) -> Answer:
    """Put an object; headers by their names with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    framing = {
        "x-amz-content-sha256": kind,
        "x-amz-decoded-content-length": str(len(DATA)),
        "Content-Encoding": "aws-chunked",
    }
    return send(aws.endpoint.url, "PUT", "/uploads/key", body, framing | named)


def stored() -> Any:
    return SESSION.client("s3").get_object(Bucket="uploads", Key="key", ChecksumMode="ENABLED")


@pytest.mark.parametrize("size", [1000, 65536, len(DATA)])
@pytest.mark.parametrize("kind", [SIGNED, SIGNED_WITH_TRAILER, UNSIGNED_WITH_TRAILER])
def test_an_object_is_what_is_in_the_chunks(aws: MockAWS, kind: str, size: int) -> None:
    assert upload(aws, kind, frame(DATA, size, kind)).status == 200
    found = stored()
    assert found["Body"].read() == DATA
    assert "ContentEncoding" not in found


@pytest.mark.parametrize("kind", [SIGNED, SIGNED_WITH_TRAILER, UNSIGNED_WITH_TRAILER])
def test_chunks_may_be_sent_in_chunks(aws: MockAWS, kind: str) -> None:
    body = frame(DATA, 8192, kind)
    pieces = (body[start : start + 10_000] for start in range(0, len(body), 10_000))
    assert upload(aws, kind, pieces).status == 200
    assert stored()["Body"].read() == DATA


@pytest.mark.parametrize("kind", [SIGNED_WITH_TRAILER, UNSIGNED_WITH_TRAILER])
def test_a_checksum_in_the_trailer_is_kept(aws: MockAWS, kind: str) -> None:
    body = frame(DATA, 8192, kind)
    answer = upload(aws, kind, body, x_amz_trailer="x-amz-checksum-crc32", x_amz_sdk_checksum_algorithm="CRC32")
    assert answer.headers["x-amz-checksum-crc32"] == CRC32.decode()
    found = SESSION.client("s3").get_object_attributes(Bucket="uploads", Key="key", ObjectAttributes=["Checksum"])
    assert found["Checksum"]["ChecksumCRC32"] == CRC32.decode()


@pytest.mark.parametrize("kind", [SIGNED, SIGNED_WITH_TRAILER, UNSIGNED_WITH_TRAILER])
def test_an_empty_object(aws: MockAWS, kind: str) -> None:
    assert upload(aws, kind, frame(b"", 1, kind), x_amz_decoded_content_length="0").status == 200
    assert stored()["Body"].read() == b""


def test_an_encoding_beside_the_framing_is_kept(aws: MockAWS) -> None:
    answer = upload(aws, SIGNED, frame(DATA, 8192, SIGNED), Content_Encoding="gzip,aws-chunked")
    assert answer.status == 200
    assert stored()["ContentEncoding"] == "gzip"


def test_the_time_grows_with_the_size_and_not_with_the_number_of_chunks(aws: MockAWS) -> None:
    # Moto alone would copy 13 GB for this.
    assert (
        upload(
            aws,
            UNSIGNED_WITH_TRAILER,
            frame(DATA * 10, 256, UNSIGNED_WITH_TRAILER),
            x_amz_decoded_content_length=str(len(DATA) * 10),
        ).status
        == 200
    )
    assert stored()["Body"].read() == DATA * 10


GOOD = frame(DATA, 8192, SIGNED)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        DATA,
        GOOD[:-100],
        GOOD[:5000],
        GOOD.replace(b"2000;", b"1fff;", 1),
        GOOD.replace(b"2000;", b"2001;", 1),
        GOOD.replace(b"2000;", b"-200;", 1),
        GOOD.replace(b"2000;", b"2_00;", 1),
        GOOD.replace(b"2000;", b"zzzz;", 1),
        GOOD.replace(b"2000;", b"f" * 40 + b";", 1),
        frame(DATA[1:], 8192, SIGNED),
    ],
    ids=["empty", "bare", "no-end", "cut", "small", "large", "negative", "underscore", "letters", "huge", "short"],
)
def test_bad_framing_is_refused(aws: MockAWS, body: bytes) -> None:
    answer = upload(aws, SIGNED, body)
    assert (answer.status, b"<Code>IncompleteBody</Code>" in answer.body) == (400, True)
    assert "Contents" not in SESSION.client("s3").list_objects_v2(Bucket="uploads")


@pytest.mark.parametrize("length", ["", "-1", "many", "1e3"])
def test_a_length_that_is_none_is_refused(aws: MockAWS, length: str) -> None:
    answer = upload(aws, SIGNED, GOOD, x_amz_decoded_content_length=length)
    assert (answer.status, b"<Code>MissingContentLength</Code>" in answer.body) == (411, True)


@pytest.mark.parametrize("length", ["0", "255999", "256001", "9" * 30])
def test_a_length_that_is_wrong_is_refused(aws: MockAWS, length: str) -> None:
    answer = upload(aws, SIGNED, GOOD, x_amz_decoded_content_length=length)
    assert (answer.status, b"<Code>IncompleteBody</Code>" in answer.body) == (400, True)


# ---------------------------------------------------------------- large objects

MEMORY = """
import resource, sys
from aiomoto import mock_aws
from tests.buckets import create_bucket
from tests.wire import connection_to, signed

SIZE = int(sys.argv[1])
KIND = {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": str(SIZE),
    "Content-Encoding": "aws-chunked",
}

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

def framed():
    for start in range(0, SIZE, 65536):
        yield b"10000\\r\\n" + bytes(65536) + b"\\r\\n"
    yield b"0\\r\\n\\r\\n"

with mock_aws() as aws, connection_to(aws.endpoint.url) as connection:
    connection.timeout = 300
    create_bucket("large")
    connection.request("PUT", "/large/warm-up", b"", signed())
    connection.getresponse().read()
    before = peak()
    connection.request("PUT", "/large/key", framed(), signed() | KIND)
    assert connection.getresponse().read() == b""
    connection.request("GET", "/large/key", headers=signed())
    response = connection.getresponse()
    assert sum(map(len, iter(lambda: response.read(65536), b""))) == SIZE
    print((peak() - before) / SIZE)
"""


@pytest.mark.parametrize("size", [32 * 2**20, pytest.param(256 * 2**20, marks=pytest.mark.slow)], ids=["32M", "256M"])
def test_a_large_object_is_in_memory_a_few_times_at_most(size: int) -> None:
    pytest.importorskip("resource", reason="needs a system that tells how much memory a process had")
    command = [sys.executable, "-c", MEMORY, str(size)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert (result.returncode, result.stderr) == (0, "")
    assert float(result.stdout) < 4.5  # one of them is Moto's own, of what is in the chunks
