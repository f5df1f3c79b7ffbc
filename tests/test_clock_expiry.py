"""What is removed when its time is over, once a mock's clock is moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from aiomoto import MockAWS, mock_aws
from tests.clocks import needs_newer_moto

REGION = "us-east-1"
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def client(service: str) -> Any:
    return boto3.client(service, REGION)  # type: ignore[call-overload]


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


# ---------------------------------------------------------------- S3


def bucket(*rules: dict[str, Any], versioned: bool = False) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket="photos")
    if versioned:
        s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    if rules:
        defaults = {"Status": "Enabled", "Filter": {"Prefix": ""}}
        numbered = [{"ID": str(number), **defaults, **rule} for number, rule in enumerate(rules)]
        s3.put_bucket_lifecycle_configuration(Bucket="photos", LifecycleConfiguration={"Rules": numbered})
    return s3


def keys(s3: Any) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket="photos").get("Contents", [])]


def test_objects_expire_at_the_midnight_after_their_days(aws: MockAWS) -> None:
    s3 = bucket({"Expiration": {"Days": 1}, "Filter": {"Prefix": "tmp/"}})
    for key in ("tmp/cat", "cat"):
        s3.put_object(Bucket="photos", Key=key, Body=b"")

    aws.clock.move_to(datetime(2026, 1, 2, 23, 59, tzinfo=timezone.utc))
    assert keys(s3) == ["cat", "tmp/cat"]
    aws.clock.move_to(datetime(2026, 1, 3, tzinfo=timezone.utc))
    assert keys(s3) == ["cat"]


def test_objects_expire_by_tag_by_date_and_only_by_rules_that_are_enabled(aws: MockAWS) -> None:
    s3 = bucket(
        {"Expiration": {"Days": 1}, "Filter": {"Tag": {"Key": "keep", "Value": "no"}}},
        {"Expiration": {"Date": datetime(2026, 2, 1, tzinfo=timezone.utc)}, "Filter": {"Prefix": "till/"}},
        {
            "Expiration": {"Days": 1},
            "Filter": {"And": {"Prefix": "and/", "Tags": [{"Key": "keep", "Value": "maybe"}]}},
        },
        {"Expiration": {"Days": 1}, "Status": "Disabled"},
    )
    for key, tags in {"a": "keep=no", "b": "keep=yes", "till/c": "", "and/d": "keep=maybe", "and/e": ""}.items():
        s3.put_object(Bucket="photos", Key=key, Body=b"", Tagging=tags)

    aws.clock.advance(days=2)
    assert keys(s3) == ["and/e", "b", "till/c"]
    aws.clock.advance(days=30)
    assert keys(s3) == ["and/e", "b"]


def test_versions_expire_into_delete_markers_and_then_go(aws: MockAWS) -> None:
    s3 = bucket({"Expiration": {"Days": 10}, "NoncurrentVersionExpiration": {"NoncurrentDays": 5}}, versioned=True)
    for body in (b"first", b"second"):
        s3.put_object(Bucket="photos", Key="cat", Body=body)

    def versions() -> tuple[int, int]:
        found = s3.list_object_versions(Bucket="photos")
        return len(found.get("Versions", [])), len(found.get("DeleteMarkers", []))

    assert versions() == (2, 0)
    aws.clock.advance(days=6)
    assert versions() == (1, 0)
    assert s3.get_object(Bucket="photos", Key="cat")["Body"].read() == b"second"
    aws.clock.advance(days=5)
    assert versions() == (1, 1)
    assert keys(s3) == []
    aws.clock.advance(days=6)
    assert versions() == (0, 1)


def test_objects_change_their_storage_class(aws: MockAWS) -> None:
    transitions = [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}]
    s3 = bucket({"Transitions": transitions})
    s3.put_object(Bucket="photos", Key="cat", Body=b"meow")

    def storage_class() -> str:
        return str(s3.head_object(Bucket="photos", Key="cat").get("StorageClass", "STANDARD"))

    found = []
    for days in (30, 1, 58, 1, 1, 100):
        aws.clock.advance(days=days)
        found.append(storage_class())
    assert found == ["STANDARD", "STANDARD_IA", "STANDARD_IA", "STANDARD_IA", "GLACIER", "GLACIER"]
    with pytest.raises(ClientError, match="InvalidObjectState"):
        s3.get_object(Bucket="photos", Key="cat")


def test_uploads_that_are_not_completed_are_aborted(aws: MockAWS) -> None:
    s3 = bucket({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3}})
    s3.create_multipart_upload(Bucket="photos", Key="cat")

    aws.clock.advance(days=3)
    assert len(s3.list_multipart_uploads(Bucket="photos")["Uploads"]) == 1
    aws.clock.advance(days=1)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="photos")


def test_restored_objects_are_archived_again(aws: MockAWS) -> None:
    s3 = bucket()
    s3.put_object(Bucket="photos", Key="cat", Body=b"meow", StorageClass="GLACIER")
    for _ in range(2):
        with pytest.raises(ClientError, match="InvalidObjectState"):
            s3.get_object(Bucket="photos", Key="cat")
        s3.restore_object(Bucket="photos", Key="cat", RestoreRequest={"Days": 2})
        assert s3.get_object(Bucket="photos", Key="cat")["Body"].read() == b"meow"
        aws.clock.advance(days=1)
        assert s3.get_object(Bucket="photos", Key="cat")["Body"].read() == b"meow"
        aws.clock.advance(days=1, seconds=1)


@needs_newer_moto
def test_locked_objects_are_locked_until_their_time(aws: MockAWS) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="photos", ObjectLockEnabledForBucket=True)
    until = NOON + timedelta(days=30)
    version = s3.put_object(
        Bucket="photos", Key="cat", Body=b"", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until
    )["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="photos", Key="cat", VersionId=version)

    aws.clock.advance(days=31)

    s3.delete_object(Bucket="photos", Key="cat", VersionId=version)
    assert keys(s3) == []


def test_a_bucket_tells_of_what_its_lifecycle_does(aws: MockAWS) -> None:
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    s3 = bucket({"Expiration": {"Days": 1}})
    s3.put_bucket_notification_configuration(
        Bucket="photos",
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:LifecycleExpiration:*"]}],
        },
    )
    sqs.purge_queue(QueueUrl=queue)
    s3.put_object(Bucket="photos", Key="cat", Body=b"")

    aws.clock.advance(days=2)

    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    [record] = json.loads(message["Body"])["Records"]
    assert record["s3"]["object"]["key"] == "cat"
    assert record["eventTime"].startswith("2026-01-03T00:00:00")
