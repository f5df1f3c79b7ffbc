"""Event source mappings, and the queues and streams that they read. All of this needs the lock."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from moto.awslambda.utils import get_backend
from moto.core.utils import unix_time
from moto.dynamodb.models import dynamodb_backends
from moto.kinesis.models import kinesis_backends
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import sqs_backends

from aiomoto._moto import lambdas
from aiomoto._moto.containers import Collector
from aiomoto._moto.long_polls import next_visible
from aiomoto._moto.triggered import Arrived, Mapping, Recorded


def ours(current: Collector, account: str, region: str, source: str) -> list[Mapping]:
    """The enabled mappings of a queue or stream to functions that run in this process."""
    backend = get_backend(account, region)
    mappings = backend.list_event_source_mappings(source, "")
    return [
        Mapping(account, region, each.uuid, source)
        for each in mappings
        if each.enabled and (function := lambdas.function_of(each.function_arn)) is not None and current.runs(function)
    ]


@contextmanager
def without(current: Collector, source: Any) -> Iterator[None]:
    """Keep Moto from serving the mappings of a queue, stream or table to functions that run in this process."""
    all_of_them = source.lambda_event_source_mappings
    source.lambda_event_source_mappings = {
        arn: each
        for arn, each in all_of_them.items()
        if (function := lambdas.function_of(each.function_arn)) is None or not current.runs(function)
    }
    try:
        yield
    finally:
        source.lambda_event_source_mappings = all_of_them


def find(mapping: Mapping) -> Any:
    """Moto's mapping; ``None`` if it has been deleted or is disabled."""
    found = get_backend(mapping.account, mapping.region).get_event_source_mapping(mapping.uuid)
    return found if found is not None and found.enabled else None


def waiting_in(current: Collector, backend: Any, mapping: Any) -> list[Arrived | Recorded]:
    """What a mapping that has been created or changed finds in its queue or stream."""
    function = lambdas.function_of(mapping.function_arn)
    if not mapping.enabled or function is None or not current.runs(function):
        return []
    known = Mapping(backend.account_id, backend.region_name, mapping.uuid, mapping.event_source_arn)
    if ":sqs:" in known.source:
        return [Arrived(known, ())]
    records = _kinesis_records(known) if ":kinesis:" in known.source else _dynamodb_records(known)
    return [Recorded(known, shard, tuple(each), mapping.starting_position) for shard, each in records.items()]


# ---------------------------------------------------------------- queues


def queue_of(arn: str) -> Any:
    """Moto's queue; ``None`` if it does not exist."""
    _, _, _, region, account, name = arn.split(":")
    return sqs_backends[account][region].queues.get(name)


def receive(queue: Any, count: int) -> list[Any]:
    """Receive messages, without waiting. Those that were received too often go to the dead-letter queue."""
    backend = sqs_backends[queue.account_id][queue.region]
    # Moto finds out one by one which messages have come back, and holds up the first of a group because of the second.
    queue.pending_messages.difference_update(queue.messages)
    timeout = int(queue.visibility_timeout)
    messages: list[Any] = []
    while len(messages) < count:
        some = backend.receive_message(queue.name, min(count - len(messages), 10), 0, timeout, ["All"])
        messages += some
        if not some or not timeout:  # without a timeout, the same messages would come again
            break
    return messages


def delete(queue: Any, messages: Iterable[Any]) -> None:
    """Delete messages that were received."""
    for each in messages:
        with suppress(ReceiptHandleIsInvalid):  # the handler may have deleted it itself
            queue.delete_message(each.receipt_handle)


def count_visible(queue: Any) -> int:
    """How many messages can be received."""
    return len(queue.messages)


def visible_in(queue: Any) -> float | None:
    """Seconds until a message that is in flight or delayed becomes visible; ``None`` if there is none."""
    return next_visible(queue)


