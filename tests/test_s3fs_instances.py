"""s3fs's file systems and directory listings do not survive the mock that they were made in; all else does."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aiomoto import AioSession, MotoAIOHTTPSession, RequestBlockedError, mock_aws
from tests.buckets import SESSION, create_bucket
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.thorough

fsspec = pytest.importorskip("fsspec", reason="needs s3fs")
s3fs = pytest.importorskip("s3fs", reason="needs s3fs")

BUCKETS = "<ListAllMyBucketsResult><Buckets><Bucket><Name>real</Name></Bucket></Buckets></ListAllMyBucketsResult>"


S3FileSystem: Any = s3fs.S3FileSystem


class Subclass(S3FileSystem):  # type: ignore[misc]
    """A file system of the user's own."""


@pytest.fixture(autouse=True)
def _no_file_systems() -> Iterator[None]:
    """Begin and end with none, as far as s3fs can tell."""
    for cls in (S3FileSystem, Subclass):
        cls.clear_instance_cache()
    yield
    for cls in (S3FileSystem, Subclass):
        cls.clear_instance_cache()
    gc.collect()


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Stands for the real S3, with one bucket that is named ``real``."""
    with loopback_server() as server:
        server.answer = Answer(200, (), BUCKETS.encode())
        yield server


def real(server: LoopbackServer, cls: Any = S3FileSystem, **kwargs: Any) -> Any:
    """A file system of the server's, but for the time of a mock."""
    return cls(key="AKIAMINE", secret="mine", endpoint_url=server.url, **kwargs)


def write(bucket: str, key: str) -> None:
    SESSION.client("s3").put_object(Bucket=bucket, Key=key)


# ---------------------------------------------------------------- the next mock begins with none


@pytest.mark.parametrize("cls", [S3FileSystem, Subclass])
def test_the_next_mock_does_not_see_the_files_of_the_last(cls: Any) -> None:
    with mock_aws():
        fs = cls()
        fs.mkdir("photos")
        fs.touch("photos/1.jpg")
        assert (fs.ls(""), fs.ls("photos")) == (["photos"], ["photos/1.jpg"])

    with mock_aws():
        assert cls() is not fs
        assert cls().ls("") == []


def test_a_file_system_is_one_and_the_same_for_the_time_of_a_mock() -> None:
    with mock_aws():
        fs = S3FileSystem()
        with mock_aws():
            assert fsspec.filesystem("s3") is fs
        assert S3FileSystem.current() is fs


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_last_mock_to_end_ends_them(order: tuple[int, ...]) -> None:
    mocks = [mock_aws() for _ in order]
    for mock in mocks:
        mock.start()
    fs = S3FileSystem()
    for index in order:
        assert S3FileSystem() is fs
        mocks[index].stop()

    assert S3FileSystem() is not fs


@pytest.mark.parametrize("protocol", ["simplecache", "filecache", "blockcache", "dir"])
def test_what_lies_over_s3fs_ends_too(protocol: str, tmp_path: Path) -> None:
    options: dict[str, Any] = {"target_protocol": "s3"}
    options |= {"path": "photos"} if protocol == "dir" else {"cache_storage": str(tmp_path)}
    with mock_aws():
        fs = fsspec.filesystem(protocol, **options)
        assert fsspec.filesystem(protocol, **options) is fs

    with mock_aws():
        assert fsspec.filesystem(protocol, **options) is not fs


def test_copies_that_a_cache_has_made_in_one_mock_are_not_read_in_the_next() -> None:
    read = []
    for body in (b"one", b"two"):
        with mock_aws():
            create_bucket("photos")
            SESSION.client("s3").put_object(Bucket="photos", Key="1.jpg", Body=body)
            with fsspec.open("simplecache::s3://photos/1.jpg") as file:
                read.append(file.read())

    assert read == [b"one", b"two"]


def test_other_file_systems_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"one")
    with mock_aws():
        memory, local = fsspec.filesystem("memory"), fsspec.filesystem("file")
        caching = fsspec.filesystem("simplecache", target_protocol="file")
        memory.touch("/1.jpg")

    assert fsspec.filesystem("memory") is memory
    assert fsspec.filesystem("file") is local
    assert fsspec.filesystem("simplecache", target_protocol="file") is caching
    assert memory.exists("/1.jpg")
    memory.rm("/1.jpg")


