"""What Moto's handlers have set off, as plain values: a function is told of it once the handler has ended."""

from __future__ import annotations

from typing import Any, NamedTuple

from aiomoto._moto.lambdas import Target


class Invoked(NamedTuple):
    """An event for a function, which is invoked asynchronously.

    Attributes:
        target: the function.
        payload: the event, as JSON.
        source: the ARN, or the service, that it comes from.
    """

    target: Target
    payload: bytes
    source: str


class Mapping(NamedTuple):
    """An event source mapping.

    Attributes:
        account: the id of its account.
        region: its region.
        uuid: its id.
        source: the ARN of the queue or stream.
    """

    account: str
    region: str
    uuid: str
    source: str


class Arrived(NamedTuple):
    """Messages that have arrived in a queue.

    Attributes:
        mapping: the mapping of the queue to a function.
        messages: their ids.
    """

    mapping: Mapping
    messages: tuple[str, ...]


class Recorded(NamedTuple):
    """Records that have arrived in a stream.

    Attributes:
        mapping: the mapping of the stream to a function.
        shard: the id of the shard.
        records: the records as the function gets them, in their order.
        since: the mapping's starting position, if these are all records of the shard, because the mapping has been
            created or changed; ``None`` if they have just arrived.
    """

    mapping: Mapping
    shard: str
    records: tuple[dict[str, Any], ...]
    since: str | None = None
