"""One attempt to deliver something to a function, as the services make it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import partial
from typing import Any

from aiomoto._functions.chain import begin_alone
from aiomoto._functions.handler import Registered
from aiomoto._functions.places import Place
from aiomoto._functions.running import Cause, Outcome, Throttled, run
from aiomoto._functions.runtime import Runtime
from aiomoto._moto import event_sources
from aiomoto._moto.lambdas import Target


async def attempt(
    runtime: Runtime, place: Place, found: tuple[Target, Registered], event: Any, source: str, items: Sequence[str]
) -> Outcome | None:
    """Run a function synchronously with a batch; ``None`` if it is throttled.

    Args:
        runtime: what runs it.
        place: where to wait.
        found: the function and its handler.
        event: the event.
        source: the ARN of what it comes from.
        items: what is in the batch.
    """
    target, handler = found
    try:
        return await run(
            runtime, place, target, handler, json.dumps(event).encode(), Cause(source, delivery=tuple(items))
        )
    except Throttled:
        return None


def failed_items(outcome: Outcome | None, items: Sequence[str], *, reports: bool) -> Sequence[str]:
    """Those of a batch that were not processed.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

    Args:
        outcome: how the attempt has ended; ``None`` if it was throttled.
        items: the ids of all.
        reports: whether the function reports them (``ReportBatchItemFailures``).
    """
    if outcome is None or outcome.error is not None:
        return items
    if not reports:
        return ()
    try:
        result = json.loads(outcome.payload) or {}
        failures = result.get("batchItemFailures") or []
        failed = [each["itemIdentifier"] for each in failures]
    except (AttributeError, KeyError, TypeError, ValueError):
        return items
    return failed if all(each in items for each in failed) else items


def later(runtime: Runtime, key: object, title: str, seconds: float, job: Any) -> None:
    """Do a job later."""
    runtime.own.pending.add(key, title, seconds, partial(begin_alone, [job], runtime))


def timestamp() -> str:
    """The time as destinations get it."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def destination(config: Any, kind: str) -> str | None:
    """The ARN of a destination of a function or of a mapping; ``None`` if there is none."""
    found = ((config or {}).get("DestinationConfig") or {}).get(kind) or {}
    arn: str | None = found.get("Destination")
    return arn


def deliver(arn: str, record: dict[str, Any], *, succeeded: bool) -> None:
    """Send the record of an invocation to a destination. The lock is held."""
    outcome = "Success" if succeeded else "Failure"
    event_sources.deliver(arn, json.dumps(record), f"Lambda Function Invocation Result - {outcome}")
