"""Rules of ``aws.faults`` act on what comes in at the loopback endpoint, and ``aws.calls`` logs it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from aiomoto import MockAWS, mock_aws
from tests.buckets import SESSION
from tests.wire import ask, connection_to, head, read_to_end, send, socket_to

SIZE = 300_000

# Clients with this host are let out, through their real session: they go to the endpoint over a socket.
LET_OUT: dict[str, Any] = {"core": {"passthrough": {"urls": ["http://localhost:"]}}}


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws(config=LET_OUT, sleep="instant") as aws:
        SESSION.client("s3").create_bucket(Bucket="photos")
        SESSION.client("s3").put_object(Bucket="photos", Key="cat", Body=bytes(SIZE))
        aws.calls.clear()
        yield aws


def seen(aws: MockAWS) -> list[tuple[str, str | None, str]]:
    """Of each call: what sent it, its operation, and what became of it."""
    return [(call.backend, call.operation, call.outcome) for call in aws.calls]


# ---------------------------------------------------------------- the log


def test_calls_are_logged_in_the_clients_terms(aws: MockAWS) -> None:
    send(aws.endpoint.url, "GET", "/photos/cat", headers={"Range": "bytes=0-9"})
    port = aws.endpoint.url.rpartition(":")[2]
    send(aws.endpoint.url, "PUT", "/dog", b"woof", {"Host": f"photos.localhost:{port}"})
    send(aws.endpoint.url, "GET", "/photos/none")
    assert seen(aws) == [
        ("endpoint", "GetObject", "206"),
        ("endpoint", "PutObject", "200"),
        ("endpoint", "GetObject", "404 NoSuchKey"),
    ]
    aws.calls.assert_called_once("s3", "GetObject", Bucket="photos", Key="cat", Range="bytes=0-9")
    aws.calls.assert_called_once("s3", "PutObject", Bucket="photos", Key="dog")


def test_what_is_no_request_is_no_call(aws: MockAWS) -> None:
    send(aws.endpoint.url, "GET", "/photos/cat", headers={"Host": "example.com"})
    assert seen(aws) == []


def test_the_mocks_around_it_take_part(aws: MockAWS) -> None:
    with mock_aws() as inner:
        aws.faults.add("s3", "GetObject", error="SlowDown", times=1)
        assert send(inner.endpoint.url, "GET", "/photos/cat").status == 503
        assert send(inner.endpoint.url, "GET", "/photos/cat").status == 200
        assert SESSION.client("s3").head_object(Bucket="photos", Key="cat")["ContentLength"] == SIZE
    expected = [("endpoint", "GetObject", "503 SlowDown"), ("endpoint", "GetObject", "200")]
    expected += [("boto3", "HeadObject", "200")]
    assert seen(aws) == seen(inner) == expected


# ---------------------------------------------------------------- errors


def test_an_error_is_answered_until_it_is_used_up(aws: MockAWS) -> None:
    aws.faults.add("s3", "GetObject", error="SlowDown", headers={"Retry-After": "0"}, times=1)
    with connection_to(aws.endpoint.url) as connection:
        answer = ask(connection, "GET", "/photos/cat")
        assert (answer.status, answer.headers["retry-after"]) == (503, "0")
        assert b"<Code>SlowDown</Code>" in answer.body
        assert len(ask(connection, "GET", "/photos/cat").body) == SIZE
    assert seen(aws) == [("endpoint", "GetObject", "503 SlowDown"), ("endpoint", "GetObject", "200")]


def test_a_real_client_tries_again(aws: MockAWS) -> None:
    aws.faults.add("s3", "GetObject", error="SlowDown", headers={"Retry-After": "0"}, times=1)
    aws.faults.add("s3", "GetObject", raises="reset", times=1)
    aws.faults.add("s3", "GetObject", raises="disconnect", times=1)
    config = Config(retries={"total_max_attempts": 4, "mode": "standard"})
    url = aws.endpoint.url.replace("127.0.0.1", "localhost")
    with closing(boto3.client("s3", "us-east-1", endpoint_url=url, config=config)) as s3:
        assert len(s3.get_object(Bucket="photos", Key="cat")["Body"].read()) == SIZE
    assert [outcome for *_, outcome in seen(aws)] == ["503 SlowDown", "reset", "disconnect", "200"]


# ---------------------------------------------------------------- connections that fail


@pytest.mark.parametrize("kind", ["reset", "connect_error", "dns", "tls"])
def test_a_connection_is_reset(aws: MockAWS, kind: Any) -> None:
    aws.faults.add("s3", "GetObject", raises=kind, times=1)
    with connection_to(aws.endpoint.url) as connection:
        with pytest.raises(ConnectionResetError):
            ask(connection, "GET", "/photos/cat")
        assert ask(connection, "HEAD", "/photos/cat").status == 200  # over a new one
    assert seen(aws) == [("endpoint", "GetObject", kind), ("endpoint", "HeadObject", "200")]


def test_a_connection_is_closed(aws: MockAWS) -> None:
    aws.faults.add("s3", raises="disconnect", times=1)
    with pytest.raises(RemoteDisconnected, match="without response"):
        send(aws.endpoint.url, "GET", "/photos/cat")
    assert seen(aws) == [("endpoint", "GetObject", "disconnect")]


def test_an_answer_is_lost_after_the_work_was_done(aws: MockAWS) -> None:
    aws.faults.add("s3", "PutObject", raises="disconnect", when="after")
    with pytest.raises(RemoteDisconnected):
        send(aws.endpoint.url, "PUT", "/photos/dog", b"woof")
    assert send(aws.endpoint.url, "GET", "/photos/dog").body == b"woof"


@pytest.mark.parametrize("kind", ["read_timeout", "connect_timeout"])
def test_a_timeout_is_the_clients_own(aws: MockAWS, kind: Any) -> None:
    aws.faults.add("s3", "GetObject", raises=kind)
    config = Config(retries={"total_max_attempts": 1}, read_timeout=0.1)
    url = aws.endpoint.url.replace("127.0.0.1", "localhost")
    with (
        closing(boto3.client("s3", "us-east-1", endpoint_url=url, config=config)) as s3,
        pytest.raises(ReadTimeoutError),
    ):
        s3.get_object(Bucket="photos", Key="cat")
    assert seen(aws) == [("endpoint", "GetObject", kind)]


def test_the_end_of_the_mock_ends_the_wait_for_an_answer() -> None:
    with mock_aws() as aws:
        aws.faults.add("s3", "ListBuckets", raises="read_timeout")
        sock = socket.create_connection(("127.0.0.1", int(aws.endpoint.url.rpartition(":")[2])))
        sock.sendall(head("GET", "/", aws.endpoint.url))
        assert send(aws.endpoint.url, "HEAD", "/none").status == 404  # by then the other one waits
    with sock:
        assert read_to_end(sock) == b""


# ---------------------------------------------------------------- bodies


def test_a_body_is_cut_off(aws: MockAWS) -> None:
    aws.faults.add("s3", "GetObject", cut_after=100_000)
    with pytest.raises(IncompleteRead) as caught:
        send(aws.endpoint.url, "GET", "/photos/cat")
    assert len(caught.value.partial) == 100_000
    assert seen(aws) == [("endpoint", "GetObject", "200")]


def read_into(received: bytearray, sock: socket.socket) -> None:
    while data := sock.recv(4096):
        received += data


def test_a_body_ends_in_a_reset(aws: MockAWS) -> None:
    aws.faults.add("s3", "GetObject", cut_after=100_000, raises="reset")
    received = bytearray()
    with socket_to(aws.endpoint.url) as sock:
        sock.sendall(head("GET", "/photos/cat", aws.endpoint.url))
        with pytest.raises(ConnectionResetError):
            read_into(received, sock)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.count(0) == 100_000


def test_a_body_stalls(aws: MockAWS) -> None:
    aws.faults.add("s3", "GetObject", stall_after=1000)
    with connection_to(aws.endpoint.url) as connection:
        connection.timeout = 0.2
        connection.connect()
        with pytest.raises(TimeoutError):
            ask(connection, "GET", "/photos/cat")
    assert send(aws.endpoint.url, "HEAD", "/photos/cat").status == 200


def test_a_slow_body_and_a_late_answer_arrive_whole(aws: MockAWS) -> None:
    aws.faults.add("s3", "GetObject", bandwidth=3_000_000)
    aws.faults.add("s3", "HeadObject", latency=0.01)
    with connection_to(aws.endpoint.url) as connection:
        assert len(ask(connection, "GET", "/photos/cat").body) == SIZE
        assert ask(connection, "HEAD", "/photos/cat").headers["content-length"] == str(SIZE)


def test_a_rule_for_bodies_does_nothing_to_an_answer_without_one(aws: MockAWS) -> None:
    aws.faults.add("s3", cut_after=0)
    with connection_to(aws.endpoint.url) as connection:
        assert ask(connection, "HEAD", "/photos/cat").status == 200
        assert ask(connection, "DELETE", "/photos/cat").status == 204
        assert ask(connection, "HEAD", "/photos/cat").status == 404
