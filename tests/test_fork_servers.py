"""Processes that multiprocessing forks from a server have the environment of the mock that they are started in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import ROOT

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="there are no such servers"), pytest.mark.thorough]

# In a process of its own, as there is one such server in each. The children ask for names and are refused.
PROGRAM = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor


def look():
    import boto3

    buckets = [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]]
    return os.environ["AWS_ACCESS_KEY_ID"], os.environ.get("AWS_ENDPOINT_URL"), buckets


def key():
    return os.environ["AWS_ACCESS_KEY_ID"], os.environ.get("AWS_ENDPOINT_URL")


def in_child(function):
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function).result()


if __name__ == "__main__":
    import boto3
    from aiomoto import mock_aws

    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SECRET_ACCESS_KEY": "mine", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ["AWS_MAX_ATTEMPTS"] = "1"
    context = multiprocessing.get_context("forkserver")
    if sys.argv[1] == "before":
        assert in_child(key) == ("AKIAMINE", None)
    for name in ("first", "second"):
        with mock_aws(endpoint=True) as aws:
            boto3.client("s3").create_bucket(Bucket=name)
            assert in_child(look) == ("FOOBARKEY", aws.endpoint.url, [name]), in_child(look)
            with mock_aws(endpoint=True) as inner:
                assert in_child(key) == ("FOOBARKEY", inner.endpoint.url)
            assert in_child(key) == ("FOOBARKEY", aws.endpoint.url)
    with mock_aws():
        assert in_child(key) == ("FOOBARKEY", None)
    assert in_child(key) == ("AKIAMINE", None)
    print("well")
"""


@pytest.mark.parametrize("server", ["before", "none-before"])
def test_each_process_has_the_environment_of_its_mock(server: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), server]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ROOT)])}
    result = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=240)
    assert (result.stdout, result.returncode) == ("well\n", 0), result.stderr


RUNNING = """
import multiprocessing, os


def wait(begun, end):
    begun.set()
    end.wait()


if __name__ == "__main__":
    from aiomoto import mock_aws

    context = multiprocessing.get_context("forkserver")
    begun, end = context.Event(), context.Event()
    old = context.Process(target=wait, args=(begun, end))
    old.start()
    begun.wait()
    with mock_aws():
        inside, begun_inside, end_inside = None, context.Event(), context.Event()
        inside = context.Process(target=wait, args=(begun_inside, end_inside))
        inside.start()
        begun_inside.wait()
    print("ended")
    end.set(), end_inside.set()
    old.join(), inside.join()
    # How a process has ended whose server was told to go is not always known: 255 stands for that.
    print(old.exitcode, inside.exitcode in (0, 255))
"""


def test_processes_that_run_on_when_the_mock_ends_hold_nobody_up(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(RUNNING)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ROOT)])}
    command = [sys.executable, str(program)]
    result = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=240)
    assert (result.stdout, result.returncode) == ("ended\n0 True\n", 0), result.stderr
