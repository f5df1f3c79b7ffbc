"""Test code that uses s3fs: no test sees the files of another, although s3fs caches its file systems."""

from collections.abc import Iterator

import boto3
import fsspec
import pytest
import s3fs

from aiomoto import mock_aws


async def archive(day: str, lines: list[str]) -> None:
    """The code under test."""
    fs = s3fs.S3FileSystem(asynchronous=True)
    await fs._pipe_file(f"archive/{day}.log", "\n".join(lines).encode())


@pytest.fixture
def _bucket() -> Iterator[None]:
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="archive")
        yield


@pytest.mark.asyncio
@pytest.mark.usefixtures("_bucket")
@pytest.mark.parametrize("day", ["monday", "tuesday"])
async def test_each_test_sees_its_own_file_only(day: str) -> None:
    await archive(day, ["one", "two"])

    assert s3fs.S3FileSystem().ls("archive") == [f"archive/{day}.log"]
    with fsspec.open(f"s3://archive/{day}.log", "rt") as file:
        assert file.readlines() == ["one\n", "two"]
