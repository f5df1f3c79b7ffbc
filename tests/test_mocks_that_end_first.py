"""A request whose mock ends while it is under way goes on with another one that is active: they share their data."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from threading import Event
from typing import Any

import boto3
import pytest
from moto.s3.models import S3Backend

from aiomoto import MockAWS, RequestBlockedError, mock_aws
from tests.buckets import bucket_names, create_bucket

SECONDS = 30


def noting(event: Event) -> Callable[[Any], bool]:
    """A condition of a rule that never acts, and says that there is a call."""

    def note(call: Any) -> bool:
        event.set()
        return False

    return note


def poll(url: str) -> list[str]:
    sqs = boto3.client("sqs", region_name="us-east-1")
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", [])
    return [message["Body"] for message in messages]


def send(url: str) -> None:
    boto3.client("sqs", region_name="us-east-1").send_message(QueueUrl=url, MessageBody="hello")


def create_queue() -> str:
    url: str = boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="jobs")["QueueUrl"]
    return url


def test_a_poll_of_a_thread_goes_on_with_the_outer_mock() -> None:
    is_called = Event()
    with ThreadPoolExecutor(1) as threads, mock_aws() as outer:
        url = create_queue()
        with mock_aws() as inner:
            inner.faults.add("sqs", "ReceiveMessage", where=noting(is_called), latency=1)
            polled = threads.submit(poll, url)
            assert is_called.wait(SECONDS)
        send(url)

        assert polled.result(SECONDS) == ["hello"]
        assert len(outer.calls.filter("sqs", "ReceiveMessage")) == 1
        assert inner.calls.assert_called_once("sqs", "ReceiveMessage").status == 200


def test_a_request_that_a_fault_holds_up_goes_on_with_the_outer_mock() -> None:
    is_called = Event()
    with ThreadPoolExecutor(1) as threads, mock_aws():
        create_bucket("photos")
        with mock_aws() as inner:
            inner.faults.add("s3", "ListBuckets", latency=0.2, where=lambda call: noting(is_called)(call) is False)
            named = threads.submit(bucket_names)
            assert is_called.wait(SECONDS)

        assert named.result(SECONDS) == ["photos"]


def test_a_request_that_waits_for_its_turn_goes_on_with_the_outer_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    is_in_handler, is_called, goes_on = Event(), Event(), Event()
    list_buckets = S3Backend.list_buckets

    def wait(*args: Any, **kwargs: Any) -> Any:
        is_in_handler.set()
        assert goes_on.wait(SECONDS)
        return list_buckets(*args, **kwargs)

    monkeypatch.setattr(S3Backend, "list_buckets", wait)
    with ThreadPoolExecutor(3) as threads, mock_aws():
        inner = mock_aws()
        inner.start()
        first = threads.submit(bucket_names)
        assert is_in_handler.wait(SECONDS)
        inner.faults.add("s3", where=noting(is_called), latency=1)
        second = threads.submit(bucket_names)
        assert is_called.wait(SECONDS)
        end = threads.submit(inner.stop)
        goes_on.set()
        end.result(SECONDS)

        assert (first.result(SECONDS), second.result(SECONDS)) == ([], [])


def test_the_mock_that_goes_on_with_a_request_logs_it_once() -> None:
    first, second = mock_aws(), mock_aws()
    # In contexts of their own, so that neither is around the other.
    Context().run(first.start)
    with ThreadPoolExecutor(1) as threads:
        url = create_queue()
        Context().run(second.start)
        is_called = Event()
        second.faults.add("sqs", "ReceiveMessage", where=noting(is_called), latency=1)
        polled = threads.submit(poll, url)
        assert is_called.wait(SECONDS)
        assert len(first.calls.filter("sqs", "ReceiveMessage")) == 0
        second.stop()
        send(url)

        assert polled.result(SECONDS) == ["hello"]
    assert first.calls.assert_called_once("sqs", "ReceiveMessage").outcome == "200"
    assert len(first.calls.filter("sqs", "ReceiveMessage")) == 1
    first.stop()


@pytest.mark.parametrize("last", [True, False], ids=["with-none", "with-a-later-one"])
def test_a_request_is_refused_only_where_no_mock_is_active(last: bool) -> None:
    is_called = Event()
    with ThreadPoolExecutor(1) as threads:
        aws: MockAWS = mock_aws()
        aws.start()
        url = create_queue()
        aws.faults.add("sqs", "ReceiveMessage", where=noting(is_called), latency=1)
        polled = threads.submit(poll, url)
        assert is_called.wait(SECONDS)
        if last:
            aws.stop()
            with pytest.raises(RequestBlockedError, match="ended while it was waiting"):
                polled.result(SECONDS)
            return
        with mock_aws():
            aws.stop()
            send(url)
            assert polled.result(SECONDS) == ["hello"]
