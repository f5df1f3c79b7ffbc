"""What is removed when its time is over: items, messages, records, events, secrets and keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from functools import partial
from typing import Any

from aiomoto._moto import containers
from aiomoto._moto.loaded import loaded_backends
from aiomoto._patching.required_names import check_instance
from aiomoto._time.due import Due
from aiomoto._time.timeline import Timeline

DAY = 86400
# DynamoDB leaves alone what has expired this long ago:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
_TOO_OLD = 5 * 365 * DAY
# The API of streams and the events of functions write these names differently, and Moto has one record for both.
_BY_DYNAMODB = {
    **{"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"},
    **{"type": "Service", "principalId": "dynamodb.amazonaws.com"},
}


def moment(naive: datetime) -> float:
    """Moto's dates are naive, in UTC."""
    return naive.replace(tzinfo=naive.tzinfo or timezone.utc).timestamp()


# ---------------------------------------------------------------- DynamoDB


def expired_items(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the items whose time to live is over."""
    now = timeline.now()
    for backend in loaded_backends("dynamodb", "dynamodb_backends"):
        for table in list(backend.tables.values()):
            if table.ttl.get("TimeToLiveStatus") == "ENABLED":
                for item in table.all_items():
                    at = _expires_at(item, table.ttl["AttributeName"])
                    if at is not None and now - _TOO_OLD < at <= until:
                        yield Due(at, partial(_delete_item, table, item), leads_on=bool(_mappings(table)))


def _expires_at(item: Any, attribute: str) -> float | None:
    value = item.attrs.get(attribute)
    if value is None or value.type != "N":
        return None
    with suppress(ValueError):
        return float(value.value)
    return None


def _mappings(table: Any) -> dict[str, Any]:
    found: dict[str, Any] = table.lambda_event_source_mappings
    return found


def _delete_item(table: Any, item: Any) -> None:
    # Functions get the record as soon as it exists, without being told who has deleted the item.
    mappings, table.lambda_event_source_mappings = _mappings(table), {}
    token = containers.collector.set(None)
    try:
        table.delete_item(item.hash_key, item.range_key)
    finally:
        containers.collector.reset(token)
        table.lambda_event_source_mappings = mappings
    if (shard := table.stream_shard) is None or not shard.items:
        return
    shard.items[-1].record["userIdentity"] = dict(_BY_DYNAMODB)
    if mappings:
        _send_last_record(table, shard)


def _send_last_record(table: Any, shard: Any) -> None:
    from moto.awslambda.utils import get_backend  # functions exist, so it has been imported

    current = containers.collector.get()
    if current is None:
        _send_by_moto(table, shard, get_backend)
        return
    from aiomoto._moto import event_sources

    with event_sources.without(current, table):
        _send_by_moto(table, shard, get_backend)
    event_sources.take_last_record(current, shard)


def _send_by_moto(table: Any, shard: Any, get_backend: Any) -> None:
    for arn, mapping in _mappings(table).items():
        functions = get_backend(table.account_id, arn.split(":")[3])
        if functions.send_dynamodb_items(arn, shard.items, mapping.event_source_arn):
            shard.items = []


# ---------------------------------------------------------------- SQS, Kinesis, CloudWatch Logs


def expired_messages(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the messages that their queue no longer keeps."""
    for backend in loaded_backends("sqs", "sqs_backends"):
        for queue in list(backend.queues.values()):
            check_instance(queue, "moto.sqs.models", "Queue")
            for message in list(queue._messages):
                at = message.sent_timestamp / 1000 + int(queue.message_retention_period)
                if at <= until:
                    yield Due(at, partial(_drop_message, queue, message))


def _drop_message(queue: Any, message: Any) -> None:
    with suppress(ValueError):
        queue._messages.remove(message)
    queue.pending_messages.discard(message)


def expired_records(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the records that their stream no longer keeps."""
    for backend in loaded_backends("kinesis", "kinesis_backends"):
        for stream in list(backend.streams.values()):
            for shard in list(stream.shards.values()):
                for number, record in list(shard.records.items()):
                    at = record.created_at + stream.retention_period_hours * 3600
                    if at <= until:
                        yield Due(at, partial(shard.records.pop, number, None))


def expired_events(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the log events that their group no longer keeps."""
    for backend in loaded_backends("logs", "logs_backends"):
        for group in list(backend.groups.values()):
            if not group.retention_in_days:
                continue
            for stream in list(group.streams.values()):
                for event in list(stream.events):
                    at = event.timestamp / 1000 + int(group.retention_in_days) * DAY
                    if at <= until:
                        yield Due(at, partial(_remove, stream.events, event))


def _remove(values: list[Any], value: Any) -> None:
    values[:] = [each for each in values if each is not value]


# ---------------------------------------------------------------- what is deleted after a waiting period


def deleted_secrets(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the secrets whose recovery window is over."""
    for backend in loaded_backends("secretsmanager", "secretsmanager_backends"):
        for name, secret in list(dict.items(backend.secrets)):
            at = getattr(secret, "deleted_date", None)  # a replica has none
            if at is not None and at <= until:
                yield Due(at, partial(backend.secrets.pop, name))


def deleted_keys(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the keys whose waiting period is over."""
    for backend in loaded_backends("kms", "kms_backends"):
        for key in list(backend.keys.values()):
            if key.key_state == "PendingDeletion" and key.deletion_date and moment(key.deletion_date) <= until:
                yield Due(moment(key.deletion_date), partial(backend.delete_key, key.id))
