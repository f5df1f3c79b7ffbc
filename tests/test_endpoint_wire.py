"""The loopback endpoint speaks HTTP as AWS's servers do: connections, framing, paths, ranges, conditions."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from typing import Any
from urllib.parse import quote

import pytest
from moto.s3 import responses

from aiomoto import MockAWS, mock_aws
from tests.buckets import SESSION
from tests.wire import ask, connection_to, head, read_to_end, send, socket_to

DATA = bytes(range(256)) * 1000
TAG = f'"{md5(DATA, usedforsecurity=False).hexdigest()}"'
ODD_KEY = "a//b/../c%2Fd?e#f+g h&i='~*|grüße"


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws() as aws:
        yield aws


@pytest.fixture
def s3(aws: MockAWS) -> Any:
    """A client in process, and a bucket "wire" with the object "data"."""
    client = SESSION.client("s3")
    client.create_bucket(Bucket="wire")
    client.put_object(Bucket="wire", Key="data", Body=DATA)
    return client


@pytest.fixture
def url(aws: MockAWS, s3: Any) -> str:
    return aws.endpoint.url


def read(s3: Any, key: str) -> bytes:
    body: bytes = s3.get_object(Bucket="wire", Key=key)["Body"].read()
    return body


# ---------------------------------------------------------------- connections


def test_a_connection_serves_one_request_after_another(url: str) -> None:
    with connection_to(url) as connection:
        connection.connect()
        sock = connection.sock
        assert [ask(connection, "GET", "/wire/data").body == DATA for _ in range(3)] == [True] * 3
        assert connection.sock is sock


def test_requests_may_be_sent_before_the_answers_are_read(url: str) -> None:
    last = head("HEAD", "/wire/data", url, {"Connection": "close"})
    with socket_to(url) as sock:
        sock.sendall(head("HEAD", "/wire/data", url) * 2 + last)
        assert read_to_end(sock).count(b"HTTP/1.1 200 OK\r\n") == 3


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1"])
def test_a_connection_ends_where_the_client_wants_it(url: str, version: bytes) -> None:
    headers = {"Connection": "close"} if version == b"HTTP/1.1" else {}
    with socket_to(url) as sock:
        sock.sendall(head("HEAD", "/wire/data", url, headers).replace(b"HTTP/1.1", version))
        answer = read_to_end(sock)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nconnection: close\r\n" in answer


def test_a_client_of_http_1_0_may_keep_its_connection(url: str) -> None:
    first = head("HEAD", "/wire/data", url, {"Connection": "keep-alive"})
    with socket_to(url) as sock:
        sock.sendall((first + head("HEAD", "/wire/data", url)).replace(b"HTTP/1.1", b"HTTP/1.0"))
        answer = read_to_end(sock)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert answer.count(b"\r\nconnection: keep-alive\r\n") == 1


# ---------------------------------------------------------------- answers without a body


def test_head_says_how_long_the_body_would_be(url: str) -> None:
    with connection_to(url) as connection:
        answer = ask(connection, "HEAD", "/wire/data")
        assert (answer.status, answer.headers["content-length"], answer.body) == (200, str(len(DATA)), b"")
        assert ask(connection, "HEAD", "/wire/no-such-key").status == 404
        assert ask(connection, "GET", "/wire/data").body == DATA


def test_no_content_has_neither_body_nor_length(url: str) -> None:
    with connection_to(url) as connection:
        answer = ask(connection, "DELETE", "/wire/data")
        assert (answer.status, answer.body, "content-length" in answer.headers) == (204, b"", False)
        assert ask(connection, "GET", "/wire/data").status == 404


def test_not_modified_has_no_body(url: str) -> None:
    with connection_to(url) as connection:
        answer = ask(connection, "GET", "/wire/data", headers={"If-None-Match": TAG})
        assert (answer.status, answer.body) == (304, b"")
        assert ask(connection, "GET", "/wire/data").body == DATA


# ---------------------------------------------------------------- bodies


def test_a_body_arrives_as_it_was_sent(url: str, s3: Any) -> None:
    assert send(url, "PUT", "/wire/key", DATA).status == 200
    assert read(s3, "key") == DATA


def test_an_empty_body_makes_an_empty_object(url: str, s3: Any) -> None:
    assert send(url, "PUT", "/wire/key", b"").status == 200
    assert read(s3, "key") == b""


def test_a_chunked_body_arrives_whole(url: str, s3: Any) -> None:
    chunks = (DATA[start : start + 7000] for start in range(0, len(DATA), 7000))
    assert send(url, "PUT", "/wire/key", chunks).status == 200
    assert read(s3, "key") == DATA


def test_a_compressed_body_stays_compressed(url: str, s3: Any) -> None:
    packed = gzip.compress(DATA)
    assert send(url, "PUT", "/wire/key", packed, {"Content-Encoding": "gzip"}).status == 200
    stored = s3.get_object(Bucket="wire", Key="key")
    assert (stored["ContentEncoding"], stored["Body"].read()) == ("gzip", packed)


def test_a_client_that_asks_first_is_told_to_go_on(url: str, s3: Any) -> None:
    with socket_to(url) as sock:
        headers = {"Expect": "100-continue", "Content-Length": "5", "Connection": "close"}
        sock.sendall(head("PUT", "/wire/key", url, headers))
        assert sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"hello")
        assert read_to_end(sock).startswith(b"HTTP/1.1 200 OK\r\n")
    assert read(s3, "key") == b"hello"


def test_a_client_that_asks_first_is_told_if_it_is_no_use(url: str) -> None:
    with socket_to(url) as sock:
        headers = {"Expect": "100-continue", "Content-Length": "5", "Host": "other.example"}
        sock.sendall(head("PUT", "/wire/key", url, headers))
        assert sock.recv(1000).startswith(b"HTTP/1.1 421 ")


def test_metadata_arrives_and_comes_back(url: str, s3: Any) -> None:
    stored = {f"name-{number}": "value" for number in range(200)}
    assert send(url, "PUT", "/wire/key", b"", {f"x-amz-meta-{name}": stored[name] for name in stored}).status == 200
    assert s3.head_object(Bucket="wire", Key="key")["Metadata"] == stored
    s3.put_object(Bucket="wire", Key="key", Metadata={"Answer": "42"}, ContentType="text/plain")
    answer = send(url, "HEAD", "/wire/key")
    assert (answer.headers["x-amz-meta-answer"], answer.headers["content-type"]) == ("42", "text/plain")


@pytest.mark.skipif(not hasattr(responses, "ALLOWED_HEADER_OVERRIDES"), reason="this Moto lets nobody choose a header")
def test_a_line_break_in_a_header_begins_no_other_header(url: str) -> None:
    answer = send(url, "GET", "/wire/data?response-content-language=en%0D%0Aevil:%20yes")
    assert (answer.headers["content-language"], "evil" in answer.headers) == ("en evil: yes", False)
    assert answer.body == DATA


# ---------------------------------------------------------------- paths


def test_a_percent_encoded_path_is_passed_on_as_it_is(url: str, s3: Any) -> None:
    assert send(url, "PUT", f"/wire/{quote(ODD_KEY, safe='/')}", DATA).status == 200
    assert read(s3, ODD_KEY) == DATA
    assert send(url, "GET", f"/wire/{quote(ODD_KEY, safe='')}").body == DATA


def test_a_path_may_have_what_ought_to_be_encoded(url: str, s3: Any) -> None:
    assert send(url, "PUT", '/wire/a|b"c<d>{e}^`\\', b"odd").status == 200
    assert read(s3, 'a|b"c<d>{e}^`\\') == b"odd"


def test_dots_and_slashes_are_part_of_a_key(url: str, s3: Any) -> None:
    for key in ("..", "./a", "a/../../b", "/leading", "trailing/", "a//b"):
        assert send(url, "PUT", f"/wire/{key}", key.encode()).status == 200
        assert read(s3, key) == key.encode()


# ---------------------------------------------------------------- parts and conditions


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [("bytes=4-6", 206, DATA[4:7]), ("bytes=-6", 206, DATA[-6:]), ("bytes=255000-", 206, DATA[255000:])],
)
def test_a_range_of_an_object(url: str, asked: str, status: int, expected: bytes) -> None:
    answer = send(url, "GET", "/wire/data", headers={"Range": asked})
    assert (answer.status, answer.body) == (status, expected)


def test_a_range_outside_of_an_object(url: str) -> None:
    assert send(url, "GET", "/wire/data", headers={"Range": "bytes=256000-"}).status == 416


def test_an_object_is_created_once(url: str, s3: Any) -> None:
    statuses = [send(url, "PUT", "/wire/once", body, {"If-None-Match": "*"}).status for body in (b"one", b"two")]
    assert statuses == [200, 412]
    assert read(s3, "once") == b"one"


def test_of_many_who_create_an_object_at_once_one_does(url: str) -> None:
    def create(number: int) -> int:
        return send(url, "PUT", "/wire/once", b"%d" % number, {"If-None-Match": "*"}).status

    with ThreadPoolExecutor(32) as threads:
        statuses = list(threads.map(create, range(32)))
    assert sorted(statuses) == [200] + [412] * 31


@pytest.mark.thorough
def test_64_connections_read_parts_of_an_object_at_once(url: str) -> None:
    size = len(DATA) // 64

    def part(number: int) -> bytes:
        start = number * size
        with connection_to(url) as connection:
            for _ in range(3):
                answer = ask(connection, "GET", "/wire/data", headers={"Range": f"bytes={start}-{start + size - 1}"})
        return answer.body

    with ThreadPoolExecutor(64) as threads:
        assert b"".join(threads.map(part, range(64))) == DATA
