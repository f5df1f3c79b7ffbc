"""s3fs in a mock, as its users meet it: synchronous and asynchronous, whole files and parts, versions, caches."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from aiomoto import AioSession, MotoAIOHTTPSession, mock_aws
from tests.buckets import SESSION, bucket_names, create_bucket

fsspec = pytest.importorskip("fsspec", reason="needs s3fs")
s3fs = pytest.importorskip("s3fs", reason="needs s3fs")

MIB = 2**20


@pytest.fixture
def fs() -> Iterator[Any]:
    """A file system with an empty bucket ``data``."""
    with mock_aws():
        create_bucket("data")
        yield s3fs.S3FileSystem()


def content(key: str) -> bytes:
    """What is in the bucket, by another client."""
    body: bytes = SESSION.client("s3").get_object(Bucket="data", Key=key)["Body"].read()
    return body


def tree(path: Path) -> dict[str, bytes]:
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


# ---------------------------------------------------------------- synchronous use


def test_files_are_shared_with_boto3(fs: Any) -> None:
    fs.pipe("data/a/1.txt", b"one")
    assert content("a/1.txt") == b"one"

    SESSION.client("s3").put_object(Bucket="data", Key="a/2.txt", Body=b"two")
    assert fs.cat("data/a/2.txt") == b"two"
    assert fs.cat(["data/a/1.txt", "data/a/2.txt"]) == {"data/a/1.txt": b"one", "data/a/2.txt": b"two"}
    assert fs.cat_file("data/a/1.txt", start=1, end=2) == b"n"


def test_urls_open_as_files(fs: Any) -> None:
    with fsspec.open("s3://data/1.txt", "w") as file:
        file.write("one\ntwo\n")
    with fsspec.open("s3://data/1.txt") as file:
        assert file.readlines() == [b"one\n", b"two\n"]
    with fsspec.open("s3://data/1.txt.gz", "wb", compression="gzip") as file:
        file.write(b"one")
    with fsspec.open("s3://data/1.txt.gz", compression="infer") as file:
        assert file.read() == b"one"
    assert sorted(bucket["Key"] for bucket in SESSION.client("s3").list_objects_v2(Bucket="data")["Contents"]) == [
        "1.txt",
        "1.txt.gz",
    ]


def test_large_files_are_written_in_parts(fs: Any) -> None:
    body = os.urandom(11 * MIB)
    with fs.open("data/large", "wb", block_size=5 * MIB) as file:
        for start in range(0, len(body), MIB):
            file.write(body[start : start + MIB])

    assert content("large") == body
    assert fs.info("data/large")["ETag"].endswith('-3"')
    with fs.open("data/large", block_size=MIB) as file:
        file.seek(-7, 2)
        assert file.read() == body[-7:]
        file.seek(6 * MIB)
        assert file.read(2 * MIB) == body[6 * MIB : 8 * MIB]


@pytest.mark.parametrize("size", [3, 6 * MIB], ids=["small", "large"])
def test_appending_keeps_what_is_there(fs: Any, size: int) -> None:
    fs.pipe("data/log", b"." * size)
    with fs.open("data/log", "ab") as file:
        file.write(b"one")

    assert content("log") == b"." * size + b"one"


def test_listing_finding_and_globbing(fs: Any) -> None:
    fs.pipe({f"data/{key}": b"" for key in ("a/1.csv", "a/b/2.csv", "a/b/3.txt", "c.csv")})

    assert sorted(fs.ls("data")) == ["data/a", "data/c.csv"]
    assert fs.find("data/a") == ["data/a/1.csv", "data/a/b/2.csv", "data/a/b/3.txt"]
    assert fs.glob("data/**/*.csv") == ["data/a/1.csv", "data/a/b/2.csv", "data/c.csv"]
    assert fs.glob("data/a/b/?.*") == ["data/a/b/2.csv", "data/a/b/3.txt"]
    assert list(fs.walk("data/a")) == [("data/a", ["b"], ["1.csv"]), ("data/a/b", [], ["2.csv", "3.txt"])]
    assert fs.du("data") == 0
    assert (fs.isdir("data/a"), fs.isfile("data/a"), fs.exists("data/d")) == (True, False, False)


def test_listings_of_many_pages(fs: Any) -> None:
    keys = [f"data/{index}" for index in range(8)]
    fs.pipe(dict.fromkeys(keys, b""))

    assert s3fs.S3FileSystem(s3_additional_kwargs={"MaxKeys": 3}).ls("data") == keys


def test_moving_copying_and_removing(fs: Any) -> None:
    fs.pipe({"data/a/1.txt": b"one", "data/a/b/2.txt": b"two"})

    fs.mv("data/a/1.txt", "data/c/1.txt")
    fs.copy("data/a", "data/d", recursive=True)
    assert fs.find("data") == ["data/a/b/2.txt", "data/c/1.txt", "data/d/b/2.txt"]
    assert (content("c/1.txt"), content("d/b/2.txt")) == (b"one", b"two")

    fs.rm("data/a", recursive=True)
    assert fs.find("data") == ["data/c/1.txt", "data/d/b/2.txt"]
    fs.rm("data", recursive=True)
    assert bucket_names() == []


def test_folders_go_up_and_come_down(fs: Any, tmp_path: Path) -> None:
    up, down = tmp_path / "up", tmp_path / "down"
    files = {"1.txt": b"one", "a/2.txt": b"two", "a/b/3.bin": os.urandom(MIB)}
    for name, body in files.items():
        (up / name).parent.mkdir(parents=True, exist_ok=True)
        (up / name).write_bytes(body)

    fs.put(f"{up}/", "data/copy", recursive=True)
    fs.get("data/copy/", str(down), recursive=True)

    assert {key: content(f"copy/{key}") for key in files} == files
    assert tree(down) == files


def test_versions(fs: Any) -> None:
    SESSION.client("s3").put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    fs = s3fs.S3FileSystem(version_aware=True)
    for body in (b"one", b"two"):
        with fs.open("data/1.txt", "wb") as file:
            file.write(body)

    second, first = (version["VersionId"] for version in fs.object_version_info("data/1.txt"))
    assert fs.cat_file("data/1.txt", version_id=first) == b"one"
    assert fs.cat("data/1.txt") == b"two"
    with fs.open("data/1.txt") as file:
        assert (file.version_id, file.read()) == (second, b"two")


@pytest.mark.parametrize(
    "protocol",
    [
        "simplecache",
        "filecache",
        # fsspec does not close what it maps.
        pytest.param("blockcache", marks=pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")),
    ],
)
def test_caches_read_once(fs: Any, protocol: str, tmp_path: Path) -> None:
    fs.pipe("data/1.txt", b"one")
    options = {protocol: {"cache_storage": str(tmp_path)}}
    read = []
    for body in (b"one", b"two"):
        fs.pipe("data/1.txt", body)
        with fsspec.open(f"{protocol}::s3://data/1.txt", **options) as file:
            read.append(file.read())

    assert read == [b"one", b"one"]


def test_what_is_not_there_is_an_error_of_python_s_own(fs: Any) -> None:
    with pytest.raises(FileNotFoundError):
        fs.cat("data/1.txt")
    with pytest.raises(FileNotFoundError):
        fs.ls("nowhere")
    with pytest.raises(FileExistsError):
        fs.mkdir("data")


def test_metadata_tags_and_links(fs: Any) -> None:
    fs.pipe_file("data/1.txt", b"one", ContentType="text/plain", Metadata={"colour": "blue"})
    fs.put_tags("data/1.txt", {"kind": "test"})

    assert fs.info("data/1.txt")["ContentType"] == "text/plain"
    assert fs.metadata("data/1.txt") == {"colour": "blue"}
    assert fs.get_tags("data/1.txt") == {"kind": "test"}
    fs.setxattr("data/1.txt", size="small")
    assert fs.metadata("data/1.txt") == {"colour": "blue", "size": "small"}
    assert fs.checksum("data/1.txt") == fs.checksum("data/1.txt")
    assert "Signature" in fs.sign("data/1.txt")


# ---------------------------------------------------------------- where it connects to


OPTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "anonymous": {"anon": True},
    "keys": {"key": "AKIAMINE", "secret": "mine", "token": "token"},
    "endpoint": {"endpoint_url": "http://localhost:9000"},
    "endpoint of the client": {"client_kwargs": {"endpoint_url": "https://minio.example.com"}},
    "region": {"client_kwargs": {"region_name": "eu-central-1"}},
    "regions": {"cache_regions": True},
    "no ssl": {"use_ssl": False},
    "virtual-hosted": {"config_kwargs": {"s3": {"addressing_style": "virtual"}}},
    "path style": {"config_kwargs": {"s3": {"addressing_style": "path"}}},
    "requester pays": {"requester_pays": True},
    "own loop-wide session": {"session": AioSession(http_session_cls=MotoAIOHTTPSession)},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.usefixtures("fs")
def test_all_ways_to_connect_lead_to_the_mock(options: dict[str, Any]) -> None:
    boto3.client("s3").put_bucket_acl(Bucket="data", ACL="public-read-write")
    other = s3fs.S3FileSystem(**options)

    other.pipe("data/a/1.txt", b"one")

    assert other.cat("data/a/1.txt") == content("a/1.txt") == b"one"
    assert other.ls("data/a") == ["data/a/1.txt"]


@pytest.mark.usefixtures("fs")
def test_settings_of_fsspec_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fsspec.config.conf, "s3", {"endpoint_url": "http://localhost:9000"})

    assert fsspec.filesystem("s3").s3.meta.endpoint_url == "http://localhost:9000"
    assert fsspec.filesystem("s3").ls("") == ["data"]


def test_no_mock_is_needed_where_the_session_is_wired() -> None:
    fs = s3fs.S3FileSystem(session=AioSession(http_session_cls=MotoAIOHTTPSession))
    try:
        fs.mkdir("data")
        fs.pipe("data/1.txt", b"one")
        assert (fs.cat("data/1.txt"), fs.ls("data")) == (b"one", ["data/1.txt"])
    finally:
        fs.rm("data", recursive=True)


# ---------------------------------------------------------------- asynchronous use


@pytest.mark.asyncio
@mock_aws
async def test_asynchronous_use() -> None:
    fs = fsspec.filesystem("s3", asynchronous=True)
    await fs._mkdir("data")
    await asyncio.gather(*(fs._pipe_file(f"data/{index}.txt", b"%d" % index) for index in range(20)))

    assert await asyncio.gather(*(fs._cat_file(f"data/{index}.txt") for index in range(20))) == [
        b"%d" % index for index in range(20)
    ]
    assert len(await fs._find("data")) == 20
    assert await fs._glob("data/1?.txt") == [f"data/1{index}.txt" for index in range(10)]
    assert (await fs._info("data/7.txt"))["size"] == 1
    assert [path async for path, _, _ in fs._walk("data")] == ["data"]
    await fs._rm("data", recursive=True)
    assert bucket_names() == []


@pytest.mark.asyncio
@mock_aws
async def test_asynchronous_files_are_streamed() -> None:
    fs = fsspec.filesystem("s3", asynchronous=True)
    await fs._mkdir("data")
    body = os.urandom(6 * MIB)
    await fs._pipe_file("data/large", body, chunksize=5 * MIB)
    assert content("large") == body

    file = await fs.open_async("data/large", "rb")
    start = await file.read(MIB)
    assert len(start) <= MIB
    assert start + await file.read() == body
    await file.close()


@pytest.mark.asyncio
async def test_asynchronous_use_with_no_mock() -> None:
    fs = s3fs.S3FileSystem(session=AioSession(http_session_cls=MotoAIOHTTPSession), asynchronous=True)
    client = await fs.set_session()
    try:
        await fs._mkdir("data")
        assert await fs._ls("") == ["data"]
    finally:
        await fs._rm("data", recursive=True)
        await client.close()


def test_a_client_is_kept_for_all_that_a_file_system_does(fs: Any) -> None:
    client = fs.s3
    for index in range(3):
        fs.touch(f"data/{index}")

    assert fs.s3 is client


# ---------------------------------------------------------------- errors that s3fs tries again


def test_s3fs_tries_again_by_itself(fs: Any) -> None:
    failures = [ClientError({"Error": {"Code": "SlowDown", "Message": "SlowDown"}}, "PutObject")]

    def fail_once(**_: Any) -> None:
        if failures:
            raise failures.pop()

    fs.s3.meta.events.register("before-send.s3.PutObject", fail_once)
    fs.pipe("data/1.txt", b"one")

    assert (content("1.txt"), failures) == (b"one", [])
