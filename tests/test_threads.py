"""boto3 in threads, aiobotocore on the main loop and on another in a thread, all at once against one set of data."""

from __future__ import annotations

import io
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Semaphore
from typing import Any

import anyio
import anyio.lowlevel
import boto3
import pytest
from anyio.to_thread import run_sync

from aiomoto import RequestBlockedError, mock_aws
from tests.conftest import ClientFactory, Stack
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.thorough

REGION = "us-east-1"
DEADLINE = 60  # seconds, for what would otherwise never end


def boto3_client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def create_table() -> None:
    boto3_client("dynamodb").create_table(
        TableName="counters",
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def addition(name: str) -> dict[str, Any]:
    return {
        "TableName": "counters",
        "Key": {"name": {"S": name}},
        "UpdateExpression": "ADD amount :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }


# ---------------------------------------------------------------- all at once


def work_in_a_thread(clients: dict[str, Any], queue: str, worker: str, rounds: int) -> None:
    for number in range(rounds):
        clients["dynamodb"].update_item(**addition("all"))
        clients["s3"].put_object(Bucket="photos", Key=f"{worker}-{number:02}", Body=b"")
        clients["sqs"].send_message(QueueUrl=queue, MessageBody=f"{worker}-{number:02}")


async def work_on_a_loop(clients: dict[str, Any], queue: str, worker: str, rounds: int) -> None:
    for number in range(rounds):
        await clients["dynamodb"].update_item(**addition("all"))
        await clients["s3"].put_object(Bucket="photos", Key=f"{worker}-{number:02}", Body=b"")
        await clients["sqs"].send_message(QueueUrl=queue, MessageBody=f"{worker}-{number:02}")


async def workers_on_a_loop(client: ClientFactory, queue: str, workers: list[str], rounds: int) -> None:
    async with (
        client("dynamodb", region_name=REGION) as dynamodb,
        client("s3", region_name=REGION) as s3,
        client("sqs", region_name=REGION) as sqs,
        anyio.create_task_group() as tasks,
    ):
        for worker in workers:
            clients = {"dynamodb": dynamodb, "s3": s3, "sqs": sqs}
            tasks.start_soon(work_on_a_loop, clients, queue, worker, rounds)


@pytest.mark.anyio
async def test_threads_and_loops_at_once_lose_nothing(client: ClientFactory, stack: Stack) -> None:
    in_threads = [f"thread-{number}" for number in range(8)]
    here, elsewhere = [f"here-{number}" for number in range(6)], [f"elsewhere-{number}" for number in range(4)]
    expected = sorted(f"{worker}-{number:02}" for worker in in_threads + here + elsewhere for number in range(5))

    with mock_aws():
        create_table()
        boto3_client("s3").create_bucket(Bucket="photos")
        queue = boto3_client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                for worker in in_threads:
                    clients = {service: boto3_client(service) for service in ("dynamodb", "s3", "sqs")}
                    tasks.start_soon(run_sync, work_in_a_thread, clients, queue, worker, 5)
                other = partial(anyio.run, workers_on_a_loop, client, queue, elsewhere, 5, backend=stack.loop)
                tasks.start_soon(run_sync, other)
                tasks.start_soon(workers_on_a_loop, client, queue, here, 5)

        counted = boto3_client("dynamodb").get_item(TableName="counters", Key={"name": {"S": "all"}})["Item"]
        stored = boto3_client("s3").list_objects_v2(Bucket="photos")["Contents"]
        sent = boto3_client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])

    assert counted["amount"] == {"N": "90"}
    assert [each["Key"] for each in stored] == expected
    assert sent["Attributes"]["ApproximateNumberOfMessages"] == "90"


@pytest.mark.anyio
async def test_a_task_gets_on_beside_eight_busy_threads(client: ClientFactory) -> None:
    over, requests = Event(), Counter[str]()

    def hammer(s3: Any, name: str) -> None:
        while not over.is_set():
            s3.put_object(Bucket="photos", Key=name, Body=b"")
            requests[name] += 1

    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        async with anyio.create_task_group() as tasks:
            for number in range(8):
                tasks.start_soon(run_sync, hammer, boto3_client("s3"), str(number))
            try:
                with anyio.fail_after(DEADLINE):
                    while len(requests) < 8:  # until all of them are busy
                        await anyio.lowlevel.checkpoint()
                    begun = sum(requests.values())
                    for _ in range(20):
                        await s3.list_buckets()
                    done = sum(requests.values()) - begun
            finally:
                over.set()

    # As many as the threads in fair turns would be 20 each. A task that has to be lucky gets one in thousands.
    assert done < 20 * 8 * 10


def create_table_and_function() -> None:
    create_table()
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    role = boto3_client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    function = {"FunctionName": "resize", "Runtime": "python3.11", "Handler": "main.handler", "Role": role}
    boto3_client("lambda").create_function(**function, Code={"ZipFile": code.getvalue()})


@pytest.fixture
def switching_threads_often() -> Any:
    """What threads do between two steps of each other's shows up soon."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.anyio
@pytest.mark.usefixtures("switching_threads_often")
@pytest.mark.parametrize(
    "prepare", [pytest.param(create_table, id="plain"), pytest.param(create_table_and_function, id="with-a-function")]
)
async def test_of_many_conditional_writes_one_wins(prepare: Callable[[], None], client: ClientFactory) -> None:
    won = Counter[int]()

    async def write(number: int) -> None:
        item = {"name": {"S": str(number)}}
        try:
            await dynamodb.put_item(TableName="counters", Item=item, **condition)
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return
        won[number] += 1

    condition = {
        "ConditionExpression": "attribute_not_exists(#name)",
        "ExpressionAttributeNames": {"#name": "name"},
    }
    async with mock_aws(), client("dynamodb", region_name=REGION) as dynamodb:
        prepare()
        async with anyio.create_task_group() as tasks:
            for number in range(10):
                for _ in range(10):
                    tasks.start_soon(write, number)

    assert won == dict.fromkeys(range(10), 1)


# ---------------------------------------------------------------- the end of the mock


def hammer_until_it_fails(s3: Any, under_way: Semaphore) -> Exception:
    try:
        while True:
            s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"")
            under_way.release()
    except Exception as error:
        return error


async def hammer_on_a_loop_until_it_fails(client: ClientFactory, under_way: Semaphore) -> Exception:
    async with client("s3", region_name=REGION) as s3:
        try:
            while True:
                await s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"")
                under_way.release()
        except Exception as error:
            return error


def test_threads_still_at_it_when_the_mock_ends_are_blocked(client: ClientFactory, stack: Stack) -> None:
    for _ in range(2):
        under_way = [Semaphore(0) for _ in range(9)]
        with ThreadPoolExecutor(9) as threads:
            with mock_aws():
                boto3_client("s3").create_bucket(Bucket="photos")
                running = [threads.submit(hammer_until_it_fails, boto3_client("s3"), each) for each in under_way[:8]]
                on_a_loop = partial(hammer_on_a_loop_until_it_fails, client, under_way[8])
                running.append(threads.submit(anyio.run, on_a_loop, backend=stack.loop))
                for each in under_way * 5:
                    each.acquire()
            errors = [one.result(timeout=DEADLINE) for one in running]

        assert [type(error) for error in errors] == [RequestBlockedError] * 9
