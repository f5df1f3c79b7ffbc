"""What is removed when its time is over, once a mock's clock is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aiomoto import MockAWS, mock_aws
from tests.moved_clocks import NOON, client


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws(time=NOON) as aws:
        yield aws


# ---------------------------------------------------------------- DynamoDB


def sessions(**options: Any) -> Any:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="sessions",
        KeySchema=[{"AttributeName": "user", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "user", "AttributeType": "S"},
            {"AttributeName": "id", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        **options,
    )
    dynamodb.update_time_to_live(
        TableName="sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    return dynamodb


def put(dynamodb: Any, name: str, expires: Any) -> None:
    item = {"user": {"S": "anna"}, "id": {"S": name}}
    if expires is not None:
        item["expires"] = {"N": str(expires)} if isinstance(expires, (int, float)) else {"S": expires}
    dynamodb.put_item(TableName="sessions", Item=item)


def names(dynamodb: Any) -> list[str]:
    return sorted(item["id"]["S"] for item in dynamodb.scan(TableName="sessions")["Items"])


def test_items_are_deleted_when_their_time_to_live_is_over(aws: MockAWS) -> None:
    dynamodb, now = sessions(), int(NOON.timestamp())
    for name, expires in {
        "in an hour": now + 3600,
        "in two": now + 7200,
        "never": None,
        "text": "soon",
        "long ago": now - 6 * 365 * 86400,
    }.items():
        put(dynamodb, name, expires)

    aws.clock.advance(minutes=59)
    assert names(dynamodb) == ["in an hour", "in two", "long ago", "never", "text"]
    aws.clock.advance(minutes=1)
    assert names(dynamodb) == ["in two", "long ago", "never", "text"]
    aws.clock.advance(days=1)
    assert names(dynamodb) == ["long ago", "never", "text"]


def test_items_stay_where_there_is_no_time_to_live(aws: MockAWS) -> None:
    dynamodb = sessions()
    dynamodb.update_time_to_live(
        TableName="sessions", TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"}
    )
    put(dynamodb, "old", int(NOON.timestamp()) + 1)

    aws.clock.advance(days=1)

    assert names(dynamodb) == ["old"]


def test_streams_have_what_was_deleted_in_its_order_and_by_whom(aws: MockAWS) -> None:
    dynamodb = sessions(StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"})
    for name, minutes in (("second", 20), ("first", 10), ("third", 30)):
        put(dynamodb, name, int((NOON + timedelta(minutes=minutes)).timestamp()))
    dynamodb.delete_item(TableName="sessions", Key={"user": {"S": "anna"}, "id": {"S": "third"}})

    aws.clock.advance(hours=1)

    streams = client("dynamodbstreams")
    [stream] = streams.list_streams()["Streams"]
    [shard] = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    removed = [record for record in records if record["eventName"] == "REMOVE"]
    assert [record["dynamodb"]["OldImage"]["id"]["S"] for record in removed] == ["third", "first", "second"]
    service = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    assert [record.get("userIdentity", {}) for record in removed] == [{}, service, service]
    times = [record["dynamodb"]["ApproximateCreationDateTime"] for record in removed]
    aware = [time if time.tzinfo else time.replace(tzinfo=timezone.utc) for time in times]  # by older versions of Moto
    after = [(time - NOON) // timedelta(minutes=1) for time in aware]
    assert after == [0, 10, 20]


# ---------------------------------------------------------------- queues, streams and logs


def test_queues_forget_messages_after_their_retention(aws: MockAWS) -> None:
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="jobs", Attributes={"MessageRetentionPeriod": "3600"})["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="old")
    aws.clock.advance(minutes=40)
    sqs.send_message(QueueUrl=queue, MessageBody="new")
    aws.clock.advance(minutes=20, seconds=1)

    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    assert attributes["ApproximateNumberOfMessages"] == "1"
    assert [each["Body"] for each in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["new"]


def test_messages_are_duplicates_for_five_minutes(aws: MockAWS) -> None:
    sqs = client("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    queue = sqs.create_queue(QueueName="jobs.fifo", Attributes=attributes)["QueueUrl"]
    for minutes in (0, 4, 2):
        aws.clock.advance(minutes=minutes)
        sqs.send_message(QueueUrl=queue, MessageBody="job", MessageGroupId="1")

    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    assert found["ApproximateNumberOfMessages"] == "2"


def test_streams_forget_records_after_their_retention(aws: MockAWS) -> None:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.put_record(StreamName="clicks", PartitionKey="1", Data=b"old")
    aws.clock.advance(hours=23)
    kinesis.put_record(StreamName="clicks", PartitionKey="1", Data=b"new")

    def data() -> list[bytes]:
        iterator = kinesis.get_shard_iterator(
            StreamName="clicks", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return [record["Data"] for record in kinesis.get_records(ShardIterator=iterator)["Records"]]

    assert data() == [b"old", b"new"]
    aws.clock.advance(hours=1)
    assert data() == [b"new"]
    kinesis.increase_stream_retention_period(StreamName="clicks", RetentionPeriodHours=48)
    aws.clock.advance(hours=24)
    assert data() == [b"new"]


def test_log_groups_forget_events_after_their_retention(aws: MockAWS) -> None:
    logs = client("logs")
    for group in ("kept", "short"):
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="web")
    logs.put_retention_policy(logGroupName="short", retentionInDays=1)

    def write(message: str) -> None:
        at = int(aws.clock.now().timestamp() * 1000)
        for group in ("kept", "short"):
            event = {"timestamp": at, "message": message}
            logs.put_log_events(logGroupName=group, logStreamName="web", logEvents=[event])

    write("first")
    aws.clock.advance(hours=20)
    write("second")
    aws.clock.advance(hours=5)

    def messages(group: str) -> list[str]:
        return [each["message"] for each in logs.filter_log_events(logGroupName=group)["events"]]

    assert messages("kept") == ["first", "second"]
    assert messages("short") == ["second"]


# ---------------------------------------------------------------- secrets and keys


def test_a_secret_is_gone_after_its_recovery_window(aws: MockAWS) -> None:
    secrets = client("secretsmanager")
    for name in ("deleted", "restored", "kept"):
        secrets.create_secret(Name=name, SecretString="1")
    for name in ("deleted", "restored"):
        secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    aws.clock.advance(days=6)
    secrets.restore_secret(SecretId="restored")

    assert secrets.describe_secret(SecretId="deleted")["Name"] == "deleted"
    aws.clock.advance(days=1, seconds=1)

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secrets.describe_secret(SecretId="deleted")
    assert [each["Name"] for each in secrets.list_secrets()["SecretList"]] == ["restored", "kept"]
    secrets.create_secret(Name="deleted", SecretString="2")  # its name is free


def test_a_key_is_gone_after_its_waiting_period(aws: MockAWS) -> None:
    kms = client("kms")
    deleted, cancelled = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    kms.create_alias(AliasName="alias/mine", TargetKeyId=deleted)
    for key in (deleted, cancelled):
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.cancel_key_deletion(KeyId=cancelled)
    aws.clock.advance(days=6)
    assert kms.describe_key(KeyId=deleted)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    aws.clock.advance(days=1, seconds=1)

    with pytest.raises(ClientError, match="NotFoundException"):
        kms.describe_key(KeyId=deleted)
    assert [key["KeyId"] for key in kms.list_keys()["Keys"]] == [cancelled]
    assert "alias/mine" not in [alias["AliasName"] for alias in kms.list_aliases()["Aliases"]]
