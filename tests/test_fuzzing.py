"""Requests, bytes and arguments that make no sense: nothing hangs, gets out, or is left behind."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any
from unittest.mock import patch

import anyio
import boto3
import pytest
from anyio.from_thread import start_blocking_portal
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session
from hypothesis import given
from hypothesis import strategies as st

from aiomoto import AiomotoError, MockAWS, mock_aws
from tests.buckets import bucket_names
from tests.conftest import Stack
from tests.fuzzing import ANYTHING, FRAMES, HEADERS, LINE, METHODS, PATHS, REQUESTS, errors_of_others, some
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.thorough

SECONDS = 30  # within which everything has to come to an end


# ---------------------------------------------------------------- requests


def test_any_request_of_boto3_is_answered_or_refused() -> None:
    session = URLLib3Session()

    @some(120)
    @given(REQUESTS)
    def send(request: Any) -> None:
        method, url, headers, body = request
        with errors_of_others():
            answer = session.send(AWSPreparedRequest(method, url, headers, body, False))
            assert isinstance(answer.content, bytes)

    with mock_aws():
        send()
        assert bucket_names() is not None


def test_any_request_of_an_async_client_is_answered_or_refused(stack: Stack) -> None:
    async def send_within_time(session: Any, method: str, url: str, headers: Any, body: Any) -> None:
        with anyio.fail_after(SECONDS):
            answer = await session.send(AWSPreparedRequest(method, url, headers, body, False))
            assert isinstance(await answer.content, bytes)

    with (
        mock_aws(),
        start_blocking_portal(backend=stack.loop) as portal,
        portal.wrap_async_context_manager(stack.session_class()) as session,
    ):

        @some(30)
        @given(REQUESTS)
        def send(request: Any) -> None:
            with errors_of_others():
                portal.call(send_within_time, session, *request)

        send()


def test_any_bytes_at_the_endpoint_are_answered_or_end_the_connection() -> None:
    heads = st.builds(_head, METHODS, PATHS, HEADERS, LINE)
    streams = st.binary(max_size=80) | st.builds(bytes.__add__, heads, FRAMES | st.binary(max_size=30))

    @some(50)
    @given(streams)
    def send(data: bytes) -> None:
        with socket.create_connection((host, port), timeout=SECONDS) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            # A connection that ends without an answer, or a reset: both are ends.
            answer = b""
            with suppress(ConnectionResetError):
                answer = connection.recv(65_536)
        assert answer == b"" or answer.startswith(b"HTTP/1.")

    with mock_aws(endpoint=True) as aws:
        host, _, port_text = aws.endpoint.url.rpartition("//")[2].partition(":")
        port = int(port_text)
        send()
        s3 = boto3.client("s3", endpoint_url=aws.endpoint.url)
        assert "Buckets" in s3.list_buckets()


def _head(method: str, path: str, headers: dict[str, str], last: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), last, ""]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n"


# ---------------------------------------------------------------- arguments


@some(20)
@given(st.dictionaries(st.sampled_from(["core", "iot", "x"]), ANYTHING, max_size=3) | ANYTHING)
def test_any_config_works_or_is_refused_and_leaves_nothing_behind(config: Any) -> None:
    with nothing_left_behind(), errors_of_others(TypeError), mock_aws(config=config):
        pass


RULE = st.fixed_dictionaries(
    {},
    optional={
        "region": ANYTHING,
        "where": ANYTHING,
        "times": ANYTHING,
        "after": ANYTHING,
        "probability": ANYTHING,
        "seed": ANYTHING,
        "error": st.sampled_from(["SlowDown", "NoSuchKey"]) | ANYTHING,
        "status": ANYTHING,
        "code": ANYTHING,
        "message": ANYTHING,
        "headers": ANYTHING,
        "raises": st.sampled_from(["reset", "dns"]) | ANYTHING,
        "when": st.just("after") | ANYTHING,
        "cut_after": ANYTHING,
        "stall_after": ANYTHING,
        "latency": ANYTHING,
        "bandwidth": ANYTHING,
    },
)


@some(120)
@given(st.lists(st.sampled_from(["s3", "GetObject"]) | ANYTHING, max_size=2), RULE)
def test_any_rule_is_taken_or_refused_with_a_reason(names: list[Any], rule: dict[str, Any]) -> None:
    with suppress(AiomotoError):
        assert MockAWS().faults.add(*names, **rule).hits == 0


# ---------------------------------------------------------------- starts and stops


KEYS = {"AWS_ACCESS_KEY_ID": "AKIAFUZZ", "AWS_SECRET_ACCESS_KEY": "fuzz"}

STEP = st.tuples(
    st.sampled_from(["thread 1", "thread 2", "task"]),
    st.sampled_from(["start", "enter", "stop", "exit", "fail"]),
    st.integers(0, 2),  # which of the mocks
)


@some(25)
@given(st.lists(STEP, max_size=15))
def test_any_starts_and_stops_in_threads_and_tasks_leave_nothing_behind(steps: list[tuple[str, str, int]]) -> None:
    mocks = [mock_aws(), mock_aws(config={"core": {"mock_credentials": False}}), mock_aws(sleep="instant")]
    depths = [0] * len(mocks)

    def stop_all() -> None:
        for mock, depth in zip(mocks, depths, strict=True):
            for _ in range(depth):
                mock.stop()

    # The second mock gives clients no keys, and Moto has no metadata service to ask for some in its older versions.
    with patch.dict(os.environ, KEYS), nothing_left_behind(), ExitStack() as stack:
        stack.callback(stop_all)
        threads = {name: stack.enter_context(ThreadPoolExecutor(1)) for name in ("thread 1", "thread 2")}

        def run(place: str, function: Callable[[], Any]) -> Any:
            if place in threads:
                return threads[place].submit(function).result(timeout=SECONDS)
            return asyncio.run(_in_a_task(function))  # each time on a loop of its own

        for place, action, index in steps:
            ends = action not in ("start", "enter")
            if ends and not depths[index]:
                with pytest.raises(RuntimeError, match="before start"):
                    run(place, mocks[index].stop)
                continue
            run(place, partial(_ACTIONS[action], mocks[index]))
            depths[index] += -1 if ends else 1
            if any(depths):
                assert isinstance(run(place, bucket_names), list)


async def _in_a_task(function: Callable[[], Any]) -> Any:
    return function()


def _fail_inside(mock: MockAWS) -> None:
    mock.__exit__(KeyError, KeyError("in the test"), None)


_ACTIONS: dict[str, Callable[[MockAWS], Any]] = {
    "start": MockAWS.start,
    "enter": MockAWS.__enter__,
    "stop": MockAWS.stop,
    "exit": lambda mock: mock.__exit__(None, None, None),
    "fail": _fail_inside,
}