def test_nothing_of_s3fs_and_fsspec_stays_replaced() -> None:
    with nothing_left_behind():
        with mock_aws():
            S3FileSystem().ls("")
            Subclass(anon=True)
        with mock_aws(), mock_aws(fsspec=False), mock_aws():
            S3FileSystem().ls("")


def test_the_latest_file_system_is_again_the_one_from_before() -> None:
    fs = S3FileSystem(anon=True)
    with mock_aws():
        assert S3FileSystem(anon=False) is S3FileSystem.current()

    assert S3FileSystem.current() is fs


# ---------------------------------------------------------------- those that somebody holds on to


@pytest.mark.parametrize("options", [{}, {"skip_instance_cache": True}, {"cache_regions": True}], ids=str)
def test_one_from_a_mock_serves_the_next_one_with_what_is_there(options: dict[str, Any]) -> None:
    with mock_aws():
        fs = S3FileSystem(**options)
        create_bucket("photos")
        write("photos", "1.jpg")
        assert (fs.ls(""), fs.ls("photos")) == (["photos"], ["photos/1.jpg"])

    for key in ("2.jpg", "3.jpg"):
        with mock_aws():
            create_bucket("photos")
            write("photos", key)
            assert (fs.ls(""), fs.ls("photos")) == (["photos"], [f"photos/{key}"])


@pytest.mark.parametrize("options", [{}, {"skip_instance_cache": True}], ids=str)
@pytest.mark.parametrize("cls", [S3FileSystem, Subclass])
def test_one_from_a_mock_sends_nothing_after_it(cls: Any, options: dict[str, Any], server: LoopbackServer) -> None:
    with mock_aws():
        unused, used = real(server, cls, anon=False, **options), real(server, cls, **options)
        used.ls("")

    for fs in (used, unused):
        for _ in range(2):
            with pytest.raises(RequestBlockedError, match=r"s3 ListBuckets .* created inside mock_aws\(\)"):
                fs.ls("")
    assert server.received == []


def test_one_from_a_mock_that_its_user_closed_sends_nothing_after_it(server: LoopbackServer) -> None:
    with mock_aws():
        fs = real(server)
        fs.ls("")
        fsspec.asyn.sync(fs.loop, fs.s3.close)
    for _ in range(2):
        with pytest.raises(RequestBlockedError):
            fs.ls("")

    assert server.received == []


@pytest.mark.parametrize("options", [{}, {"skip_instance_cache": True}], ids=str)
@pytest.mark.parametrize("cls", [S3FileSystem, Subclass])
def test_one_from_outside_is_real_again_with_a_new_client(
    cls: Any, options: dict[str, Any], server: LoopbackServer
) -> None:
    fs = real(server, cls, **options)
    with mock_aws():
        create_bucket("photos")
        assert fs.ls("") == ["photos"]
        client = fs.s3
    assert server.received == []

    assert fs.ls("") == ["real"]
    assert fs.s3 is not client
    assert "AKIAMINE" in server.received[0].headers["authorization"]


@pytest.mark.parametrize("options", [{}, {"skip_instance_cache": True}], ids=str)
@pytest.mark.parametrize("cls", [S3FileSystem, Subclass])
def test_one_from_outside_that_was_in_use_keeps_its_client(
    cls: Any, options: dict[str, Any], server: LoopbackServer
) -> None:
    fs = real(server, cls, **options)
    assert fs.ls("") == ["real"]
    client = fs.s3
    for name in ("photos", "videos"):
        with mock_aws():
            create_bucket(name)
            assert fs.ls("", refresh=options != {}) == [name]
            assert fs.s3 is client
        assert fs.ls("") == ["real"]

    assert fs.s3 is client
    assert {request.method for request in server.received} == {"GET"}


@pytest.mark.parametrize("options", [{}, {"skip_instance_cache": True}], ids=str)
@pytest.mark.parametrize(
    "connect",
    [lambda fs: fs.s3, lambda fs: fs.connect(), lambda fs: fsspec.asyn.sync(fs.loop, fs._connect)],
    ids=["s3", "connect", "_connect"],
)
def test_one_from_outside_that_did_no_more_than_connect_is_real_again(
    connect: Callable[[Any], Any], options: dict[str, Any], server: LoopbackServer
) -> None:
    fs = real(server, **options)
    with mock_aws():
        connect(fs)

    assert fs.ls("") == ["real"]


