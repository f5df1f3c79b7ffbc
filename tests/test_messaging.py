"""SQS, SNS, SES, EventBridge and Kinesis over each HTTP library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

pytestmark = pytest.mark.anyio


async def _create_queue(sqs: Any, name: str = "jobs", **attributes: str) -> str:
    url: str = (await sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"]
    return url


async def _arn_of(sqs: Any, queue: str) -> str:
    attributes = await sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn: str = attributes["Attributes"]["QueueArn"]
    return arn


async def _bodies(sqs: Any, queue: str) -> list[str]:
    received = await sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [message["Body"] for message in received.get("Messages", [])]


# ---------------------------------------------------------------- SQS


async def test_a_message_is_received_once_and_deleted(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        queue = await _create_queue(sqs)
        attributes = {"kind": {"DataType": "String", "StringValue": "greeting"}}
        await sqs.send_message(QueueUrl=queue, MessageBody="grüß dich <&>", MessageAttributes=attributes)
        first = await sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])
        hidden = await sqs.receive_message(QueueUrl=queue)
        await sqs.delete_message(QueueUrl=queue, ReceiptHandle=first["Messages"][0]["ReceiptHandle"])
        left = await sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])

    assert first["Messages"][0]["Body"] == "grüß dich <&>"
    assert first["Messages"][0]["MessageAttributes"] == attributes
    assert "Messages" not in hidden
    assert left["Attributes"]["ApproximateNumberOfMessages"] == "0"
    assert left["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0"


async def test_a_message_comes_back_when_its_visibility_is_given_up(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        queue = await _create_queue(sqs)
        await sqs.send_message(QueueUrl=queue, MessageBody="again")
        received = await sqs.receive_message(QueueUrl=queue)
        handle = received["Messages"][0]["ReceiptHandle"]
        await sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)

        assert await _bodies(sqs, queue) == ["again"]


async def test_a_batch_tells_what_was_sent_and_what_was_not(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        queue = await _create_queue(sqs)
        entries = [{"Id": f"{number}", "MessageBody": f"job {number}"} for number in range(3)]
        sent = await sqs.send_message_batch(QueueUrl=queue, Entries=entries)
        received = await sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        handles = [{"Id": "a", "ReceiptHandle": received["Messages"][0]["ReceiptHandle"]}]
        handles.append({"Id": "b", "ReceiptHandle": "no such handle"})
        deleted = await sqs.delete_message_batch(QueueUrl=queue, Entries=handles)

    assert [each["Id"] for each in sent["Successful"]] == ["0", "1", "2"]
    assert sorted(each["Body"] for each in received["Messages"]) == ["job 0", "job 1", "job 2"]
    assert [each["Id"] for each in deleted["Successful"]] == ["a"]
    assert [each["Id"] for each in deleted["Failed"]] == ["b"]


async def test_a_fifo_queue_keeps_order_and_drops_duplicates(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        queue = await _create_queue(sqs, "jobs.fifo", FifoQueue="true", ContentBasedDeduplication="true")
        for body in ("one", "two", "one", "three"):
            await sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId="g")

        assert await _bodies(sqs, queue) == ["one", "two", "three"]


async def test_a_missing_queue_is_the_clients_own_exception(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
            await sqs.get_queue_url(QueueName="missing")

    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert caught.value.response["Error"]["QueryErrorCode"] == "QueueDoesNotExist"


def _write_query_model(directory: Path) -> None:
    """SQS as clients spoke it until 2023, and as many still do: forms and XML in place of JSON."""
    model = json.loads(json.dumps(Loader().load_service_model("sqs", "service-2")))
    model["metadata"].update(protocol="query", protocols=["query"])
    for name, operation in model["operations"].items():
        if "output" in operation:
            operation["output"]["resultWrapper"] = f"{name}Result"
    model["shapes"]["MessageList"]["member"]["locationName"] = "Message"
    folder = directory / "sqs" / "2012-11-05"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))


async def test_clients_of_the_query_protocol_are_answered_in_it(
    client: ClientFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_query_model(tmp_path)
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    async with mock_aws(), client("sqs", region_name="us-east-1") as sqs:
        queue = await _create_queue(sqs)
        await sqs.send_message(QueueUrl=queue, MessageBody="grüß dich <&>")
        received = await sqs.receive_message(QueueUrl=queue)
        with pytest.raises(ClientError) as caught:
            await sqs.get_queue_url(QueueName="missing")

    assert [message["Body"] for message in received["Messages"]] == ["grüß dich <&>"]
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


# ---------------------------------------------------------------- SNS


async def test_a_topic_delivers_to_its_queue(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("sns", region_name="us-east-1") as sns,
        client("sqs", region_name="us-east-1") as sqs,
    ):
        topic = (await sns.create_topic(Name="news"))["TopicArn"]
        queue = await _create_queue(sqs)
        await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=await _arn_of(sqs, queue))
        published = await sns.publish(TopicArn=topic, Subject="today", Message="it rains")
        [body] = await _bodies(sqs, queue)

    notification = json.loads(body)
    assert notification["Type"] == "Notification"
    assert (notification["Subject"], notification["Message"]) == ("today", "it rains")
    assert (notification["TopicArn"], notification["MessageId"]) == (topic, published["MessageId"])


async def test_a_subscription_filters_and_delivers_raw(client: ClientFactory) -> None:
    kind = {"DataType": "String", "StringValue": "sport"}
    async with (
        mock_aws(),
        client("sns", region_name="us-east-1") as sns,
        client("sqs", region_name="us-east-1") as sqs,
    ):
        topic = (await sns.create_topic(Name="news"))["TopicArn"]
        queue = await _create_queue(sqs)
        await sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=await _arn_of(sqs, queue),
            Attributes={"RawMessageDelivery": "true", "FilterPolicy": '{"kind": ["sport"]}'},
        )
        await sns.publish(TopicArn=topic, Message="weather")
        await sns.publish(TopicArn=topic, Message="goal!", MessageAttributes={"kind": kind})

        assert await _bodies(sqs, queue) == ["goal!"]


async def test_a_missing_topic_is_the_clients_own_exception(client: ClientFactory) -> None:
    async with mock_aws(), client("sns", region_name="us-east-1") as sns:
        with pytest.raises(sns.exceptions.NotFoundException):
            await sns.publish(TopicArn="arn:aws:sns:us-east-1:123456789012:missing", Message="hello?")


# ---------------------------------------------------------------- SES


async def test_mail_is_sent_from_a_verified_address_only(client: ClientFactory) -> None:
    mail: dict[str, Any] = {
        "Source": "ada@example.com",
        "Destination": {"ToAddresses": ["bob@example.com"]},
        "Message": {"Subject": {"Data": "hello"}, "Body": {"Text": {"Data": "grüß dich"}}},
    }
    async with mock_aws(), client("ses", region_name="us-east-1") as ses:
        with pytest.raises(ClientError, match="MessageRejected"):
            await ses.send_email(**mail)
        await ses.verify_email_identity(EmailAddress="ada@example.com")
        sent = await ses.send_email(**mail)
        quota = await ses.get_send_quota()

    assert sent["MessageId"]
    assert quota["SentLast24Hours"] == 1.0


async def test_mail_of_the_second_version_is_sent(client: ClientFactory) -> None:
    async with mock_aws(), client("sesv2", region_name="us-east-1") as sesv2:
        ses = boto3.client("ses", region_name="us-east-1")
        ses.verify_email_identity(EmailAddress="ada@example.com")
        sent = await sesv2.send_email(
            FromEmailAddress="ada@example.com",
            Destination={"ToAddresses": ["bob@example.com"]},
            Content={"Simple": {"Subject": {"Data": "hello"}, "Body": {"Text": {"Data": "grüß dich"}}}},
        )
        quota = ses.get_send_quota()

    assert sent["MessageId"]
    assert quota["SentLast24Hours"] == 1.0


# ---------------------------------------------------------------- EventBridge


async def test_an_event_reaches_the_target_of_the_rule_it_matches(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("events", region_name="us-east-1") as events,
        client("sqs", region_name="us-east-1") as sqs,
    ):
        queue = await _create_queue(sqs)
        await events.put_rule(Name="orders", EventPattern='{"source": ["shop"]}')
        await events.put_targets(Rule="orders", Targets=[{"Id": "queue", "Arn": await _arn_of(sqs, queue)}])
        put = await events.put_events(
            Entries=[
                {"Source": "shop", "DetailType": "order", "Detail": '{"number": 7}'},
                {"Source": "weather", "DetailType": "rain", "Detail": "{}"},
            ]
        )
        [body] = await _bodies(sqs, queue)

    assert put["FailedEntryCount"] == 0
    assert json.loads(body)["detail"] == {"number": 7}
    assert json.loads(body)["source"] == "shop"


# ---------------------------------------------------------------- Kinesis


async def test_records_of_a_stream_are_read_in_order(client: ClientFactory) -> None:
    async with mock_aws(), client("kinesis", region_name="us-east-1") as kinesis:
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        for data in (b"one", b"\x00\xff"):
            await kinesis.put_record(StreamName="clicks", Data=data, PartitionKey="p")
        entries = [{"Data": b"three", "PartitionKey": "p"}]
        put = await kinesis.put_records(StreamName="clicks", Records=entries)
        shard = (await kinesis.list_shards(StreamName="clicks"))["Shards"][0]["ShardId"]
        iterator = await kinesis.get_shard_iterator(
            StreamName="clicks", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )
        records = await kinesis.get_records(ShardIterator=iterator["ShardIterator"])

    assert put["FailedRecordCount"] == 0
    assert [record["Data"] for record in records["Records"]] == [b"one", b"\x00\xff", b"three"]
