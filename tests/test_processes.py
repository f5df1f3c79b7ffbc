"""The end of the process, and processes that are forked or spawned: nothing hangs, and nothing is printed."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest

from tests.programs import run_as_script

pytestmark = pytest.mark.thorough

HEAD = """
import asyncio, atexit, multiprocessing, os, signal, sys, threading, warnings
import boto3
from aiobotocore.session import get_session
from aiomoto import mock_aws
from moto.s3.models import S3Backend

# As in a terminal: a shell that starts the tests in its background has them ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_CONFIG_FILE")
before = {name: os.environ.get(name) for name in KEYS}

def buckets():
    return sorted(bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"])

async def async_buckets():
    async with get_session().create_client("s3") as s3:
        return sorted(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"])

def create_bucket(name):
    boto3.client("s3").create_bucket(Bucket=name)

def assert_restored():
    assert {name: os.environ.get(name) for name in KEYS} == before

def wait_for(pid):
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
"""

ENDS = {
    "a mock that goes on, and threads that are at work": """
        mock_aws().start()
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        started = threading.Barrier(3)
        def poll():
            started.wait()
            sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        async def work():
            started.wait()
            while True:
                await async_buckets()
        threading.Thread(target=poll, daemon=True).start()
        threading.Thread(target=lambda: asyncio.run(work()), daemon=True).start()
        started.wait()
    """,
    "generators that were left half way": """
        @mock_aws
        def fixture():
            create_bucket("photos")
            yield
        @mock_aws
        async def async_fixture():
            yield await async_buckets()
        async def main():
            global left_by_a_loop
            left_by_a_loop = async_fixture()
            assert await anext(left_by_a_loop) == []
        asyncio.run(main())
        assert_restored()
        left = fixture()
        next(left)
    """,
    "mocks that end and begin at exit": """
        @atexit.register
        def last():
            assert_restored()
            with mock_aws():
                create_bucket("photos")
            assert_restored()
        aws = mock_aws()
        aws.start()
        atexit.register(aws.stop)
        create_bucket("photos")
    """,
    "clients that were left open, and sys.exit inside a mock": """
        atexit.register(assert_restored)
        async def main():
            global s3
            s3 = await get_session().create_client("s3").__aenter__()
            await s3.list_buckets()
        with mock_aws():
            asyncio.run(main())
            sys.exit()
    """,
    "Ctrl-C in long polls": """
        def press_ctrl_c(aws, over):
            while not aws.calls.filter("sqs", "ReceiveMessage"):
                over.wait(0.01)
            # Again where Python has dropped it, as it does in callbacks of weak references.
            while not over.wait(0.5):
                os.kill(os.getpid(), signal.SIGINT)
        async def main(over):
            async with mock_aws() as aws, get_session().create_client("sqs") as sqs:
                url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
                threading.Thread(target=press_ctrl_c, args=[aws, over], daemon=True).start()
                await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        def main_of_boto3(over):
            with mock_aws() as aws:
                sqs = boto3.client("sqs")
                url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
                threading.Thread(target=press_ctrl_c, args=[aws, over], daemon=True).start()
                sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        for poll in (lambda over: asyncio.run(main(over)), main_of_boto3):
            over = threading.Event()
            try:
                poll(over)
            except KeyboardInterrupt:
                over.set()
                assert_restored()
            else:
                sys.exit("not interrupted")
    """,
}

FORK = """
    def a_child_has_the_data_of_its_parent_and_its_own_from_then_on():
        with mock_aws():
            create_bucket("photos")
            if not (pid := os.fork()):
                with mock_aws():
                    create_bucket("videos")
                assert asyncio.run(async_buckets()) == ["photos", "videos"]
                os._exit(0)
            wait_for(pid)
            assert buckets() == ["photos"]
        assert_restored()

    async def a_coroutine_forks():
        async with mock_aws(), get_session().create_client("s3") as s3:
            await s3.create_bucket(Bucket="photos")
            if not (pid := os.fork()):
                assert buckets() == ["photos"]
                os._exit(0)
            wait_for(pid)

    def multiprocessing_forks():
        with mock_aws():
            create_bucket("photos")
            with multiprocessing.get_context("fork").Pool(1) as pool:
                assert pool.map(work, ["videos", "texts"]) == [["photos", "videos"], ["photos", "texts", "videos"]]
            assert buckets() == ["photos"]
        assert_restored()

    def work(name):
        with mock_aws():
            create_bucket(name)
            return asyncio.run(async_buckets())

    def a_handler_forks():
        children = []
        original = S3Backend.list_buckets
        def list_buckets(self, *args, **kwargs):
            children.append(os.fork())
            return original(self, *args, **kwargs)
        with mock_aws():
            create_bucket("photos")
            S3Backend.list_buckets = list_buckets
            assert buckets() == ["photos"]
            S3Backend.list_buckets = original
            assert buckets() == ["photos"]
        leave_to_its_end(children[0])

    def a_child_leaves_the_mock_by_itself():
        with mock_aws():
            create_bucket("photos")
            pid = os.fork()
        with mock_aws():
            assert buckets() == []
        leave_to_its_end(pid)

    def leave_to_its_end(pid):
        assert_restored()
        if not pid:
            sys.exit()
        wait_for(pid)

    a_child_has_the_data_of_its_parent_and_its_own_from_then_on()
    asyncio.run(a_coroutine_forks())
    multiprocessing_forks()
    a_handler_forks()
    a_child_leaves_the_mock_by_itself()
"""

FORK_WHILE_A_THREAD_IS_IN_A_HANDLER = """
    warnings.simplefilter("ignore")  # to fork with threads is deprecated, and done all the same
    entered, leave = threading.Event(), threading.Event()
    original = S3Backend.head_bucket
    def head_bucket(self, *args, **kwargs):
        entered.set()
        leave.wait()
        return original(self, *args, **kwargs)

    with mock_aws():
        create_bucket("photos")
        S3Backend.head_bucket = head_bucket
        thread = threading.Thread(target=boto3.client("s3").head_bucket, kwargs={"Bucket": "photos"})
        thread.start()
        entered.wait()
        if not (pid := os.fork()):
            signal.alarm(30)
            assert buckets() == ["photos"]
            assert asyncio.run(async_buckets()) == ["photos"]
            with mock_aws():
                create_bucket("videos")
            os._exit(0)
        wait_for(pid)
        leave.set()
        thread.join()
        assert buckets() == ["photos"]
    assert_restored()
"""

FORK_WHILE_A_THREAD_LOOKS_AT_CALLS_AND_RULES = """
    warnings.simplefilter("ignore")  # to fork with threads is deprecated, and done all the same
    with mock_aws() as aws:
        create_bucket("photos")
        over = threading.Event()
        def look():
            while not over.is_set():
                list(aws.calls)
                aws.faults.clear()
        threads = [threading.Thread(target=look, daemon=True) for _ in range(3)]
        sys.setswitchinterval(1e-6)
        for thread in threads:
            thread.start()
        for _ in range(15):
            if not (pid := os.fork()):
                signal.alarm(30)
                aws.faults.clear()
                assert len(aws.calls.filter("s3")) == 1
                os._exit(0)
            wait_for(pid)
        over.set()
        for thread in threads:
            thread.join()
"""

SPAWN = """
    @mock_aws
    def work(name):
        create_bucket(name)
        return buckets()
    if __name__ == "__main__":
        with mock_aws(), multiprocessing.get_context("spawn").Pool(1) as pool:
            create_bucket("photos")
            assert pool.map(work, ["videos", "texts"]) == [["videos"], ["texts"]]
        assert_restored()
"""

COLLECTING_MODULE = """
    import gc

    class MakeRequest:
        @property
        def __name__(self):
            gc.collect()
            return "make_request"

    class S3Client:
        make_request = MakeRequest()
"""

IMPORT_A_COLLECTING_MODULE = """
    import faulthandler, gc
    sys.path.insert(0, os.path.dirname(__file__))
    faulthandler.dump_traceback_later(20, exit=True)
    def fixture():
        with mock_aws():
            yield
    class Owner:
        pass
    def leave_half_way():
        owner = Owner()
        owner.itself, owner.fixture = owner, fixture()
        next(owner.fixture)
    gc.disable()
    leave_half_way()
    import awscrt.s3
    assert type(vars(awscrt.s3.S3Client)["make_request"]).__name__ == "MakeRequest"
    assert_restored()
"""

can_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def run(source: str, folder: Path) -> None:
    """Run a program; it must end well and print nothing to standard error."""
    path = folder / "program.py"
    path.write_text(HEAD + dedent(source))
    run_as_script(path)


@pytest.mark.parametrize("source", ENDS.values(), ids=ENDS.keys())
def test_the_process_ends_quietly_with(source: str, tmp_path: Path) -> None:
    run(source, tmp_path)


@can_fork
def test_forked_processes_work(tmp_path: Path) -> None:
    run(FORK, tmp_path)


@can_fork
def test_forked_processes_work_while_another_thread_is_in_a_handler(tmp_path: Path) -> None:
    run(FORK_WHILE_A_THREAD_IS_IN_A_HANDLER, tmp_path)


@can_fork
def test_forked_processes_work_while_another_thread_looks_at_calls_and_rules(tmp_path: Path) -> None:
    run(FORK_WHILE_A_THREAD_LOOKS_AT_CALLS_AND_RULES, tmp_path)


def test_a_mock_whose_generator_is_collected_while_a_module_is_imported_ends(tmp_path: Path) -> None:
    (tmp_path / "awscrt").mkdir()
    (tmp_path / "awscrt" / "__init__.py").touch()
    (tmp_path / "awscrt" / "s3.py").write_text(dedent(COLLECTING_MODULE))
    run(IMPORT_A_COLLECTING_MODULE, tmp_path)


def test_spawned_processes_have_mocks_of_their_own(tmp_path: Path) -> None:
    run(SPAWN, tmp_path)
