"""No test leaves the machine: each way out is an error, and fails the test also where something hides that error."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from textwrap import dedent
from typing import Any

import pytest

from tests.guard import NetworkError, expected_attempts, take_attempts

pytest_plugins = ["pytester"]

CONFTEST = "from tests.conftest import pytest_runtest_teardown as pytest_runtest_teardown"

IPV6, DATAGRAMS = {"family": socket.AF_INET6}, {"type": socket.SOCK_DGRAM}
WAYS: dict[str, Callable[[], object]] = {
    "look-up": lambda: socket.getaddrinfo("example.com", 443),
    "look-up of bytes": lambda: socket.getaddrinfo(b"example.com", 443),
    "old look-up": lambda: socket.gethostbyname("example.com"),
    "look-up of an address": lambda: socket.getnameinfo(("192.0.2.1", 80), 0),
    "connection": lambda: on_socket("connect", ("192.0.2.1", 80)),
    "instance metadata": lambda: on_socket("connect_ex", ("169.254.169.254", 80)),
    "IPv6": lambda: on_socket("connect", ("2001:db8::1", 80), **IPV6),
    "datagram": lambda: on_socket("sendto", b"", ("192.0.2.1", 53), **DATAGRAMS),
    "datagram in parts": lambda: on_socket("sendmsg", [b""], [], 0, ("192.0.2.1", 53), **DATAGRAMS),
}


def on_socket(method: str, *arguments: object, **kind: Any) -> None:
    with socket.socket(**kind) as it:
        getattr(it, method)(*arguments)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_way_out_is_an_error(way: Callable[[], object]) -> None:
    with expected_attempts(), pytest.raises(NetworkError, match=r"^socket\.\w+ to \w"):
        way()


PRELUDE = """
import asyncio, multiprocessing, os, socket, subprocess, sys, threading
from contextlib import suppress

import pytest
"""
HIDDEN = """
def test_caught():
    with suppress(BaseException):
        socket.getaddrinfo("example.com", 443)

@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_thread():
    thread = threading.Thread(target=socket.getaddrinfo, args=["example.com", 443])
    thread.start()
    thread.join()

def test_task():
    async def main():
        look_up = asyncio.get_running_loop().getaddrinfo("example.com", 443)
        await asyncio.gather(look_up, return_exceptions=True)
    asyncio.run(main())

def test_client_without_a_mock():
    import boto3
    s3 = boto3.client("s3", aws_access_key_id="x", aws_secret_access_key="x", endpoint_url="http://example.com")
    with suppress(BaseException):
        s3.list_buckets()

def test_program():
    program = "import socket; socket.getaddrinfo('example.com', 443)"
    subprocess.run([sys.executable, "-c", program], capture_output=True)

def test_spawned_process():
    process = multiprocessing.get_context("spawn").Process(target=socket.getaddrinfo, args=["example.com", 443])
    process.start()
    process.join()

@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_forked_process():
    if not (pid := os.fork()):
        try:
            socket.getaddrinfo("example.com", 443)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
"""


@pytest.mark.thorough
def test_an_attempt_that_nobody_sees_fails_its_test(pytester: pytest.Pytester) -> None:
    result = run(pytester, HIDDEN)

    assert "failed" not in result.parseoutcomes()
    message = r"tried to reach another machine: socket\.getaddrinfo to example\.com\n +File "
    failed = re.findall(rf"ERROR at teardown of (\w+) _+\n{message}", result.stdout.str())
    assert failed == re.findall(r"def (test_\w+)", HIDDEN)


def test_an_attempt_in_a_fixture_fails_the_test_that_asked_for_it(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        @pytest.fixture(scope="session")
        def attempt():
            yield
            with suppress(BaseException):
                socket.gethostbyname("example.com")

        def test_first(): ...
        def test_last(attempt): ...
        """,
    )

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_last*", "*socket.gethostbyname to example.com*"])


def test_an_attempt_on_purpose_fails_nothing_and_hides_no_other(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        from tests.guard import expected_attempts

        def look_up(name):
            with suppress(BaseException):
                socket.gethostbyname(name)

        def test_on_purpose():
            with expected_attempts():
                look_up("example.com")

        def test_by_accident():
            look_up("example.org")
            with expected_attempts():
                look_up("example.com")
        """,
    )

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*socket.gethostbyname to example.org*"])
    result.stdout.no_fnmatch_line("*socket.gethostbyname to example.com*")


def test_the_loopback_interface_is_no_way_out() -> None:
    assert socket.getaddrinfo("localhost", 80)
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    here, there = socket.socketpair()
    with here, there:
        here.sendmsg([b"unix"])
    assert take_attempts() == ""


def run(pytester: pytest.Pytester, tests: str) -> pytest.RunResult:
    """Run tests that have nothing of this suite but its guard."""
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(PRELUDE + dedent(tests))
    return pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "-p", "no:asyncio"
    )
