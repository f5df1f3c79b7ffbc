"""A cheap look at what is mocked and what data there is: buckets, by boto3."""

from __future__ import annotations

import boto3

# One session for all: a new one takes ten times as long to make its first client.
SESSION = boto3.Session(region_name="us-east-1")


def bucket_names() -> list[str]:
    """The names of all buckets, sorted."""
    return sorted(bucket["Name"] for bucket in SESSION.client("s3").list_buckets()["Buckets"])


def create_bucket(name: str) -> list[str]:
    """Create a bucket, and return the names of all."""
    SESSION.client("s3").create_bucket(Bucket=name)
    return bucket_names()
