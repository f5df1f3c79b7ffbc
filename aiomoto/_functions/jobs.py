"""What is to be done about what Moto's handlers have set off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiomoto._functions.asynchronous import Event
from aiomoto._functions.chain import Job, next_hop
from aiomoto._functions.queues import Poll
from aiomoto._functions.runtime import Runtime
from aiomoto._functions.streams import Batch
from aiomoto._moto.triggered import Arrived, Invoked, Recorded


def jobs_of(runtime: Runtime, triggered: Iterable[Any]) -> list[Job]:
    """The jobs, in order. What arrived for the same function from one source comes together."""
    jobs: dict[object, Job] = {}
    for number, each in enumerate(triggered):
        if isinstance(each, Invoked):
            jobs[number] = Event(each.target, each.payload, each.source)
        elif isinstance(each, Arrived):
            runtime.own.hops.update(dict.fromkeys(each.messages, next_hop()))
            jobs.setdefault(each.mapping, Poll(each.mapping))
        elif isinstance(each, Recorded):
            batch = Batch(each.mapping, each.shard)
            batch.add(runtime, each)
            jobs.setdefault((each.mapping, each.shard), batch)
    return list(jobs.values())
