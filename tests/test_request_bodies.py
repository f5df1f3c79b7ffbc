"""Request bodies arrive whole, and again when a request is retried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiofiles
import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import UnseekableStreamError

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack

REGION = "us-east-1"
# One session for all of them: a new one parses its service models anew.
BOTO3 = boto3.Session("FOOBARKEY", "FOOBARSECRET", region_name=REGION)
# More than a chunk of a socket, of a file or of an aws-chunked body (1 MiB), and no round number.
DATA = bytes(range(5, 256)) * 10_007
LINES = b"one\n\r\n\x00two\xff"
# botocore lets these through: it neither validates nor hashes nor measures a body that is not signed.
AS_IT_IS = {
    "signature_version": UNSIGNED,
    "parameter_validation": False,
    "request_checksum_calculation": "when_required",
}


class AsyncFile:
    """A file whose ``read()`` is awaited, and nothing more."""

    def __init__(self, data: bytes) -> None:
        self._file = BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


class Readable:
    """A file that can be read, and nothing more."""

    def __init__(self, data: bytes) -> None:
        self._file = BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


def blocks() -> Iterator[bytes]:
    for start in range(0, len(DATA), 100_000):
        yield DATA[start : start + 100_000]


async def async_blocks() -> AsyncIterator[bytes]:
    for block in blocks():
        yield block


def at(position: int, file: Any) -> Any:
    file.seek(position)
    return file


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "data.bin"
    path.write_bytes(DATA)
    with path.open("rb") as file:
        yield file


Body = Callable[[Any], Any]  # a body, made with an opened file
ORDINARY: dict[str, tuple[Body, bytes]] = {
    "bytes": (lambda file: DATA, DATA),
    "bytearray": (lambda file: bytearray(DATA), DATA),
    "str": (lambda file: "grüße 日本語", "grüße 日本語".encode()),
    "nothing": (lambda file: b"", b""),
    "BytesIO": (lambda file: BytesIO(DATA), DATA),
    "BytesIO-part-read": (lambda file: at(7, BytesIO(DATA)), DATA[7:]),
    "BytesIO-empty": (lambda file: BytesIO(), b""),
    "file": (lambda file: file, DATA),
    "file-part-read": (lambda file: at(7, file), DATA[7:]),
    "readable": (lambda file: Readable(DATA), DATA),
}


def table(rows: dict[str, tuple[Body, bytes]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("make", "expected"), rows.values(), ids=rows.keys())


@pytest.mark.anyio
@table(ORDINARY | {"async-file": (lambda file: AsyncFile(DATA), DATA)})
async def test_body_of_every_kind_arrives_whole(
    make: Body, expected: bytes, client: ClientFactory, opened: Any
) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="bodies")
        await s3.put_object(Bucket="bodies", Key="key", Body=make(opened))

        assert stored() == expected


@table(ORDINARY)
def test_body_of_every_kind_arrives_whole_from_boto3(make: Body, expected: bytes, opened: Any) -> None:
    with mock_aws():
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        s3.put_object(Bucket="bodies", Key="key", Body=make(opened))

        assert stored() == expected


@pytest.mark.anyio
@pytest.mark.parametrize("position", [0, 7], ids=["whole", "part-read"])
@pytest.mark.parametrize("library", ["aiofiles", "anyio"])
async def test_async_file_arrives_from_where_it_stands(
    library: str, position: int, client: ClientFactory, stack: Stack, tmp_path: Path
) -> None:
    if library == "aiofiles" and stack.loop != "asyncio":
        pytest.skip("aiofiles runs on asyncio only")
    path = tmp_path / "lines.bin"
    path.write_bytes(LINES)
    async with mock_aws(), client("s3", region_name=REGION, config=AioConfig(**AS_IT_IS)) as s3:
        await s3.create_bucket(Bucket="bodies")
        async with aiofiles.open(path, "rb") if library == "aiofiles" else await anyio.open_file(path, "rb") as file:
            await file.seek(position)
            # botocore cannot measure such a file by itself.
            await s3.put_object(Bucket="bodies", Key="key", Body=file, ContentLength=len(LINES) - position)

        assert stored() == LINES[position:]


@pytest.mark.anyio
async def test_file_is_left_open(client: ClientFactory, opened: Any) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="bodies")
        await s3.put_object(Bucket="bodies", Key="key", Body=opened)

        assert not opened.closed


RETRIED: dict[str, tuple[Body, bytes]] = {
    name: ORDINARY[name] for name in ("bytes", "bytearray", "str", "BytesIO", "file")
}
each_mode = pytest.mark.parametrize("checksums", ["when_supported", "when_required"])


@pytest.mark.anyio
@each_mode
@table(RETRIED)
async def test_retried_request_sends_the_same_body_again(
    make: Body, expected: bytes, checksums: str, client: ClientFactory, opened: Any, stack: Stack
) -> None:
    body = make(opened)
    if checksums == "when_required" and (isinstance(body, bytearray) or (body is opened and stack.name == "httpx")):
        pytest.skip("aiohttp warns of its size, and httpx does not send it")
    config = AioConfig(request_checksum_calculation=checksums)
    async with mock_aws(), client("s3", region_name=REGION, config=config) as s3:
        keep_versions()
        s3.meta.events.register("needs-retry.s3.PutObject", retry_once)
        await s3.put_object(Bucket="bodies", Key="key", Body=body)

        assert stored_versions() == [expected, expected]


@each_mode
@table(RETRIED)
def test_retried_request_sends_the_same_body_again_from_boto3(
    make: Body, expected: bytes, checksums: str, opened: Any
) -> None:
    with mock_aws():
        keep_versions()
        s3 = BOTO3.client("s3", config=Config(request_checksum_calculation=checksums))
        s3.meta.events.register("needs-retry.s3.PutObject", retry_once)
        s3.put_object(Bucket="bodies", Key="key", Body=make(opened))

        assert stored_versions() == [expected, expected]


@pytest.mark.anyio
async def test_body_that_cannot_be_rewound_is_not_sent_again(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name=REGION, config=AioConfig(**AS_IT_IS)) as s3:
        keep_versions()
        s3.meta.events.register("needs-retry.s3.PutObject", retry_once)

        with pytest.raises(UnseekableStreamError):
            await s3.put_object(Bucket="bodies", Key="key", Body=async_blocks())
        assert stored_versions() == [DATA]


def retry_once(attempts: int, **_: Any) -> float | None:
    """Ask for a second attempt, whatever the answer to the first one was."""
    return 0 if attempts == 1 else None


def keep_versions() -> None:
    s3 = BOTO3.client("s3")
    s3.create_bucket(Bucket="bodies")
    s3.put_bucket_versioning(Bucket="bodies", VersioningConfiguration={"Status": "Enabled"})


def stored() -> bytes:
    data: bytes = BOTO3.client("s3").get_object(Bucket="bodies", Key="key")["Body"].read()
    return data


def stored_versions() -> list[bytes]:
    s3 = BOTO3.client("s3")
    versions = s3.list_object_versions(Bucket="bodies")["Versions"]
    return [s3.get_object(Bucket="bodies", Key="key", VersionId=v["VersionId"])["Body"].read() for v in versions]
