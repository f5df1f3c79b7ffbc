"""Checksummed, framed, divided and large request bodies: what is stored is what was given."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha1, sha256
from importlib import import_module
from io import BytesIO
from typing import Any
from zlib import crc32

import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from boto3.s3.transfer import TransferConfig
from botocore.compat import HAS_CRT
from botocore.config import Config

from aiomoto import mock_aws
from tests.conftest import MOTO, ClientFactory
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.thorough

REGION = "us-east-1"
# One session for all of them: a new one parses its service models anew.
BOTO3 = boto3.Session("FOOBARKEY", "FOOBARSECRET", region_name=REGION)
MIB = 1024 * 1024
# Three chunks of an aws-chunked body, the last one not full.
DATA = bytes(range(251)) * 10_007


def crt_checksum(name: str, data: bytes) -> int:
    value: int = getattr(import_module("awscrt.checksums"), name)(data)
    return value


needs_crt = pytest.mark.skipif(not HAS_CRT, reason="botocore computes it with awscrt, which is not installed")
each_algorithm = pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        pytest.param("CRC32", lambda data: crc32(data).to_bytes(4, "big"), id="CRC32"),
        pytest.param("SHA1", lambda data: sha1(data, usedforsecurity=False).digest(), id="SHA1"),
        pytest.param("SHA256", lambda data: sha256(data).digest(), id="SHA256"),
        pytest.param(
            "CRC32C", lambda data: crt_checksum("crc32c", data).to_bytes(4, "big"), id="CRC32C", marks=needs_crt
        ),
        pytest.param(
            "CRC64NVME",
            lambda data: crt_checksum("crc64nvme", data).to_bytes(8, "big"),
            id="CRC64NVME",
            marks=needs_crt,
        ),
    ],
)
Digest = Callable[[bytes], bytes]
each_body = pytest.mark.parametrize("make", [bytes, bytearray, BytesIO], ids=["bytes", "bytearray", "BytesIO"])


@pytest.mark.anyio
@each_algorithm
@each_body
async def test_body_with_a_trailing_checksum_is_stored_without_its_frame(
    make: Callable[[bytes], Any], algorithm: str, digest: Digest, client: ClientFactory
) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="bodies")
        response = await s3.put_object(Bucket="bodies", Key="key", Body=make(DATA), ChecksumAlgorithm=algorithm)

        assert response[f"Checksum{algorithm}"] == b64encode(digest(DATA)).decode()
        assert stored() == DATA


@each_algorithm
@each_body
def test_body_with_a_trailing_checksum_is_stored_without_its_frame_by_boto3(
    make: Callable[[bytes], Any], algorithm: str, digest: Digest
) -> None:
    with mock_aws():
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        response: Any = s3.put_object(Bucket="bodies", Key="key", Body=make(DATA), ChecksumAlgorithm=algorithm)

        assert response[f"Checksum{algorithm}"] == b64encode(digest(DATA)).decode()
        assert stored() == DATA


FRAMES = {
    "chunk": b"5\r\nhello\r\n0\r\n\r\n",
    "trailer": b"0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
    "line-breaks": b"\r\n\r\n",
    "line-break-at-chunk-end": b"x" * (MIB - 1) + b"\r\n0\r\n\r\n",
    "whole-chunks": b"x" * 2 * MIB,
    "nothing": b"",
}


@pytest.mark.anyio
@pytest.mark.parametrize("data", FRAMES.values(), ids=FRAMES.keys())
async def test_body_that_looks_like_a_frame_is_kept(data: bytes, client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="bodies")
        await s3.put_object(Bucket="bodies", Key="key", Body=BytesIO(data))

        assert stored() == data


@pytest.mark.parametrize("data", FRAMES.values(), ids=FRAMES.keys())
def test_body_that_looks_like_a_frame_is_kept_by_boto3(data: bytes) -> None:
    with mock_aws():
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        s3.put_object(Bucket="bodies", Key="key", Body=BytesIO(data))

        assert stored() == data


GIVEN = {"ChecksumSHA256": b64encode(sha256(DATA).digest()).decode()}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("calculation", "arguments"),
    [("when_required", {}), ("when_required", {"ChecksumAlgorithm": "SHA256"}), ("when_supported", GIVEN)],
    ids=["none", "asked-for", "given"],
)
async def test_body_is_stored_whoever_computes_its_checksum(
    calculation: str, arguments: dict[str, str], client: ClientFactory
) -> None:
    config = AioConfig(request_checksum_calculation=calculation)
    async with mock_aws(), client("s3", region_name=REGION, config=config) as s3:
        await s3.create_bucket(Bucket="bodies")
        await s3.put_object(Bucket="bodies", Key="key", Body=BytesIO(DATA), **arguments)

        assert stored() == DATA


PARTS = [b"a" * 5 * MIB, b"b" * 5 * MIB, b"c"]


@pytest.mark.anyio
async def test_parts_uploaded_at_once_are_stored_as_one_object(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="bodies")
        target = {"Bucket": "bodies", "Key": "key"}
        target["UploadId"] = (await s3.create_multipart_upload(**target))["UploadId"]
        uploaded: dict[int, str] = {}

        async def upload(number: int, part: bytes) -> None:
            uploaded[number] = (await s3.upload_part(**target, PartNumber=number, Body=BytesIO(part)))["ETag"]

        async with anyio.create_task_group() as tasks:
            for number, part in enumerate(PARTS, 1):
                tasks.start_soon(upload, number, part)
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in sorted(uploaded.items())]
        await s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})

        assert stored() == b"".join(PARTS)


def test_parts_uploaded_by_threads_are_stored_as_one_object() -> None:
    with mock_aws():
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        transfer = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
        s3.upload_fileobj(BytesIO(b"".join(PARTS)), "bodies", "key", Config=transfer)

        assert stored() == b"".join(PARTS)


@pytest.fixture(scope="module")
def large() -> bytes:
    """100 MiB of which no two chunks are the same."""
    return random.Random(7).randbytes(100 * MIB)


@pytest.mark.anyio
@pytest.mark.parametrize("mib", [20, pytest.param(100, marks=pytest.mark.slow)])
async def test_large_body_comes_back_as_it_was_sent(mib: int, large: bytes, client: ClientFactory) -> None:
    large = large[: mib * MIB]
    received = sha256()
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="bodies")
        await s3.put_object(Bucket="bodies", Key="key", Body=large)
        async for chunk in (await s3.get_object(Bucket="bodies", Key="key"))["Body"].iter_chunks(MIB):
            received.update(chunk)

    assert received.hexdigest() == sha256(large).hexdigest()


def test_body_of_100_mib_comes_back_to_boto3_as_it_was_sent(large: bytes) -> None:
    received = sha256()
    with mock_aws():
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        s3.put_object(Bucket="bodies", Key="key", Body=large)
        for chunk in s3.get_object(Bucket="bodies", Key="key")["Body"].iter_chunks(MIB):
            received.update(chunk)

    assert received.hexdigest() == sha256(large).hexdigest()


def stored() -> bytes:
    # Without the client's own check, so that what is wrong shows in the comparison.
    s3 = BOTO3.client("s3", config=Config(response_checksum_validation="when_required"))
    data: bytes = s3.get_object(Bucket="bodies", Key="key")["Body"].read()
    return data


LOOKALIKE: Any = pytest.param(
    b"x-amz-checksum-crc32:AAAAAA==\r\n0\r\nx-amz-checksum-crc32:AAAAAA==",
    marks=pytest.mark.skipif(
        MOTO < (5, 2, 5), reason="Moto takes the first thing in a body that looks like a checksum"
    ),
)


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"hello", LOOKALIKE], ids=["empty", "short", "lookalike"])
async def test_an_object_has_the_checksum_that_its_trailer_says(client: ClientFactory, body: bytes) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        put = await s3.put_object(Bucket="reports", Key="a", Body=body, ChecksumAlgorithm="CRC32")
        head = await s3.head_object(Bucket="reports", Key="a", ChecksumMode="ENABLED")

    checksum = b64encode(crc32(body).to_bytes(4, "big")).decode()
    # Older versions of Moto tell it in their first answer only.
    assert (put["ChecksumCRC32"], head.get("ChecksumCRC32", checksum)) == (checksum, checksum)
