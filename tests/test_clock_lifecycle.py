"""What the lifecycle of a bucket does once a mock's clock is moved; restored and locked objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aiomoto import MockAWS, mock_aws
from tests.clocks import needs_newer_moto
from tests.moved_clocks import NOON, client


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws(time=NOON) as aws:
        yield aws


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


def test_the_first_of_several_rules_counts(aws: MockAWS) -> None:
    s3 = bucket({"Expiration": {"Days": 10}}, {"Expiration": {"Days": 2}, "Filter": {"Prefix": "tmp/"}})
    for key in ("tmp/cat", "cat"):
        s3.put_object(Bucket="photos", Key=key, Body=b"")

    aws.clock.advance(days=5)
    assert keys(s3) == ["cat"]
    s3.put_object(Bucket="photos", Key="tmp/dog", Body=b"")
    aws.clock.advance(days=30)  # both rules are due in it
    assert keys(s3) == []


def test_delete_markers_go_when_they_are_alone(aws: MockAWS) -> None:
    s3 = bucket(
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 3}},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 5}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
        versioned=True,
    )
    for body in (b"first", b"second"):
        s3.put_object(Bucket="photos", Key="cat", Body=body)
    s3.delete_object(Bucket="photos", Key="cat")

    aws.clock.advance(days=2)
    assert len(s3.list_object_versions(Bucket="photos")["DeleteMarkers"]) == 1
    aws.clock.advance(days=10)
    found = s3.list_object_versions(Bucket="photos")
    assert ("Versions" in found, "DeleteMarkers" in found) == (False, False)


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
