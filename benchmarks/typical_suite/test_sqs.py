"""Messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.anyio


async def test_message_is_received(queue: tuple[Any, str], number: int) -> None:
    sqs, url = queue
    await sqs.send_message(QueueUrl=url, MessageBody=str(number))
    received = await sqs.receive_message(QueueUrl=url)
    assert [each["Body"] for each in received["Messages"]] == [str(number)]


async def test_message_is_gone_when_it_is_deleted(queue: tuple[Any, str], number: int) -> None:
    sqs, url = queue
    await sqs.send_message(QueueUrl=url, MessageBody=str(number))
    message = (await sqs.receive_message(QueueUrl=url, VisibilityTimeout=0))["Messages"][0]
    await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert "Messages" not in await sqs.receive_message(QueueUrl=url)


async def test_attributes_arrive(queue: tuple[Any, str], number: int) -> None:
    sqs, url = queue
    attributes = {"number": {"DataType": "Number", "StringValue": str(number)}}
    await sqs.send_message(QueueUrl=url, MessageBody="job", MessageAttributes=attributes)
    received = await sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    assert received["Messages"][0]["MessageAttributes"] == attributes


async def test_batch_is_sent(queue: tuple[Any, str], number: int) -> None:
    sqs, url = queue
    entries = [{"Id": str(each), "MessageBody": str(number + each)} for each in range(5)]
    await sqs.send_message_batch(QueueUrl=url, Entries=entries)
    received = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    assert {each["Body"] for each in received["Messages"]} == {str(number + each) for each in range(5)}


async def test_worker_stores_what_it_receives(queue: tuple[Any, str], s3: Any, number: int) -> None:
    sqs, url = queue
    await sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"key": str(number)}))
    for message in (await sqs.receive_message(QueueUrl=url))["Messages"]:
        await s3.put_object(Bucket="lake", Key=json.loads(message["Body"])["key"], Body=b"done")
        await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert (await s3.list_objects_v2(Bucket="lake"))["Contents"][0]["Key"] == str(number)


async def test_messages_are_counted(queue: tuple[Any, str], number: int) -> None:
    sqs, url = queue
    for _ in range(3):
        await sqs.send_message(QueueUrl=url, MessageBody=str(number))
    found = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert found["Attributes"] == {"ApproximateNumberOfMessages": "3"}
