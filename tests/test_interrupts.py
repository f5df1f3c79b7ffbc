"""Ctrl-C and other errors, in a request, at the start of a mock or at its end: nothing is left behind."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import pytest
from moto.core.base_backend import BackendDict
from moto.s3.models import S3Backend

from aiomoto import CallLog, MockAWS, mock_aws
from aiomoto.pytest_plugin import observers
from tests.buckets import bucket_names, create_bucket
from tests.conftest import ClientFactory
from tests.snapshot import nothing_left_behind
from tests.stack_of_each_loop import stack as stack  # a fixture

PACKAGE = "aiomoto"


pytestmark = [pytest.mark.usefixtures("own_keys"), pytest.mark.thorough]


def press_ctrl_c(*_: Any, **__: Any) -> None:
    signal.default_int_handler(signal.SIGINT, None)


def assert_mocks_work() -> None:
    """Another thread would wait for ever for a lock that was not given back."""
    with mock_aws(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(create_bucket, "photos").result(timeout=60) == ["photos"]


# ---------------------------------------------------------------- in a request


def test_ctrl_c_in_a_request_of_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_left_behind(), mock_aws():
        create_bucket("photos")
        with monkeypatch.context() as patch:
            patch.setattr(S3Backend, "list_buckets", press_ctrl_c)
            with pytest.raises(KeyboardInterrupt):
                bucket_names()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(bucket_names).result(timeout=60) == ["photos"]
    assert_mocks_work()


@pytest.mark.anyio
async def test_ctrl_c_in_a_request_of_an_async_client(client: ClientFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_left_behind():
        async with mock_aws(), client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="photos")
            # Raised by a handler, it would end the loop as well as the request.
            with monkeypatch.context() as patch:
                patch.setattr(S3Backend, "list_buckets", _raise_system_error)
                with pytest.raises(SystemError):
                    await s3.list_buckets()

            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(bucket_names).result(timeout=60) == ["photos"]
            assert [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]] == ["photos"]
    assert_mocks_work()


def _raise_system_error(*_: Any, **__: Any) -> None:
    raise SystemError


# ---------------------------------------------------------------- at the start and at the end


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_start_that_fails_is_undone(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise error("in reset")

    with nothing_left_behind():
        with monkeypatch.context() as patch:
            patch.setattr(BackendDict, "reset", fail)
            with pytest.raises(error, match="in reset"):
                mock_aws().start()
        assert_mocks_work()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("moment", ["started", "ending"])
def test_an_observer_that_fails_leaves_no_mock_active(error: type[BaseException], moment: str) -> None:
    class Observer:
        wants_details = False

        def started(self, mock: MockAWS) -> None:
            self._told("started")

        def ending(self, mock: MockAWS) -> None:
            self._told("ending")

        def clearing(self, log: CallLog) -> None:
            """No-op."""

        def _told(self, what: str) -> None:
            if what == moment:
                raise error("told")

    observer = Observer()
    with nothing_left_behind():
        observers.append(observer)
        try:
            with pytest.raises(error, match="told"), mock_aws():
                pass
        finally:
            observers.remove(observer)
        assert_mocks_work()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_end_that_fails_puts_everything_back_all_the_same(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error("in reset")

    with nothing_left_behind():
        aws = mock_aws()
        aws.start()
        create_bucket("photos")
        with monkeypatch.context() as patch:
            patch.setattr(BackendDict, "reset", fail)
            with pytest.raises(error, match="in reset"):
                aws.stop()
        assert_mocks_work()


@pytest.mark.anyio
async def test_an_error_while_a_client_is_entered_ends_the_mock(client: ClientFactory) -> None:
    with nothing_left_behind():
        with pytest.raises(Exception, match="nowhere"):
            async with mock_aws(), client("nowhere"):
                pytest.fail("there is no such service")
        assert_mocks_work()


class InterruptAtCall:
    """A profile function that presses Ctrl-C at the n-th call of a function of the package.

    At calls is where Python looks whether a signal has come. Between the mock's own method and the ``with`` statement
    that calls it no code of ours runs that could do anything about it.
    """

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        module = frame.f_globals.get("__name__", "")
        name = frame.f_code.co_name
        is_own_method = module == MockAWS.__module__ and name in ("__enter__", "__exit__", "start", "stop")
        # A generator that is thrown away half way is called to end, and its errors are not raised.
        if event == "call" and module.startswith(f"{PACKAGE}.") and not is_own_method and name != "<genexpr>":
            self.left -= 1
            if self.left == 0:
                press_ctrl_c()


def once() -> None:
    with mock_aws():
        pass


def nested_with_configurations() -> None:
    with mock_aws(config={"iot": {"use_valid_cert": True}}), mock_aws(config={"core": {"mock_credentials": False}}):
        pass


def with_an_endpoint() -> None:
    with mock_aws(endpoint=True):
        pass


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow, id="each"), pytest.param(120, id="some")])
@pytest.mark.parametrize(
    "program", [once, nested_with_configurations, with_an_endpoint], ids=["once", "nested", "endpoint"]
)
def test_ctrl_c_at_any_moment_of_start_and_end(program: Callable[[], None], step: int) -> None:
    program()  # so that everything is imported
    with nothing_left_behind():
        number, interrupted = random.randrange(step) + 1, 0  # others in each run
        while interrupts(program, InterruptAtCall(number)):
            interrupted += 1
            assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAMINE", f"after call {number}"
            number += step
        assert_mocks_work()

    assert interrupted > 2


def test_ctrl_c_at_each_of_the_first_calls_of_an_end() -> None:
    once()
    with nothing_left_behind():
        for number in range(1, 40):
            assert interrupts_end(number)
            assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAMINE", f"after call {number}"
        assert_mocks_work()


def interrupts_end(number: int) -> bool:
    """Start and end a mock; tell whether the n-th call of its end was interrupted."""
    before = sys.getprofile()
    try:
        with mock_aws():
            sys.setprofile(InterruptAtCall(number))
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(before)
    return False


def interrupts(program: Callable[[], None], interrupt: InterruptAtCall) -> bool:
    """Run a program; tell whether it was interrupted, or ended before that."""
    before = sys.getprofile()
    sys.setprofile(interrupt)
    try:
        program()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(before)
    return False
