"""The events of S3 buckets, complete, as AWS documents them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

from itertools import count
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from moto.core.utils import iso_8601_datetime_with_milliseconds

_sequence = count(0x0055AED6DCD90281E5)
_OWNER = "A3NL1KOZZKExample"


def s3_event(event_name: Any, bucket: Any, key: Any, notification: str) -> dict[str, Any]:
    """The event of one change of an object.

    Args:
        event_name: ``"s3:ObjectCreated:Put"``.
        bucket: Moto's bucket.
        key: Moto's object.
        notification: the id of the notification in the bucket's configuration.
    """
    name = str(getattr(event_name, "value", event_name)).removeprefix("s3:")
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": bucket.region_name,
                "eventTime": iso_8601_datetime_with_milliseconds(),
                "eventName": name,
                "userIdentity": {"principalId": f"AWS:{_OWNER}"},
                "requestParameters": {"sourceIPAddress": "127.0.0.1"},
                "responseElements": {"x-amz-request-id": uuid4().hex[:16].upper(), "x-amz-id-2": "aiomoto"},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": notification,
                    "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": _OWNER}, "arn": bucket.arn},
                    "object": _object(name, bucket, key),
                },
            }
        ]
    }


def _object(event_name: str, bucket: Any, key: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"key": quote_plus(key.name, safe="/")}
    if not event_name.startswith("ObjectRemoved"):
        described |= {"size": key.size, "eTag": key.etag.replace('"', "")}
    if bucket.is_versioned and getattr(key, "version_id", None):
        described["versionId"] = key.version_id
    return described | {"sequencer": f"{next(_sequence):018X}"}
