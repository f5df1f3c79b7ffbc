"""The loopback endpoint of a mock: there when it is wanted, on the same AWS, and gone with the mock."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiobotocore.session import get_session
from moto.s3.models import S3Backend

from aiomoto import AiomotoError, mock_aws
from tests.buckets import SESSION, bucket_names, create_bucket
from tests.conftest import ClientFactory
from tests.programs import ROOT, run_source
from tests.snapshot import nothing_left_behind
from tests.wire import Answer, ask, connection_to, head, read_to_end, send, signed, socket_to


def is_open(url: str) -> bool:
    """Whether anybody listens there."""
    try:
        with socket_to(url):
            return True
    except ConnectionRefusedError:
        return False


def sqs(url: str, action: str, **body: Any) -> Answer:
    headers = {"X-Amz-Target": f"AmazonSQS.{action}", "Content-Type": "application/x-amz-json-1.0"}
    return send(url, "POST", "/", json.dumps(body).encode(), headers, "sqs")


# ---------------------------------------------------------------- beginning and end


def test_it_is_ready_at_once_and_gone_with_the_mock() -> None:
    with nothing_left_behind():
        threads = set(threading.enumerate())
        with mock_aws(endpoint=True) as aws:
            url = aws.endpoint.url
            create_bucket("shared")
            assert b"<Name>shared</Name>" in send(url, "GET", "/").body
        assert not is_open(url)
        assert set(threading.enumerate()) == threads


def test_it_listens_on_the_loopback_interface_only() -> None:
    with mock_aws() as aws:
        split = urlsplit(aws.endpoint.url)
        assert (split.scheme, split.hostname) == ("http", "127.0.0.1")
        with socket.socket() as other:
            assert other.connect_ex(("127.0.0.2", split.port or 0)) != 0


def test_in_a_text_it_is_its_url() -> None:
    with mock_aws(endpoint=True) as aws:
        assert f"{aws.endpoint}/bucket" == f"{aws.endpoint.url}/bucket"


def test_it_opens_when_it_is_first_asked_for() -> None:
    threads = threading.active_count()
    with mock_aws() as aws:
        assert threading.active_count() == threads
        assert aws.endpoint is aws.endpoint
        assert threading.active_count() == threads + 1
        assert repr(aws.endpoint) == f"<Endpoint {aws.endpoint.url}>"


def test_without_the_mock_there_is_none() -> None:
    aws = mock_aws(endpoint=True)
    with pytest.raises(AiomotoError, match="exists only while the mock is active"):
        _ = aws.endpoint
    with aws:
        first = aws.endpoint.url
    with pytest.raises(AiomotoError, match="exists only while the mock is active"):
        _ = aws.endpoint
    with aws:
        assert is_open(aws.endpoint.url)
        assert aws.endpoint.url == first or not is_open(first)


def test_a_mock_started_twice_has_one() -> None:
    aws = mock_aws(endpoint=True)
    aws.start()
    url = aws.endpoint.url
    aws.start()
    assert aws.endpoint.url == url
    aws.stop()
    assert is_open(url)
    aws.stop()
    assert not is_open(url)


@pytest.mark.thorough
def test_endpoints_come_and_go_by_the_hundred() -> None:
    with mock_aws(endpoint=True) as aws:
        send(aws.endpoint.url, "GET", "/")
    gc.collect()
    before = len(os.listdir("/dev/fd"))
    for _ in range(100):
        with mock_aws(endpoint=True) as aws:
            assert send(aws.endpoint.url, "GET", "/").status == 200
    assert len(os.listdir("/dev/fd")) == before


@mock_aws(endpoint=True)
def test_a_decorated_function_has_one() -> None:
    assert is_open(os.environ["AWS_ENDPOINT_URL"])


@pytest.mark.asyncio
@mock_aws(endpoint=True)
async def test_a_decorated_coroutine_function_has_one() -> None:
    assert is_open(os.environ["AWS_ENDPOINT_URL"])


# ---------------------------------------------------------------- what is going on at the end


def test_the_end_of_the_mock_ends_idle_connections() -> None:
    with ExitStack() as stack:
        with mock_aws() as aws:
            connection = stack.enter_context(connection_to(aws.endpoint.url))
            ask(connection, "GET", "/")
            fresh = stack.enter_context(socket_to(aws.endpoint.url))
            half = stack.enter_context(socket_to(aws.endpoint.url))
            half.sendall(b"GET / HT")
        assert connection.sock.recv(1) == b""
        assert read_to_end(fresh) == read_to_end(half) == b""


def test_the_end_of_the_mock_ends_a_long_poll() -> None:
    with nothing_left_behind(), ExitStack() as stack:
        with mock_aws() as aws:
            queue = SESSION.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
            sock = stack.enter_context(socket_to(aws.endpoint.url))
            sock.sendall(long_poll(aws.endpoint.url, queue))
            send(aws.endpoint.url, "GET", "/")  # by then the poll is under way
        assert read_to_end(sock) == b""


def test_the_end_of_the_mock_ends_uploads_and_downloads() -> None:
    with ExitStack() as stack:
        with mock_aws() as aws:
            create_bucket("large")
            SESSION.client("s3").put_object(Bucket="large", Key="key", Body=bytes(20_000_000))
            up = stack.enter_context(socket_to(aws.endpoint.url))
            up.sendall(head("PUT", "/large/other", aws.endpoint.url, {"Content-Length": "1000"}) + b"begin")
            down = stack.enter_context(socket_to(aws.endpoint.url))
            down.sendall(head("GET", "/large/key", aws.endpoint.url))
            assert down.recv(4) == b"HTTP"
        assert read_to_end(up) == b""
        assert len(read_to_end(down)) < 20_000_000


def test_a_handler_may_end_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    # As where a generator that was left half way in a mock is collected while a handler runs.
    def list_buckets(*_: Any, **__: Any) -> list[Any]:
        aws.stop()
        return []

    with nothing_left_behind():
        threads = set(threading.enumerate())
        aws = mock_aws(endpoint=True)
        aws.start()
        url = aws.endpoint.url
        [server] = set(threading.enumerate()) - threads
        with monkeypatch.context() as patch, socket_to(url) as sock:
            patch.setattr(S3Backend, "list_buckets", list_buckets)
            sock.sendall(head("GET", "/", url))
            read_to_end(sock)
        server.join()
        assert not is_open(url)
        with mock_aws():  # at the latest with the next one, the end that was left to a thread has come
            pass


@pytest.mark.thorough
def test_the_process_may_end_before_the_mock_does() -> None:
    program = """
