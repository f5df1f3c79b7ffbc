"""Streams of Kinesis and DynamoDB that invoke functions: batches in order, retries, bisecting, a failure destination.

https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from aiomoto._functions import mappings
from aiomoto._functions.acting import act
from aiomoto._functions.attempts import attempt, deliver, destination, failed_items, later, timestamp
from aiomoto._functions.chain import at_hop, carry_out, next_hop
from aiomoto._functions.handler import Registered
from aiomoto._functions.places import Place
from aiomoto._functions.running import Outcome
from aiomoto._functions.runtime import Runtime
from aiomoto._moto import event_sources
from aiomoto._moto.lambdas import Target
from aiomoto._moto.triggered import Mapping, Recorded

_LONGEST_PAUSE = 60  # seconds between two attempts


class _Item(NamedTuple):
    """A record that has not been delivered, and how many functions led to it."""

    record: dict[str, Any]
    hops: int

    @property
    def id(self) -> str:
        return str(
            (self.record.get("kinesis") or {}).get("sequenceNumber") or self.record["dynamodb"]["SequenceNumber"]
        )


class _Backlog:
    """The records of one shard that have not been delivered to one function.

    Attributes:
        items: those that no attempt had yet.
        again: batches that are to be tried again before them, with the number of their attempts.
        last: the number of the last record that was among them; ``None`` if there was none yet.
        is_at_work: whether a function has a batch of it, or a batch of it waits for its next attempt.
    """

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self.again: list[tuple[list[_Item], int]] = []
        self.last: int | None = None
        self.is_at_work = False


class _Taken(NamedTuple):
    found: tuple[Target, Registered]
    items: list[_Item]
    attempts: int


@dataclass
class Batch:
    """The next batch of one shard, for one function.

    Attributes:
        mapping: the event source mapping.
        shard: the id of the shard.
        waited: whether its batching window, or the pause before its next attempt, is over.
        hops: how many functions led to it.
    """

    mapping: Mapping
    shard: str
    waited: bool = False
    hops: int = field(default_factory=next_hop)

    @property
    def title(self) -> str:
        """What it is, for messages."""
        return f"the function of the stream {self.mapping.source.split('/')[1]!r}"

    def add(self, runtime: Runtime, recorded: Recorded) -> None:
        """Add records behind those that have not been delivered; of all records of a shard, those that are new."""
        backlog, items = self._backlog(runtime), [_Item(each, self.hops) for each in recorded.records]
        newest = int(items[-1].id) if items else 0
        if recorded.since is not None:
            known = backlog.last if backlog.last is not None else 0 if recorded.since == "TRIM_HORIZON" else newest
            items = [each for each in items if int(each.id) > known]
        backlog.items += items
        backlog.last = newest

    def _backlog(self, runtime: Runtime) -> _Backlog:
        backlog: _Backlog = runtime.own.backlogs.setdefault((self.mapping.uuid, self.shard), _Backlog())
        return backlog

    async def carry_out(self, runtime: Runtime, place: Place) -> None:
        """Run the function with a batch; then with the next one."""
        taken = await act(runtime, place, partial(self._take, runtime))
        if taken is None:
            return
        ids = [each.id for each in taken.items]
        names = [f"{self.mapping.uuid}:{self.shard}:{each}" for each in ids]
        outcome = None
        try:
            with at_hop(max(each.hops for each in taken.items), self.title):
                records = [each.record for each in taken.items]
                outcome = await attempt(runtime, place, taken.found, {"Records": records}, self.mapping.source, names)
        finally:
            self._backlog(runtime).is_at_work = False
        if await act(runtime, place, partial(self._settle, runtime, taken, outcome, ids, names)):
            await carry_out([replace(self, waited=False)], runtime, place)

    def _take(self, runtime: Runtime) -> _Taken | None:
        backlog, mapping = self._backlog(runtime), event_sources.find(self.mapping)
        found = mappings.function_of(runtime, mapping)
        if found is None or (backlog.is_at_work and not self.waited):
            return None
        backlog.items = [each for each in backlog.items if _matches(mapping, each.record)]
        if backlog.again:
            items, attempts = backlog.again.pop(0)
        elif self._waits_for_more(runtime, mapping, backlog):
            return None
        else:
            items, attempts = backlog.items[: mapping.batch_size], 0
            del backlog.items[: len(items)]
        if not items:
            return None
        backlog.is_at_work = True
        return _Taken(found, items, attempts)

    def _waits_for_more(self, runtime: Runtime, mapping: Any, backlog: _Backlog) -> bool:
        window = mapping.max_batch_window or 0
        if self.waited or not window or not 0 < len(backlog.items) < mapping.batch_size:
            return False
        self._later(runtime, window)
        return True

    def _settle(
        self, runtime: Runtime, taken: _Taken, outcome: Outcome | None, ids: Sequence[str], names: Sequence[str]
    ) -> bool:
        """Note what was delivered, and when to try the rest again. Tell whether to go on at once."""
        backlog, mapping = self._backlog(runtime), event_sources.find(self.mapping)
        reports = mapping is not None and mappings.reports_items(mapping)
        failed = failed_items(outcome, ids, reports=reports)
        first = min((ids.index(each) for each in failed), default=len(ids))
        runtime.own.delivered.update(names[:first])
        rest = taken.items[first:]
        if not rest or mapping is None:
            return True
        attempts = taken.attempts + 1 if first == 0 else 1
        most = -1 if mapping.max_retry_attempts is None else int(mapping.max_retry_attempts)
        if mapping.bisect_on_error and len(rest) > 1:
            half = len(rest) // 2
            backlog.again[:0] = [(rest[:half], taken.attempts), (rest[half:], taken.attempts)]
            return True
        if 0 <= most < attempts:
            self._give_up(mapping, taken, rest, attempts, outcome)
            return True
        backlog.again.insert(0, (rest, attempts))
        backlog.is_at_work = True
        self._later(runtime, min(2 ** (attempts - 1), _LONGEST_PAUSE))
        return False

    def _give_up(self, mapping: Any, taken: _Taken, rest: list[_Item], attempts: int, outcome: Outcome | None) -> None:
        arn = destination({"DestinationConfig": mapping.destination_config}, "OnFailure")
        if arn is None or outcome is None:
            return
        is_kinesis = ":kinesis:" in self.mapping.source
        record = {
            "requestContext": {
                "requestId": outcome.request_id,
                "functionArn": taken.found[0].invoked_arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": attempts,
            },
            "responseContext": {
                "statusCode": 200,
                "executedVersion": taken.found[0].version,
                "functionError": "Unhandled",
            },
            "version": "1.0",
            "timestamp": timestamp(),
            "KinesisBatchInfo" if is_kinesis else "DDBStreamBatchInfo": {
                "shardId": self.shard,
                "startSequenceNumber": rest[0].id,
                "endSequenceNumber": rest[-1].id,
                "batchSize": len(rest),
                "streamArn": self.mapping.source,
            },
        }
        deliver(arn, record, succeeded=False)

    def _later(self, runtime: Runtime, seconds: float) -> None:
        later(runtime, (self.mapping, self.shard), self.title, seconds, replace(self, waited=True, hops=1))


def _matches(mapping: Any, record: dict[str, Any]) -> bool:
    if "kinesis" not in record:
        return mappings.matches(mapping, record, None)
    data = base64.b64decode(record["kinesis"]["data"]).decode("utf-8", "replace")
    return mappings.matches(mapping, record["kinesis"] | {"data": data}, "data")
