"""A forked process works with its parent's endpoint, or may only read its copy of the data."""

from __future__ import annotations

import os
from textwrap import dedent

import pytest

from tests.programs import run_source

pytestmark = [pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"), pytest.mark.thorough]

# `in_child` runs a function in a child and returns what it returns, or its error as a string.
HEAD = """
import asyncio, json, os, sys, urllib.request, warnings
import boto3
import pytest
from aiobotocore.session import get_session
from aiomoto import mock_aws

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
warnings.filterwarnings("ignore", "This process", DeprecationWarning)  # of Python 3.12 on: it has threads

def in_child(function, *args):
    reader, writer = os.pipe()
    if not (pid := os.fork()):
        try:
            result = function(*args)
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
        os.write(writer, json.dumps(result).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        result = json.load(pipe)
    assert os.waitpid(pid, 0)[1] == 0
    return result

def put(key, **client):
    boto3.client("s3", **client).put_object(Bucket="reports", Key=key, Body=b"x" * 100_000)

def keys():
    return [each["Key"] for each in boto3.client("s3").list_objects_v2(Bucket="reports").get("Contents", [])]

def read(key):
    return boto3.client("s3").get_object(Bucket="reports", Key=key)["Body"].read().decode()
"""


def run(program: str) -> None:
    """Run a program; it must end well and print nothing."""
    result = run_source(HEAD + dedent(program))
    assert (result.returncode, result.stderr, result.stdout) == (0, "", ""), result.stderr


def test_with_an_endpoint_it_writes_to_the_parents_data() -> None:
    run("""
    with mock_aws(endpoint=True) as aws:
        boto3.client("s3").create_bucket(Bucket="reports")
        in_child(put, "june")
        assert keys() == ["june"]
        assert in_child(keys) == ["june"]
        assert aws.calls.filter("s3", "PutObject")[0].backend == "endpoint"
        assert in_child(in_child, put, "of a grandchild") is None
        assert keys() == ["june", "of a grandchild"]
    """)


def test_with_an_endpoint_every_client_reaches_the_parent() -> None:
    run("""
    async def put_on_a_loop():
        async with get_session().create_client("s3") as s3:
            await s3.put_object(Bucket="reports", Key="aiobotocore", Body=b"x" * 100_000)
            return len(await (await s3.get_object(Bucket="reports", Key="aiobotocore"))["Body"].read())

    def put_presigned():
        s3 = boto3.client("s3", endpoint_url="https://s3.us-east-1.amazonaws.com")
        url = s3.generate_presigned_url("put_object", Params={"Bucket": "reports", "Key": "presigned"})
        return urllib.request.urlopen(urllib.request.Request(url, b"all is well", method="PUT")).status

    with mock_aws() as aws:
        older = boto3.client("s3")
        older.create_bucket(Bucket="reports")
        aws.endpoint.url
        in_child(lambda: older.put_object(Bucket="reports", Key="older") and None)
        in_child(lambda: put("custom", endpoint_url="http://minio.local:9000/root"))
        assert in_child(lambda: asyncio.run(put_on_a_loop())) == 100_000
        assert in_child(put_presigned) == 200
        assert keys() == ["aiobotocore", "custom", "older", "presigned"]
        assert read("presigned") == "all is well"
    """)


def test_with_an_endpoint_errors_and_failures_are_those_of_other_processes() -> None:
    run("""
    with mock_aws(endpoint=True) as aws:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="reports")
        put("june")
        assert in_child(read, "july").startswith("NoSuchKey: ")
        aws.faults.add("s3", "PutObject", raises="reset", times=1)
        in_child(put, "tried twice")
        assert [call.outcome for call in aws.calls.filter("s3", "PutObject")][1:] == ["reset", "200"]
        aws.faults.add("s3", "GetObject", cut_after=10, times=1)
        assert in_child(read, "june").startswith(("ResponseStreamingError: ", "IncompleteReadError: "))
    """)


def test_a_task_that_is_cancelled_in_a_child_takes_no_message() -> None:
    run("""
    async def poll(url):
        async with get_session().create_client("sqs") as sqs:
            try:
                await asyncio.wait_for(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20), 0.5)
            except asyncio.TimeoutError:
                return "cancelled"

    with mock_aws(endpoint=True):
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        assert in_child(lambda: asyncio.run(poll(url))) == "cancelled"
        sqs.send_message(QueueUrl=url, MessageBody="for the parent")
        assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "for the parent"
    """)


def test_a_child_that_outlives_the_mock_is_told_so() -> None:
    run("""
    def wait_and_put():
        os.close(go_on[1])
        os.read(go_on[0], 1)
        put("late")

    def fork_and_end():
        with mock_aws(endpoint=True):
            boto3.client("s3").create_bucket(Bucket="reports")
            reader, writer = os.pipe()
            if not (pid := os.fork()):
                result = in_process(wait_and_put)
                os.write(writer, result.encode())
                os._exit(0)
        os.close(writer)
        os.close(go_on[0]), os.close(go_on[1])
        with open(reader) as pipe:
            assert "has ended in the parent process" in pipe.read()
        assert os.waitpid(pid, 0)[1] == 0

    def in_process(function):
        try:
            function()
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    go_on = os.pipe()
    fork_and_end()
    """)


def test_without_an_endpoint_it_reads_and_is_refused_to_write() -> None:
    run("""
    async def put_on_a_loop():
        async with get_session().create_client("s3") as s3:
            await s3.put_object(Bucket="reports", Key="june", Body=b"x")

    with mock_aws() as aws:
        boto3.client("s3").create_bucket(Bucket="reports")
        boto3.client("s3").put_object(Bucket="reports", Key="may", Body=b"all is well")
        assert in_child(keys) == ["may"]
        assert in_child(read, "may") == "all is well"
        assert "was forked inside mock_aws()" in in_child(lambda: aws.endpoint.url)
        for function in (put, "june"), (lambda: asyncio.run(put_on_a_loop()),):
            error = in_child(*function)
            assert error.startswith("RequestBlockedError: s3 PutObject"), error
            assert "mock_aws(endpoint=True)" in error
        assert keys() == ["may"]
    """)


def test_operations_that_only_read_are_told_by_their_names_where_the_method_does_not_tell() -> None:
    run("""
    table = {"AttributeDefinitions": [{"AttributeName": "n", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
    reads = {
        "dynamodb": lambda client: client.scan(TableName="jobs"),
        "kms": lambda client: client.generate_data_key(KeyId=key, KeySpec="AES_256"),
        "sqs": lambda client: client.get_queue_url(QueueName="jobs"),
        "sts": lambda client: client.get_caller_identity(),
    }
    writes = {
        "dynamodb": lambda client: client.put_item(TableName="jobs", Item={"n": {"S": "1"}}),
        "kms": lambda client: client.create_key(),
        "sqs": lambda client: client.receive_message(QueueUrl=url),
        "sns": lambda client: client.create_topic(Name="jobs"),
    }

    def outcome(service, call):
        call(boto3.client(service))
        return "read"

    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="jobs", KeySchema=[{"AttributeName": "n", "KeyType": "HASH"}], **table
        )
        key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
        url = boto3.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
        assert {name: in_child(outcome, name, call) for name, call in reads.items()} == dict.fromkeys(reads, "read")
        refused = {name: in_child(outcome, name, call).partition(":")[0] for name, call in writes.items()}
        assert refused == dict.fromkeys(writes, "RequestBlockedError")
    """)


@pytest.mark.parametrize("endpoint", [False, True], ids=["without-endpoint", "with-endpoint"])
def test_a_mock_that_is_started_in_the_child_is_its_own(endpoint: bool) -> None:
    run(f"""
    def use_a_mock_of_its_own():
        with mock_aws() as own:
            put("june")
            assert len(own.calls) == 1
            return keys()

    with mock_aws(endpoint={endpoint}):
        boto3.client("s3").create_bucket(Bucket="reports")
        assert in_child(use_a_mock_of_its_own) == ["june"]
        assert keys() == []
    """)


def test_a_mock_that_is_started_in_a_child_of_no_mock_may_have_an_endpoint_and_children() -> None:
    run("""
    def use_a_mock_of_its_own():
        with mock_aws(endpoint=True):
            boto3.client("s3").create_bucket(Bucket="reports")
            in_child(put, "june")
            return keys()

    assert in_child(use_a_mock_of_its_own) == ["june"]
    """)
