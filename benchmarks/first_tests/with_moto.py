"""A first test with boto3 under Moto's mock."""

from __future__ import annotations

import boto3
from moto import mock_aws


def test_work() -> None:
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="k", Body=b"x")
        assert s3.get_object(Bucket="lake", Key="k")["Body"].read() == b"x"


if __name__ == "__main__":
    test_work()
