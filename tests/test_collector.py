"""Python's garbage collector while a mock loads what it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import gc, json, sys
if sys.argv[1] == "off":
    gc.disable()
loads, states = json.loads, set()
def spy(*args, **kwargs):
    if len(args[0]) > 100_000:
        states.add(gc.isenabled())
    return loads(*args, **kwargs)
import boto3
from aiomoto import mock_aws
with mock_aws():
    json.loads = spy
    boto3.client("s3", "us-east-1").create_bucket(Bucket="lake")
    json.loads = loads
assert states == {False}, states
print("on" if gc.isenabled() else "off")
"""


@pytest.mark.thorough
@pytest.mark.parametrize("state", ["on", "off"])
def test_it_is_paused_while_models_are_parsed_and_then_as_before(state: str) -> None:
    # A process in which nothing has been parsed.
    result = subprocess.run([sys.executable, "-c", PROGRAM, state], capture_output=True, text=True, timeout=60)

    assert (result.stdout, result.stderr) == (f"{state}\n", "")