import socket
from aiomoto import mock_aws
aws = mock_aws(endpoint=True)
aws.start()
port = int(aws.endpoint.url.rpartition(":")[2])
connection = socket.create_connection(("127.0.0.1", port))
connection.sendall(b"GET / HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\n\\r\\n" % port)
assert connection.recv(8) == b"HTTP/1.1"
connection.detach()
"""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", program]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_neither_ends_it_nor_keeps_it_open() -> None:
    program = """
import http.client, os, signal, socket
import warnings
warnings.filterwarnings("ignore", "This process", DeprecationWarning)  # of Python 3.12 on: it has threads
from aiomoto import mock_aws

def is_open():
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0

with mock_aws(endpoint=True) as aws:
    port = int(aws.endpoint.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/")
    connection.getresponse().read()
    started, go_on = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        aws.stop()  # its copy of the mock
        os.write(started[1], b"x")
        os.read(go_on[0], 1)
        os._exit(0)
    os.read(started[0], 1)
    assert is_open()
    connection.request("GET", "/")
    connection.getresponse().read()
# The child still has all that was open when it was forked.
assert not is_open()
assert connection.sock.recv(1) == b""
os.write(go_on[1], b"x")
assert os.waitpid(child, 0)[1] == 0
"""
    result = run_source(program)
    assert (result.returncode, result.stderr) == (0, "")


# ---------------------------------------------------------------- one AWS


def long_poll(url: str, queue: str) -> bytes:
    """A request that waits for a message for 20 seconds."""
    body = json.dumps({"QueueUrl": queue, "WaitTimeSeconds": 20}).encode()
    headers = {
        **signed("sqs"),
        "X-Amz-Target": "AmazonSQS.ReceiveMessage",
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    return head("POST", "/", url, headers) + body


def test_clients_in_process_use_it_without_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> None:
        raise AssertionError("a client in process opened a socket")

    async def use_aiobotocore() -> None:
        async with get_session().create_client("s3") as client:
            assert client.meta.endpoint_url == os.environ["AWS_ENDPOINT_URL"]
            await client.create_bucket(Bucket="async")

    with mock_aws(endpoint=True) as aws, monkeypatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, connect)
        client = SESSION.client("s3", endpoint_url=aws.endpoint.url)
        client.create_bucket(Bucket="sync")
        asyncio.run(use_aiobotocore())
        assert bucket_names() == ["async", "sync"]
        patch.undo()
        assert b"<Name>async</Name>" in send(aws.endpoint.url, "GET", "/").body


@pytest.mark.anyio
async def test_every_way_to_run_aiobotocore_shares_it(client: ClientFactory) -> None:
    async with mock_aws(endpoint=True) as aws, client("s3") as s3:
        await s3.create_bucket(Bucket="shared")
        await s3.put_object(Bucket="shared", Key="key", Body=b"from in process")
        assert send(aws.endpoint.url, "GET", "/shared/key").body == b"from in process"
        send(aws.endpoint.url, "PUT", "/shared/key", b"from outside")
        assert await (await s3.get_object(Bucket="shared", Key="key"))["Body"].read() == b"from outside"


def test_a_long_poll_holds_up_nobody_and_ends_when_a_message_comes() -> None:
    with mock_aws() as aws:
        queue = SESSION.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
        with ExitStack() as stack:
            polls = [stack.enter_context(socket_to(aws.endpoint.url)) for _ in range(20)]
            for poll in polls:
                poll.sendall(long_poll(aws.endpoint.url, queue))
            assert send(aws.endpoint.url, "GET", "/").status == 200
            for number in range(10):
                SESSION.client("sqs").send_message(QueueUrl=queue, MessageBody=f"job-{number}")
            for number in range(10, 20):
                sqs(aws.endpoint.url, "SendMessage", QueueUrl=queue, MessageBody=f"job-{number}")
            answers = [read_to_end(poll) for poll in polls]
        assert all(any(f"job-{number}".encode() in answer for answer in answers) for number in range(20))


def test_a_client_that_leaves_a_long_poll_takes_no_message() -> None:
    with mock_aws() as aws:
        url = aws.endpoint.url
        queue = SESSION.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
        with socket_to(url) as poll:
            poll.sendall(long_poll(url, queue))
            send(url, "GET", "/")
        for _ in range(3):
            send(url, "GET", "/")  # by then the endpoint has seen the other connection's end
        SESSION.client("sqs").send_message(QueueUrl=queue, MessageBody="job")
        found = SESSION.client("sqs").receive_message(QueueUrl=queue)
    assert [message["Body"] for message in found["Messages"]] == ["job"]


@pytest.mark.thorough
def test_a_slow_handler_holds_up_nobody() -> None:
    with mock_aws() as aws:
        SESSION.client("swf").register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
        body = json.dumps({"domain": "shop", "taskList": {"name": "orders"}}).encode()
        headers = {
            **signed("swf"),
            "X-Amz-Target": "SimpleWorkflowService.PollForDecisionTask",
            "Content-Type": "application/x-amz-json-1.0",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        with socket_to(aws.endpoint.url) as sock:
            sock.sendall(head("POST", "/", aws.endpoint.url, headers) + body)  # Moto sleeps for a second
            assert send(aws.endpoint.url, "GET", "/").status == 200
            assert [call.outcome for call in aws.calls.filter("swf", "PollForDecisionTask")] == ["pending"]
            assert read_to_end(sock).startswith(b"HTTP/1.1 200 ")


# ---------------------------------------------------------------- several mocks


@pytest.mark.parametrize("first_to_end", [0, 1])
def test_each_mock_has_its_own(first_to_end: int) -> None:
    with nothing_left_behind():
        only_s3 = mock_aws(endpoint=True, config={"core": {"service_whitelist": ["s3"]}})
        only_sqs = mock_aws(endpoint=True, config={"core": {"service_whitelist": ["sqs"]}})
        mocks = [only_s3, only_sqs]
        for mock in mocks:
            mock.start()
        for url, allowed in ((only_s3.endpoint.url, "s3"), (only_sqs.endpoint.url, "sqs")):
            assert (send(url, "GET", "/").status == 200) == (allowed == "s3")
            assert (sqs(url, "ListQueues").status == 200) == (allowed == "sqs")
        ended = mocks.pop(first_to_end)
        url = ended.endpoint.url
        ended.stop()
        assert not is_open(url)
        assert is_open(mocks[0].endpoint.url)
        mocks[0].stop()


def test_what_a_handler_asks_of_aws_itself_goes_the_same_way() -> None:
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "from-stack"}}}}
    with mock_aws() as outer, mock_aws(config={"core": {"service_whitelist": []}}):
        body = f"Action=CreateStack&StackName=stack&Version=2010-05-15&TemplateBody={json.dumps(template)}".encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert send(outer.endpoint.url, "POST", "/", body, form, "cloudformation").status == 200
        assert b"<Name>from-stack</Name>" in send(outer.endpoint.url, "GET", "/").body


@pytest.mark.thorough
def test_another_process_has_an_endpoint_and_an_aws_of_its_own() -> None:
    # As two workers of pytest-xdist have.
    program = """
import sys
from aiomoto import mock_aws
with mock_aws(endpoint=True) as aws:
    print(aws.endpoint.url, flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", program]
    with (
        mock_aws(endpoint=True) as aws,
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker,
    ):
        assert worker.stdout
        theirs = worker.stdout.readline().strip()
        assert theirs != aws.endpoint.url
        send(theirs, "PUT", "/bucket-of-theirs")
        send(aws.endpoint.url, "PUT", "/bucket-of-ours")
        found = [send(url, "GET", "/").body.count(b"bucket-of-ours") for url in (aws.endpoint.url, theirs)]
        worker.communicate("")
    assert found == [1, 0]
