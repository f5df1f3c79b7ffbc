"""Large objects of S3: held in memory as they arrived, where Moto writes them to temporary files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from aiomoto import MockAWS, mock_aws

MIB = 1 << 20
LARGE = b"x" * (6 * MIB)


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws() as aws:
        yield aws


@pytest.fixture
def s3(aws: MockAWS) -> Any:
    config = Config(request_checksum_calculation="when_required")  # sends bytes as they are
    s3 = boto3.client("s3", region_name="us-east-1", config=config)
    s3.create_bucket(Bucket="lake")
    return s3


def read(s3: Any, key: str = "k", **options: Any) -> bytes:
    body: bytes = s3.get_object(Bucket="lake", Key=key, **options)["Body"].read()
    return body


def test_large_objects_need_no_temporary_directory(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    s3.put_object(Bucket="lake", Key="k", Body=LARGE)

    assert read(s3) == LARGE
    assert read(s3, Range="bytes=-3") == b"xxx"
    assert s3.head_object(Bucket="lake", Key="k")["ETag"] == '"3349dc700140d7f86a078484278075a9"'


def test_large_objects_are_replaced_copied_and_restored(aws: MockAWS, s3: Any) -> None:
    s3.put_object(Bucket="lake", Key="k", Body=LARGE)
    snapshot = aws.snapshot()
    s3.copy_object(Bucket="lake", Key="copy", CopySource="lake/k")
    s3.put_object(Bucket="lake", Key="k", Body=b"small")
    assert (read(s3), read(s3, "copy")) == (b"small", LARGE)

    aws.restore(snapshot)

    assert read(s3) == LARGE
    assert s3.list_objects_v2(Bucket="lake")["KeyCount"] == 1


@pytest.mark.thorough
def test_what_does_not_fit_into_memory_lies_in_files(s3: Any) -> None:
    body = b"y" * (128 * MIB)
    for key in "abcde":
        s3.put_object(Bucket="lake", Key=key, Body=body)
    assert read(s3, "e") == body
