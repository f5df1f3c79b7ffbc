"""Messages, events, records, items and expressions that are too large."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiomoto._strict.check import Refusal, Rows, StrictCall

_KIB = 1024
_MIB = 1024 * _KIB


def refuse_unknown_length(call: StrictCall) -> Refusal | None:
    """Refuse an object of S3 whose length nobody has declared: in chunks of HTTP that hold no aws-chunked body.

    MissingContentLength: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    is_chunked = "chunked" in call.headers.get("transfer-encoding", "").lower()
    if not is_chunked or "content-length" in call.headers or "x-amz-decoded-content-length" in call.headers:
        return None
    return Refusal("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)


def refuse_message(call: StrictCall) -> Refusal | None:
    """Refuse a message of SQS that is larger than 1 MiB with its attributes.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    """
    size = _size_of_message(call.params)
    if size <= _MIB:
        return None
    reason = f"Message must be shorter than {_MIB} bytes, and has {size}."
    return Refusal("InvalidParameterValue", f"One or more parameters are invalid. Reason: {reason}")


def refuse_batch_of_messages(call: StrictCall) -> Refusal | None:
    """Refuse a batch of SQS that is larger than 1 MiB in all, with its attributes.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
    """
    size = sum(map(_size_of_message, call.params.get("Entries") or ()))
    if size <= _MIB:
        return None
    return Refusal(
        "BatchRequestTooLong", f"Batch requests cannot be longer than {_MIB} bytes. You have sent {size} bytes."
    )


def refuse_notification(call: StrictCall) -> Refusal | None:
    """Refuse a message of SNS that is larger than 256 KiB.

    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """
    size = _bytes(call.params.get("Message", ""))
    if size <= 256 * _KIB:
        return None
    return Refusal("InvalidParameter", f"Invalid parameter: Message too long: {size} bytes of {256 * _KIB}.")


def refuse_batch_of_notifications(call: StrictCall) -> Refusal | None:
    """Refuse a batch of SNS that is larger than 256 KiB in all.

    https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
    """
    size = sum(_bytes(entry.get("Message", "")) for entry in call.params.get("PublishBatchRequestEntries") or ())
    if size <= 256 * _KIB:
        return None
    return Refusal(
        "BatchRequestTooLong", f"The length of all the messages put together is more than the limit: {size} bytes."
    )


def refuse_events(call: StrictCall) -> Refusal | None:
    """Refuse entries of EventBridge that are larger than 1 MiB in all.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
    """
    size = sum(map(_size_of_event, call.params.get("Entries") or ()))
    if size <= _MIB:
        return None
    return Refusal("ValidationException", f"Total size of the entries in the request is over the limit: {size} bytes.")


def refuse_payload(call: StrictCall) -> Refusal | None:
    """Refuse a payload of Lambda that is larger than 6 MB, or 1 MB for an event.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    is_event = call.headers.get("x-amz-invocation-type") == "Event"
    limit, size = _MIB if is_event else 6 * _MIB, len(call.request.body or b"")
    if size <= limit:
        return None
    message = f"Request must be smaller than {limit} bytes for the {call.model.name} operation, and has {size}."
    return Refusal("RequestTooLargeException", message, 413)


def refuse_expressions(call: StrictCall) -> Refusal | None:
    """Refuse an expression of DynamoDB that is larger than 4 KB.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
    """
    if len(call.request.body or b"") <= 4 * _KIB:
        return None
    for name, value in _expressions(call.params):
        if (size := _bytes(value)) > 4 * _KIB:
            said = f"Invalid {name}: Expression size has exceeded the maximum allowed size; expression size: {size}"
            return Refusal("ValidationException", said)
    return None


def refuse_items(call: StrictCall) -> Refusal | None:
    """Refuse a batch or a transaction of DynamoDB with an item that is larger than 400 KB.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
    """
    if len(call.request.body or b"") <= 400 * _KIB:
        return None
    if all(_size_of_map(item) <= 400 * _KIB for item in _items(call.params)):
        return None
    return Refusal("ValidationException", "Item size has exceeded the maximum allowed size")


def refuse_transaction(call: StrictCall) -> Refusal | None:
    """Refuse a transaction of DynamoDB that puts more than 4 MB in all.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    if len(call.request.body or b"") <= 4 * _MIB:
        return None
    size = sum(map(_size_of_map, _items(call.params)))
    if size <= 4 * _MIB:
        return None
    return Refusal("ValidationException", f"The aggregate size of the items in the transaction exceeds 4 MB: {size}")


# ---------------------------------------------------------------- how they are measured


def _bytes(value: object) -> int:
    return len(value) if isinstance(value, bytes) else len(str(value).encode("utf-8", "surrogatepass"))


def _size_of_message(entry: Mapping[str, Any]) -> int:
    attributes = (entry.get("MessageAttributes") or {}).items()
    return _bytes(entry.get("MessageBody", "")) + sum(
        _bytes(name) + sum(map(_bytes, value.values())) for name, value in attributes
    )


def _size_of_event(entry: Mapping[str, Any]) -> int:
    parts = [entry.get(name) or "" for name in ("Source", "DetailType", "Detail")]
    return (14 if "Time" in entry else 0) + sum(map(_bytes, [*parts, *(entry.get("Resources") or ())]))


def _expressions(params: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    actions = [action for item in params.get("TransactItems") or () for action in item.values()]
    for each in (params, *actions):
        yield from ((name, str(value)) for name, value in each.items() if name.endswith("Expression"))


def _items(params: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for requests in (params.get("RequestItems") or {}).values():
        yield from (request["PutRequest"]["Item"] for request in requests if "PutRequest" in request)
    yield from (item["Put"]["Item"] for item in params.get("TransactItems") or () if "Put" in item)


def _size_of_map(attributes: Mapping[str, Any]) -> int:
    return sum(_bytes(name) + _size_of_value(value) for name, value in attributes.items())


def _size_of_value(value: Mapping[str, Any]) -> int:
    """The size that DynamoDB counts, where it says how; the least that it may be, for numbers.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(_SIZES[kind](content) for kind, content in value.items() if kind in _SIZES)


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": _bytes,
    "B": _bytes,
    "N": lambda number: (len(number.strip("-0.")) + 1) // 2 + 1,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda values: sum(map(_bytes, values)),
    "BS": lambda values: sum(map(_bytes, values)),
    "NS": lambda values: sum((len(number.strip("-0.")) + 1) // 2 + 1 for number in values),
    "L": lambda values: 3 + sum(1 + _size_of_value(value) for value in values),
    "M": lambda values: 3 + len(values) + _size_of_map(values),
}

_EXPRESSIONS = ("PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "GetItem")
ROWS: Rows = {
    ("s3", "PutObject"): (refuse_unknown_length,),
    ("s3", "UploadPart"): (refuse_unknown_length,),
    ("sqs", "SendMessage"): (refuse_message,),
    ("sqs", "SendMessageBatch"): (refuse_batch_of_messages,),
    ("sns", "Publish"): (refuse_notification,),
    ("sns", "PublishBatch"): (refuse_batch_of_notifications,),
    ("events", "PutEvents"): (refuse_events,),
    ("lambda", "Invoke"): (refuse_payload,),
    **{("dynamodb", operation): (refuse_expressions,) for operation in _EXPRESSIONS},
    ("dynamodb", "TransactWriteItems"): (refuse_expressions, refuse_items, refuse_transaction),
    ("dynamodb", "BatchWriteItem"): (refuse_items,),
}
