"""Measure moves of ``aws.clock``, in milliseconds: the first of a process, the first of a later mock, and the next.

python benchmarks/clock.py [--rounds 10]

Each round is a process of its own, in which S3 and SQS have been used. One more comes before, and writes the bytecode.
Times are CPU times, which other load barely changes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import boto3

from aiomoto import mock_aws

KINDS = ("first of a process", "first of a later mock", "next of the same mock")


def client(service: str) -> Any:
    """Create a boto3 client."""
    return boto3.client(service, "us-east-1")  # type: ignore[call-overload]


def moves() -> list[float]:
    """Move the clocks of two mocks, twice each."""
    taken = []
    for _ in range(2):
        with mock_aws() as aws:
            client("s3").create_bucket(Bucket="photos")
            client("sqs").create_queue(QueueName="jobs")
            for _ in range(2):
                start = time.process_time()
                aws.clock.advance(1)
                taken.append((time.process_time() - start) * 1000)
    first, _, later, following = taken
    return [first, later, following]


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--one", action="store_true", help="print the moves of this process")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(moves()))
        return
    command = [sys.executable, __file__, "--one"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    rounds = [json.loads(subprocess.check_output(command, env=environment)) for _ in range(options.rounds + 1)][1:]
    for number, kind in enumerate(KINDS):
        print(f"{kind:24} {statistics.median(taken[number] for taken in rounds):6.2f} ms")


if __name__ == "__main__":
    main()
