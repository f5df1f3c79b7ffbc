"""s3fs in tests: what one test writes, the next one does not find, though s3fs keeps its file systems for ever."""

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
async def test_each_day_has_a_file_of_its_own(day: str) -> None:
    await archive(day, ["one", "two"])

    assert s3fs.S3FileSystem().ls("archive") == [f"archive/{day}.log"]
    with fsspec.open(f"s3://archive/{day}.log", "rt") as file:
        assert file.readlines() == ["one\n", "two"]