def test_one_from_outside_that_got_new_clients_inside_is_real_again(server: LoopbackServer) -> None:
    fs = real(server)
    assert fs.ls("") == ["real"]
    with mock_aws():
        fs.connect(refresh=True)
        fs.connect(refresh=True)
        assert fs.ls("") == []

    assert fs.ls("") == ["real"]


def test_one_from_outside_stays_in_s3fs_cache() -> None:
    fs, caching = S3FileSystem(), fsspec.filesystem("simplecache", target_protocol="s3")
    with mock_aws():
        assert S3FileSystem() is fs

    assert S3FileSystem() is fs
    assert fsspec.filesystem("simplecache", target_protocol="s3") is caching


def test_one_that_is_wired_by_hand_goes_on_after_the_mock() -> None:
    session = AioSession(http_session_cls=MotoAIOHTTPSession)
    fs = S3FileSystem(session=session)
    fs.mkdir("before")
    with mock_aws():
        inside = S3FileSystem(session=session, anon=False)
        inside.mkdir("photos")
        assert fs.ls("") == inside.ls("") == ["photos"]

    assert fs.session is inside.session is session
    assert fs.ls("") == inside.ls("") == []


# ---------------------------------------------------------------- regions


@pytest.mark.parametrize("options", [{}, {"skip_instance_cache": True}], ids=str)
def test_one_that_passthrough_names_is_real_for_the_time_of_that_mock(
    options: dict[str, Any], server: LoopbackServer
) -> None:
    with mock_aws(config={"core": {"passthrough": {"urls": [f"{server.url}/"]}}}):
        fs = real(server, **options)
        assert fs.ls("") == ["real"]
    gc.collect()  # says if a connection was left open

    with pytest.raises(RequestBlockedError, match="s3 ListBuckets"):
        fs.ls("")
    with mock_aws():
        assert fs.ls("") == []


def test_regions_of_buckets_are_found_out_anew() -> None:
    fs = S3FileSystem(cache_regions=True)
    for region in ("eu-west-1", "us-west-2"):
        with mock_aws():
            SESSION.client("s3").create_bucket(
                Bucket="photos", CreateBucketConfiguration={"LocationConstraint": region}
            )
            fs.touch("photos/1.jpg")
            assert fs.ls("photos") == ["photos/1.jpg"]
            assert fsspec.asyn.sync(fs.loop, fs.get_s3, "photos").meta.region_name == region


# ---------------------------------------------------------------- reset


@pytest.mark.parametrize("options", [{}, {"skip_instance_cache": True}], ids=str)
def test_a_reset_leaves_no_listing(options: dict[str, Any]) -> None:
    with mock_aws() as aws:
        fs = S3FileSystem(**options)
        create_bucket("photos")
        write("photos", "1.jpg")
        assert (fs.ls(""), fs.ls("photos")) == (["photos"], ["photos/1.jpg"])
        client = fs.s3
        aws.reset()

        assert fs.ls("") == []
        assert fs.s3 is client
        create_bucket("photos")
        assert fs.ls("photos") == []


# ---------------------------------------------------------------- turned off


def test_it_can_be_turned_off() -> None:
    with mock_aws(fsspec=False) as aws:
        fs = S3FileSystem()
        create_bucket("photos")
        assert fs.ls("") == ["photos"]
        aws.reset()
        assert fs.ls("") == ["photos"]
        client = fs.s3

    assert S3FileSystem() is fs
    with mock_aws(fsspec=False):
        assert fs.s3 is client
        assert fs.ls("") == ["photos"]
        assert fs.ls("", refresh=True) == []


def test_a_mock_inside_one_that_has_it_off_ends_its_own() -> None:
    with mock_aws(fsspec=False):
        outer = S3FileSystem()
        with mock_aws():
            inner = S3FileSystem(anon=True)
        assert S3FileSystem() is outer
        assert S3FileSystem(anon=True) is not inner
        assert outer.ls("") == inner.ls("") == []
