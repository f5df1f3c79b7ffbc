"""A cheap look at what is mocked and what data there is: buckets, by boto3."""

from __future__ import annotations

import os
from typing import Any
from unittest.mock import patch

import boto3

# One session for all: a new one takes ten times as long to make its first client.
SESSION = boto3.Session(region_name="us-east-1")


def _from_before_all_mocks() -> Any:
    """Create a client, which takes longer than its requests, as on a machine on which AWS was never set up."""
    with patch.dict(os.environ, {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}):
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            os.environ.pop(name, None)
        return boto3.Session("key", "secret", region_name="us-east-1").client("s3")


_CLIENT = _from_before_all_mocks()


def bucket_names() -> list[str]:
    """The names of all buckets, sorted."""
    return sorted(bucket["Name"] for bucket in _CLIENT.list_buckets()["Buckets"])


def create_bucket(name: str) -> list[str]:
    """Create a bucket, and return the names of all."""
    _CLIENT.create_bucket(Bucket=name)
    return bucket_names()