def sqs_record(mapping: Mapping, message: Any) -> dict[str, Any]:
    """A message as a function gets it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if message.group_id is not None:
        attributes["MessageGroupId"] = message.group_id
    if message.deduplication_id is not None:
        attributes["MessageDeduplicationId"] = message.deduplication_id
    if message.sequence_number is not None:
        attributes["SequenceNumber"] = message.sequence_number
    if (trace := message.system_attributes.get("AWSTraceHeader")) is not None:
        attributes["AWSTraceHeader"] = trace.get("StringValue", "") if isinstance(trace, dict) else trace
    record = {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": getattr(message, "original_body", message.body),  # early versions of Moto escape the other one
        "attributes": attributes,
        "messageAttributes": {name: _attribute(each) for name, each in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": mapping.source,
        "awsRegion": mapping.region,
    }
    if message.message_attributes:
        record["md5OfMessageAttributes"] = message.attribute_md5
    return record


def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    # Early versions of Moto write "data_type".
    known = {name.replace("_", "").lower(): each for name, each in attribute.items() if each}
    binary = known.get("binaryvalue")
    value = {"stringValue": known["stringvalue"]} if "stringvalue" in known else {}
    if binary:
        value["binaryValue"] = base64.b64encode(binary).decode() if isinstance(binary, bytes) else binary
    return value | {"stringListValues": [], "binaryListValues": [], "dataType": known["datatype"]}


# ---------------------------------------------------------------- streams


def kinesis_record(mapping: Mapping, stream: Any, shard: str, sequence_number: int) -> dict[str, Any]:
    """A record as a function gets it. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"""
    record = stream.shards[shard].records[sequence_number]
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": str(record.sequence_number),
            "data": record.data,
            "approximateArrivalTimestamp": round(record.created_at, 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{record.sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": lambdas.function_of(find(mapping).function_arn).role,
        "awsRegion": mapping.region,
        "eventSourceARN": mapping.source,
    }


def _kinesis_records(mapping: Mapping) -> dict[str, list[dict[str, Any]]]:
    streams = kinesis_backends[mapping.account][mapping.region].streams.values()
    stream = next(each for each in streams if each.arn == mapping.source)
    return {
        shard.shard_id: [kinesis_record(mapping, stream, shard.shard_id, number) for number in shard.records]
        for shard in stream.shards.values()
    }


def stream_arn(table: Any) -> str:
    """The ARN of a table's stream."""
    return f"{table.table_arn}/stream/{table.latest_stream_label}"


def dynamodb_record(mapping: Mapping, item: Any) -> dict[str, Any]:
    """A record as a function gets it. https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"""
    record = item.to_json()
    change = dict(record["dynamodb"])
    created = change.get("ApproximateCreationDateTime")
    if created is not None:
        moment = datetime.fromisoformat(created) if isinstance(created, str) else created  # Moto has had both
        change["ApproximateCreationDateTime"] = int(unix_time(moment))
    described = {name: record[name] for name in ("eventID", "eventName", "eventVersion", "eventSource")}
    if identity := record.get("userIdentity"):  # of the service, for an item that has expired
        described["userIdentity"] = {name: identity[name] for name in ("principalId", "type")}
    return described | {"awsRegion": mapping.region, "dynamodb": change, "eventSourceARN": mapping.source}


def take_last_record(current: Collector, shard: Any) -> None:
    """Take the last record of a table's stream, for the functions that run in this process."""
    arn, region = stream_arn(shard.table), shard.table.table_arn.split(":")[3]
    for mapping in ours(current, shard.account_id, region, arn):
        current.take(Recorded(mapping, shard.id, (dynamodb_record(mapping, shard.items[-1]),)))


def _dynamodb_records(mapping: Mapping) -> dict[str, list[dict[str, Any]]]:
    tables = dynamodb_backends[mapping.account][mapping.region].tables.values()
    shards = [table.stream_shard for table in tables if stream_arn(table) == mapping.source]
    return {shard.id: [dynamodb_record(mapping, item) for item in shard.items] for shard in shards if shard is not None}


# ---------------------------------------------------------------- destinations


def deliver(arn: str, message: str, subject: str | None = None) -> None:
    """Send a message to a queue or topic, an event bus or a function; nothing, if there is none of that ARN."""
    _, _, service, region, account, name = arn.split(":", 5)
    # AWS sends asynchronously, so that whoever causes it does not see errors.
    with suppress(Exception):
        if service == "sqs":
            sqs_backends[account][region].send_message(queue_name=name, message_body=message)
        elif service == "sns":
            from moto.sns.models import sns_backends

            sns_backends[account][region].publish(arn=arn, message=message, subject=subject)
        elif service == "lambda":
            get_backend(account, region).invoke(arn, None, message, {}, {})
        elif service == "events":
            from moto.events.models import events_backends

            entry = {
                "Source": "lambda",
                "DetailType": subject,
                "Detail": message,
                "EventBusName": name.partition("/")[2],
            }
            events_backends[account][region].put_events([entry])
