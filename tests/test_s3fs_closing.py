"""Clients of s3fs that ``passthrough`` gave connections are closed with the mock, each on its own event loop.

All others have nothing to close, and are left alone. Neither makes a sound.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import unittest
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.httpsession import AIOHTTPSession

from aiomoto import MockAWS, mock_aws
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.programs import run_as_script, run_as_tests

pytestmark = pytest.mark.thorough

fsspec = pytest.importorskip("fsspec", reason="needs s3fs")
s3fs = pytest.importorskip("s3fs", reason="needs s3fs")

Loop = asyncio.AbstractEventLoop


BUCKETS = "<ListAllMyBucketsResult><Buckets><Bucket><Name>real</Name></Bucket></Buckets></ListAllMyBucketsResult>"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Stands for the real S3, in a region that s3fs may find out."""
    with loopback_server() as server:
        server.answer = Answer(200, (("x-amz-bucket-region", "eu-west-1"),), BUCKETS.encode())
        yield server


@pytest.fixture
def mock(server: LoopbackServer) -> Callable[..., MockAWS]:
    """A mock that lets out what goes to the server."""

    def create(*function: Any) -> Any:
        return mock_aws(*function, config={"core": {"passthrough": {"urls": [f"{server.url}/"]}}})

    return create


@pytest.fixture
def closed_on() -> list[Loop]:
    """The loops on which the sessions of :func:`recorded` were closed."""
    return []


@pytest.fixture
def recorded(closed_on: list[Loop], server: LoopbackServer) -> Iterator[Callable[..., Any]]:
    """Makes a file system whose client has a session of the user's own, which takes note of where it is closed."""

    class Session(AIOHTTPSession):  # type: ignore[misc]
        async def __aexit__(self, *error: Any) -> None:
            closed_on.append(asyncio.get_running_loop())
            await super().__aexit__(*error)

    def create(**kwargs: Any) -> Any:
        kwargs = {"endpoint_url": server.url, "config_kwargs": {"http_session_cls": Session}, **kwargs}
        return s3fs.S3FileSystem(key="AKIAMINE", secret="mine", **kwargs)

    # To s3fs, the session of one test has the same name as that of the next. And what other tests have left is closed
    # by s3fs itself when it is collected, on whichever loop is running.
    s3fs.S3FileSystem.clear_instance_cache()
    gc.collect()
    yield create
    s3fs.S3FileSystem.clear_instance_cache()


