"""What fsspec lays over s3fs, and what it does with many files: all of it new in each mock."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aiomoto import mock_aws
from tests.buckets import SESSION, create_bucket

fsspec = pytest.importorskip("fsspec", reason="needs s3fs")
generic = pytest.importorskip("fsspec.generic", reason="needs s3fs")
s3fs = pytest.importorskip("s3fs", reason="needs s3fs")


def write(key: str, body: bytes) -> None:
    SESSION.client("s3").put_object(Bucket="data", Key=key, Body=body)


def zipped(body: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("1.txt", body)
    return file.getvalue()


def read(url: str) -> bytes:
    with fsspec.open(url) as file:
        body: bytes = file.read()
        return body


def read_local(url: str) -> bytes:
    return Path(fsspec.open_local(url)).read_bytes()


def read_reference() -> bytes:
    references = fsspec.filesystem("reference", fo={"1.txt": ["s3://data/1.txt", 0, 1]}, remote_protocol="s3")
    body: bytes = references.cat("1.txt")
    return body


# Each reads the one byte that a mock has in data/1.txt, or data/1.zip.
WAYS: dict[str, Callable[[], Any]] = {
    "open": lambda: read("s3://data/1.txt"),
    "open_files": lambda: b"".join(read(f"s3://{file.path}") for file in fsspec.open_files("s3://data/*.txt")),
    "open_local": lambda: read_local("simplecache::s3://data/1.txt"),
    "mapper": lambda: fsspec.get_mapper("s3://data")["1.txt"],
    "zip": lambda: read("zip://1.txt::s3://data/1.zip"),
    "zip, cached": lambda: read("zip://1.txt::simplecache::s3://data/1.zip"),
    "dir": lambda: fsspec.filesystem("dir", path="data", target_protocol="s3").cat("1.txt"),
    "reference": read_reference,
    "url_to_fs": lambda: fsspec.core.url_to_fs("s3://data/1.txt")[0].cat("data/1.txt"),
}


# Older versions of fsspec do not close the copies that they make.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_each_mock_has_its_own(way: Callable[[], Any]) -> None:
    found = []
    for body in (b"1", b"2"):
        with mock_aws():
            create_bucket("data")
            write("1.txt", body)
            write("1.zip", zipped(body))
            found.append(way())

    assert found == [b"1", b"2"]


def test_transactions() -> None:
    with mock_aws():
        create_bucket("data")
        fs = s3fs.S3FileSystem()
        with fs.transaction:
            with fs.open("data/1.txt", "wb") as file:
                file.write(b"one")
            assert not fs.exists("data/1.txt")
        assert fs.cat("data/1.txt") == b"one"

        with suppress(ZeroDivisionError), fs.transaction:
            with fs.open("data/2.txt", "wb") as file:
                file.write(b"two")
            raise ZeroDivisionError
        assert fs.ls("data", refresh=True) == ["data/1.txt"]


def test_copies_between_file_systems(tmp_path: Path) -> None:
    with mock_aws():
        create_bucket("data")
        (tmp_path / "1.txt").write_bytes(b"one")
        generic.rsync(tmp_path.as_uri(), "s3://data/copy")

        assert s3fs.S3FileSystem().cat("data/copy/1.txt") == b"one"


@pytest.mark.thorough
def test_threads_each_with_a_loop_of_its_own() -> None:
    async def write_some(number: int) -> list[str]:
        fs = s3fs.S3FileSystem(asynchronous=True)
        await asyncio.gather(*(fs._pipe_file(f"data/{number}/{key}", b"") for key in range(3)))
        found: list[str] = await fs._ls(f"data/{number}", refresh=True)
        return found

    def work(number: int) -> int:
        s3fs.S3FileSystem().pipe(f"data/{number}/sync", b"")
        return len(asyncio.run(write_some(number)))

    before = set(s3fs.S3FileSystem._cache)
    with mock_aws():
        create_bucket("data")
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(16))) == [4] * 16
        assert len(s3fs.S3FileSystem().find("data")) == 64
    assert set(s3fs.S3FileSystem._cache) == before
