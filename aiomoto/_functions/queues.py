"""Queues that invoke functions: batches, filters, partial failures, and messages that come again.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from aiomoto._functions import mappings
from aiomoto._functions.acting import act
from aiomoto._functions.attempts import attempt, failed_items, later
from aiomoto._functions.chain import at_hop, carry_out, next_hop
from aiomoto._functions.handler import Registered
from aiomoto._functions.places import Place
from aiomoto._functions.runtime import Runtime
from aiomoto._moto import event_sources
from aiomoto._moto.lambdas import Target
from aiomoto._moto.triggered import Mapping


class _Batch(NamedTuple):
    found: tuple[Target, Registered]
    messages: list[Any]
    reports: bool
    hops: int


@dataclass
class Poll:
    """A look into a queue, for one function.

    Attributes:
        mapping: the event source mapping.
        waited: whether its batching window is over.
        hops: how many functions led to it.
    """

    mapping: Mapping
    waited: bool = False
    hops: int = field(default_factory=next_hop)

    @property
    def title(self) -> str:
        """What it is, for messages."""
        return f"the function of the queue {self.mapping.source.rpartition(':')[2]!r}"

    async def carry_out(self, runtime: Runtime, place: Place) -> None:
        """Receive a batch, run the function, and delete what it has processed; then the next batch."""
        batch = await act(runtime, place, partial(self._receive, runtime))
        if batch is None:
            return
        ids = [each.id for each in batch.messages]
        with at_hop(batch.hops, self.title):
            records = [event_sources.sqs_record(self.mapping, each) for each in batch.messages]
            outcome = await attempt(runtime, place, batch.found, {"Records": records}, self.mapping.source, ids)
        failed = failed_items(outcome, ids, reports=batch.reports)
        await act(runtime, place, partial(self._settle, runtime, batch, failed))
        await carry_out([replace(self, waited=False)], runtime, place)

    def _receive(self, runtime: Runtime) -> _Batch | None:
        mapping, queue = event_sources.find(self.mapping), event_sources.queue_of(self.mapping.source)
        found = mappings.function_of(runtime, mapping)
        if found is None or queue is None or self._waits_for_more(runtime, mapping, queue):
            return None
        messages = self._wanted(mapping, queue, event_sources.receive(queue, mapping.batch_size))
        if not messages:
            self._look_again(runtime, queue)
            return None
        hops = max(runtime.own.hops.pop(each.id, self.hops) for each in messages)
        return _Batch(found, messages, mappings.reports_items(mapping), hops)

    def _waits_for_more(self, runtime: Runtime, mapping: Any, queue: Any) -> bool:
        window, count = mapping.max_batch_window or 0, event_sources.count_visible(queue)
        if self.waited or not window or not 0 < count < mapping.batch_size:
            return False
        self._later(runtime, "window", window)
        return True

    def _wanted(self, mapping: Any, queue: Any, messages: list[Any]) -> list[Any]:
        """Delete the messages that the mapping's filters leave out."""
        wanted = [
            each for each in messages if mappings.matches(mapping, event_sources.sqs_record(self.mapping, each), "body")
        ]
        event_sources.delete(queue, [each for each in messages if each not in wanted])
        return wanted

    def _settle(self, runtime: Runtime, batch: _Batch, failed: Sequence[str]) -> None:
        queue = event_sources.queue_of(self.mapping.source)
        done = [each for each in batch.messages if each.id not in failed]
        runtime.own.delivered.update(each.id for each in done)
        if queue is None:
            return
        event_sources.delete(queue, done)
        if not int(queue.visibility_timeout):  # they come again at once
            runtime.own.hops.update(dict.fromkeys(failed, batch.hops + 1))

    def _look_again(self, runtime: Runtime, queue: Any) -> None:
        """Look again when a message becomes visible that is in flight or delayed, and not if there is none."""
        if (seconds := event_sources.visible_in(queue)) is not None:
            self._later(runtime, "visible", seconds)
        else:
            runtime.own.pending.discard((self.mapping, "visible"))

    def _later(self, runtime: Runtime, why: str, seconds: float) -> None:
        later(runtime, (self.mapping, why), self.title, seconds, Poll(self.mapping, waited=why == "window", hops=1))