@contextmanager
def loop_in_a_thread() -> Iterator[Loop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def run_on(loop: Loop, work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run_coroutine_threadsafe(work, loop).result()


# ---------------------------------------------------------------- for synchronous use


def test_a_synchronous_one_is_closed_on_the_loop_of_fsspec(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    with mock():
        fs = recorded()
        fs.ls("")

    assert closed_on == [fsspec.asyn.get_loop()]


@pytest.mark.asyncio
async def test_a_synchronous_one_that_a_coroutine_used_is_closed_on_the_loop_of_fsspec(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    with mock():
        recorded().ls("")

    assert closed_on == [fsspec.asyn.get_loop()]


def test_a_mock_may_end_on_the_loop_of_fsspec(recorded: Callable[..., Any], closed_on: list[Loop], mock: Any) -> None:
    loop = fsspec.asyn.get_loop()
    fs = recorded()

    async def work() -> None:
        async with mock():
            await fs._ls("")
        assert closed_on == [loop]
        with mock():
            await fs._ls("")

    run_on(loop, work())
    run_on(loop, asyncio.sleep(0))

    assert closed_on == [loop, loop]


def test_one_with_a_loop_of_its_own_is_closed_there(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    with loop_in_a_thread() as loop:
        with mock():
            recorded(loop=loop).ls("")
        assert closed_on == [loop]


# ---------------------------------------------------------------- for asynchronous use


@pytest.mark.asyncio
async def test_an_asynchronous_one_is_closed_before_the_block_is_left(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    async with mock():
        await recorded(asynchronous=True)._ls("")

    assert closed_on == [asyncio.get_running_loop()]


@pytest.mark.asyncio
async def test_after_a_synchronous_block_an_asynchronous_one_is_closed_next(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    with mock():
        await recorded(asynchronous=True)._ls("")
    await asyncio.sleep(0)

    assert closed_on == [asyncio.get_running_loop()]


def test_a_decorated_coroutine_closes_its_own(recorded: Callable[..., Any], closed_on: list[Loop], mock: Any) -> None:
    @mock  # type: ignore[untyped-decorator]
    async def work() -> Loop:
        await recorded(asynchronous=True)._ls("")
        return asyncio.get_running_loop()

    assert [asyncio.run(work())] == closed_on


def test_a_decorated_test_case_closes_its_own(recorded: Callable[..., Any], closed_on: list[Loop], mock: Any) -> None:
    used_on: list[Loop] = []

    @mock
    class Photos(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            self.fs = recorded(asynchronous=True)
            await self.fs._ls("")
            used_on.append(asyncio.get_running_loop())

        async def test_one(self) -> None:
            assert await self.fs._ls("", refresh=True) == ["real"]

        async def test_two(self) -> None:
            assert await self.fs._ls("", refresh=True) == ["real"]

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Photos).run(result)

    assert (result.testsRun, result.errors, result.failures) == (2, [], [])
    # Each of asyncSetUp and the test has a mock of its own, and they share the data.
    assert closed_on == [loop for loop in used_on for _ in range(2)]


def test_one_that_is_used_on_the_loop_of_another_thread_is_closed_there(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    with loop_in_a_thread() as loop:
        with mock():
            run_on(loop, recorded(asynchronous=True)._ls(""))
        assert closed_on == [loop]


def test_one_whose_loop_stands_still_is_closed_when_the_loop_goes_on(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    loop = asyncio.new_event_loop()
    with mock():
        loop.run_until_complete(recorded(asynchronous=True)._ls(""))
    assert closed_on == []

    loop.run_until_complete(asyncio.sleep(0))
    loop.close()

    assert closed_on == [loop]


@pytest.mark.parametrize("when", ["in the mock", "after the mock"])
def test_a_mocked_one_is_closed_by_nobody(when: str, recorded: Callable[..., Any], closed_on: list[Loop]) -> None:
    loop = asyncio.new_event_loop()
    with mock_aws():
        fs = recorded(asynchronous=True)
        assert loop.run_until_complete(fs._ls("")) == []
        assert recorded().ls("") == []
        if when == "in the mock":
            loop.close()
    loop.close()
    del fs
    gc.collect()

    assert closed_on == []


@pytest.mark.asyncio
async def test_a_mocked_one_that_is_collected_leaves_no_task_behind(recorded: Callable[..., Any]) -> None:
    with mock_aws():
        await recorded(asynchronous=True, skip_instance_cache=True)._ls("")
        gc.collect()
    gc.collect()

    assert len(asyncio.all_tasks()) == 1


def test_a_loop_that_waits_for_the_end_of_the_mock_is_not_waited_for(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    waits, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        waits.set()
        ended.wait()

    with loop_in_a_thread() as loop:
        with mock():
            run_on(loop, recorded(asynchronous=True)._ls(""))
            waiting = asyncio.run_coroutine_threadsafe(wait(), loop)
            waits.wait()
        ended.set()
        waiting.result()
        run_on(loop, asyncio.sleep(0))
        assert closed_on == [loop]


# ---------------------------------------------------------------- once, and only those


@pytest.mark.asyncio
async def test_one_that_its_user_has_closed_is_not_closed_again(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    with mock():
        fs = recorded(asynchronous=True)
        client = await fs.set_session()
        await fs._ls("")
        await client.close()
    await asyncio.sleep(0)

    assert closed_on == [asyncio.get_running_loop()]


@pytest.mark.asyncio
async def test_nothing_is_left_for_the_garbage_collector_to_close(
    recorded: Callable[..., Any], closed_on: list[Loop], mock: Any
) -> None:
    async with mock():
        recorded().ls("")
        await recorded(asynchronous=True)._ls("")
    gc.collect()

    assert len(closed_on) == 2
    assert len(asyncio.all_tasks()) == 1


def test_clients_for_each_region_are_all_closed(
    recorded: Callable[..., Any],
    closed_on: list[Loop],
    mock: Any,
    server: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock():
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)  # with one of its own it does not ask for regions
        recorded(cache_regions=True, endpoint_url=None).call_s3("list_objects_v2", Bucket="real")

    assert closed_on == [fsspec.asyn.get_loop()] * 2


def test_one_from_before_the_mock_is_not_closed(recorded: Callable[..., Any], closed_on: list[Loop], mock: Any) -> None:
    fs = recorded(client_kwargs={"region_name": "us-east-1"})
    fs.connect()
    with mock():
        fs.ls("")
    assert closed_on == []


def test_an_error_on_closing_is_reported_and_stops_nothing(
    caplog: pytest.LogCaptureFixture, server: LoopbackServer, mock: Any
) -> None:
    class Session(AIOHTTPSession):  # type: ignore[misc]
        async def __aexit__(self, *error: Any) -> None:
            await super().__aexit__(*error)
            raise ZeroDivisionError

    with mock():
        s3fs.S3FileSystem(
            key="AKIAMINE", secret="mine", endpoint_url=server.url, config_kwargs={"http_session_cls": Session}
        ).ls("")

    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
    with mock_aws():
        assert s3fs.S3FileSystem().ls("") == []


# ---------------------------------------------------------------- whole programs


LOUD = "import warnings; warnings.simplefilter('always')\n"

PROGRAMS = {
    "the mock has ended": """
import asyncio, gc
import s3fs
from aiomoto import mock_aws

outside = s3fs.S3FileSystem()

async def use(**kwargs):
    fs = s3fs.S3FileSystem(asynchronous=True, **kwargs)
    await fs._makedirs("photos", exist_ok=True)
    assert await fs._ls("") == ["photos"]
    return fs

def sync(**kwargs):
    fs = s3fs.S3FileSystem(**kwargs)
    fs.touch("photos/1.jpg")
    return fs

@mock_aws
async def decorated():
    await use()
    sync()

async def block():
    async with mock_aws():
        await use(skip_instance_cache=True)
        sync(skip_instance_cache=True)
        gc.collect()

with mock_aws():
    kept = [asyncio.run(use()), sync(), sync(cache_regions=True), asyncio.run(use(anon=False, cache_regions=True))]
    assert outside is kept[1]
asyncio.run(decorated())
asyncio.run(block())
""",
    "the mock has not ended": """
import asyncio
import s3fs
from aiomoto import mock_aws

mock_aws().start()
fs = s3fs.S3FileSystem()
fs.mkdir("photos")
other = s3fs.S3FileSystem(asynchronous=True)
asyncio.run(other._ls(""))
""",
    "s3fs is imported inside the mock": """
import asyncio
import sys
from aiomoto import RequestBlockedError, mock_aws

async def use(fs):
    await fs._mkdir("photos")
    assert await fs._ls("") == ["photos"]

async def main():
    async with mock_aws() as aws:
        assert not {"fsspec", "s3fs"} & sys.modules.keys()
        import s3fs
        fs = s3fs.S3FileSystem(asynchronous=True)
        await use(fs)
        uncached = s3fs.S3FileSystem(skip_instance_cache=True)
        assert uncached.ls("") == ["photos"]
        aws.reset()
        assert uncached.ls("") == []
    assert s3fs.S3FileSystem(asynchronous=True) is not fs
    try:
        uncached.ls("")
    except RequestBlockedError:
        async with mock_aws():
            uncached.mkdir("videos")
            assert uncached.ls("") == ["videos"]

asyncio.run(main())
""",
    "no mock, wired by hand": """
import asyncio
import s3fs
from aiomoto import AioSession, MotoAIOHTTPSession

session = AioSession(http_session_cls=MotoAIOHTTPSession)
fs = s3fs.S3FileSystem(session=session)
fs.mkdir("photos")
other = s3fs.S3FileSystem(session=session, asynchronous=True)
assert asyncio.run(other._ls("")) == ["photos"]
""",
}
FORKED = """
import os
import warnings
warnings.filterwarnings("ignore", "This process", DeprecationWarning)  # of Python 3.12 on: it has threads
import s3fs
from aiomoto import mock_aws

aws = mock_aws()
with aws:
    fs = s3fs.S3FileSystem()
    fs.mkdir("photos")
    child = os.fork()
    if not child:
        aws.stop()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert fs.ls("", refresh=True) == ["photos"]
"""


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_ends_without_a_sound(program: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(LOUD + program, encoding="utf-8")

    run_as_script(path)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
def test_a_forked_process_may_end_the_mock_too(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(FORKED, encoding="utf-8")

    run_as_script(path)


TESTS = """
import pytest
import pytest_asyncio
import s3fs
from aiomoto import mock_aws

@pytest.fixture
def plain():
    with mock_aws():
        yield

@pytest_asyncio.fixture
async def on_the_loop():
    async with mock_aws():
        yield

@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def for_the_session():
    async with mock_aws() as aws:
        yield aws

@pytest.fixture(autouse=True)
def no_data():
    mock_aws().reset()  # the session's mock goes on beside the others

async def use():
    fs = s3fs.S3FileSystem(asynchronous=True)
    assert await fs._ls("") == []
    await fs._mkdir("photos")
    sync = s3fs.S3FileSystem()
    assert sync.ls("") == ["photos"]
    sync.touch("photos/1.jpg")
    assert await fs._ls("photos") == ["photos/1.jpg"]

@pytest.mark.parametrize("_", range(3))
@pytest.mark.asyncio
async def test_plain_fixture(plain, _): await use()

@pytest.mark.parametrize("_", range(3))
@pytest.mark.asyncio
async def test_fixture_on_the_loop(on_the_loop, _): await use()

@pytest.mark.parametrize("_", range(3))
@pytest.mark.asyncio
@mock_aws
async def test_decorated(_): await use()

@pytest.mark.parametrize("_", range(3))
@pytest.mark.asyncio(loop_scope="session")
async def test_session_loop(for_the_session, _): await use()

@pytest.mark.parametrize("_", range(3))
@pytest.mark.asyncio(loop_scope="session")
async def test_session_loop_plain_fixture(plain, for_the_session, _): await use()
"""


def test_pytest_asyncio_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    path = tmp_path / "test_with_s3fs.py"
    path.write_text(TESTS, encoding="utf-8")

    run_as_tests(path)
