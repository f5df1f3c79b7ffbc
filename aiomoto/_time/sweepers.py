"""All that may fall due, of the services whose modules Moto has loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module

from aiomoto._time.due import Sweeper

# Moto's module that it needs, and the sweeper. Where several things fall due at once, the first ones come first.
_TABLE = (
    ("moto.sqs.models", "polls", "due_polls"),
    ("moto.awslambda.models", "functions", "due_functions"),
    ("moto.stepfunctions.parser.models", "waits", "due_waits"),
    ("moto.events.models", "schedules", "due_rules"),
    ("moto.scheduler.models", "schedules", "due_schedules"),
    ("moto.secretsmanager.models", "schedules", "due_rotations"),
    ("moto.dynamodb.models", "expiry", "expired_items"),
    ("moto.sqs.models", "expiry", "expired_messages"),
    ("moto.kinesis.models", "expiry", "expired_records"),
    ("moto.logs.models", "expiry", "expired_events"),
    ("moto.secretsmanager.models", "expiry", "deleted_secrets"),
    ("moto.kms.models", "expiry", "deleted_keys"),
    ("moto.s3.models", "lifecycle", "due_in_buckets"),
    ("moto.cognitoidp.models", "refusals", "expired_refresh_tokens"),
)


def sweepers() -> Iterator[Sweeper]:
    """Find the sweepers that may find something: the modules of the others are not even imported."""
    for needed, module, name in _TABLE:
        if needed in sys.modules:
            yield getattr(import_module(f"aiomoto._time.{module}"), name)
