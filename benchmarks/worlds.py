"""Measure isolated mocks and snapshots: what they cost, and what they spare.

python benchmarks/worlds.py [--rounds 5] [--server]

Times are CPU times of this process, which other load barely changes; ratios of medians are what counts. ``--server``
also starts Moto's server, resets it and seeds it over HTTP.
"""

from __future__ import annotations

import argparse
import gc
import logging
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import boto3

from aiomoto import Snapshot, mock_aws

REGION = "us-east-1"
_KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def client(service: str, endpoint: str | None) -> Any:
    """Create a boto3 client."""
    return boto3.client(service, REGION, endpoint_url=endpoint, **_KEYS)  # type: ignore[call-overload]


def seed(endpoint: str | None = None) -> None:
    """Create 10 buckets with 100 objects each, 5 tables with 500 items each, and 10 queues with 100 messages each."""
    s3, dynamodb, sqs = (client(service, endpoint) for service in ("s3", "dynamodb", "sqs"))
    for number in range(10):
        s3.create_bucket(Bucket=f"bucket-{number}")
        for key in range(100):
            s3.put_object(Bucket=f"bucket-{number}", Key=f"key-{key}", Body=b"x" * 100)
    for number in range(5):
        dynamodb.create_table(
            TableName=f"table-{number}",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for first in range(0, 500, 25):
            items = [{"PutRequest": {"Item": {"id": {"S": str(first + item)}}}} for item in range(25)]
            dynamodb.batch_write_item(RequestItems={f"table-{number}": items})
    for number in range(10):
        url = sqs.create_queue(QueueName=f"queue-{number}")["QueueUrl"]
        for first in range(0, 100, 10):
            entries = [{"Id": str(entry), "MessageBody": f"message {first + entry}"} for entry in range(10)]
            sqs.send_message_batch(QueueUrl=url, Entries=entries)


def seconds(action: Callable[[], object], rounds: int, clock: Callable[[], float] = time.process_time) -> float:
    """The median of the time that an action takes."""
    action()
    taken = []
    for _ in range(rounds):
        gc.collect()
        began = clock()
        action()
        taken.append(clock() - began)
    return statistics.median(taken)


def times(count: int, action: Callable[[], object]) -> Callable[[], object]:
    """Repeat a short action."""

    def repeat() -> None:
        for _ in range(count):
            action()

    return repeat


def enter(**options: Any) -> None:
    """Enter and leave a mock."""
    with mock_aws(**options):
        pass


def print_entering(rounds: int) -> None:
    """Print what an empty isolated mock costs beside another mock, against a mock on its own."""
    alone = seconds(times(100, enter), rounds) / 100
    isolated_alone = seconds(times(100, lambda: enter(isolated=True)), rounds) / 100
    with mock_aws():
        beside = seconds(times(100, lambda: enter(isolated=True)), rounds) / 100
    for name, taken in (
        ("enter and leave mock_aws()", alone),
        ("the same, isolated, beside another mock", beside),
        ("the same, isolated, on its own", isolated_alone),
    ):
        print(f"{name:56}{taken * 1e6:8.0f} µs   {taken / alone:.2f}")


def print_states(rounds: int) -> None:
    """Print what a snapshot costs, against seeding anew."""
    with mock_aws() as aws:
        seed()
        snapshot = aws.snapshot()
        taking = seconds(aws.snapshot, rounds)
        restoring = seconds(lambda: aws.restore(snapshot), rounds)
    seeding = seconds(_seed_anew, max(rounds // 3, 1))
    starting = seconds(lambda: enter(state=snapshot), rounds)
    with mock_aws():
        isolated = seconds(lambda: enter(state=snapshot, isolated=True), rounds)
    print(f"\n{snapshot!r}")
    print(f"seed it with boto3                                      {seeding * 1e3:8.1f} ms")
    for name, taken in (
        ("take a snapshot", taking),
        ("restore it", restoring),
        ("enter and leave a mock with it", starting),
        ("the same, isolated, beside another mock", isolated),
    ):
        print(f"{name:56}{taken * 1e3:8.1f} ms   1/{seeding / taken:.0f} of seeding")


def _seed_anew() -> None:
    with mock_aws():
        seed()


def print_memory() -> None:
    """Print the memory of 100 isolated mocks, each with a bucket, a table and a queue."""
    mocks: list[Any] = []
    with mock_aws():
        snapshot = _small()
        for _ in range(3):
            enter(isolated=True, state=snapshot)
        gc.collect()
        tracemalloc.start()
        for _ in range(100):
            mocks.append(mock_aws(isolated=True, state=snapshot))
            mocks[-1].start()
        gc.collect()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        for each in reversed(mocks):
            each.stop()
    print(f"\n100 isolated mocks, each with a bucket, a table and a queue: {size / 2**20:.1f} MiB")


def _small() -> Snapshot:
    with mock_aws(isolated=True) as aws:
        client("s3", None).create_bucket(Bucket="bucket")
        client("sqs", None).create_queue(QueueName="queue")
        client("dynamodb", None).create_table(
            TableName="table",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return aws.snapshot()


def print_server(rounds: int) -> None:
    """Print what resetting and seeding Moto's server costs, in wall time: it works in another thread."""
    from moto.server import ThreadedMotoServer
    from requests import post

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"

    def reset_and_seed() -> None:
        post(f"{url}/moto-api/reset", timeout=60)
        seed(url)

    taken = seconds(reset_and_seed, max(rounds // 3, 1), time.perf_counter)
    server.stop()
    print(f"\nreset Moto's server and seed it, wall time                {taken * 1e3:8.1f} ms")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Measure isolated mocks and snapshots.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default: 5)")
    parser.add_argument("--server", action="store_true", help="measure Moto's server too")
    arguments = parser.parse_args()
    print_entering(arguments.rounds)
    print_states(arguments.rounds)
    print_memory()
    if arguments.server:
        print_server(arguments.rounds)


if __name__ == "__main__":
    main()
