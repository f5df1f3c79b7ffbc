"""Objects."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.anyio


async def read(s3: Any, key: str) -> bytes:
    response = await s3.get_object(Bucket="lake", Key=key)
    async with response["Body"] as body:
        data: bytes = await body.read()
    return data


async def test_object_is_read_back(s3: Any, number: int) -> None:
    await s3.put_object(Bucket="lake", Key=f"{number}.txt", Body=b"x" * number)
    assert await read(s3, f"{number}.txt") == b"x" * number


async def test_object_is_replaced(s3: Any, number: int) -> None:
    await s3.put_object(Bucket="lake", Key="k", Body=b"old")
    await s3.put_object(Bucket="lake", Key="k", Body=b"%d" % number)
    assert await read(s3, "k") == b"%d" % number


async def test_missing_object_is_an_error(s3: Any, number: int) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        await s3.get_object(Bucket="lake", Key=str(number))


async def test_objects_are_listed_by_prefix(s3: Any, number: int) -> None:
    for key in (f"{number}/a", f"{number}/b", "other"):
        await s3.put_object(Bucket="lake", Key=key, Body=b"")
    listed = await s3.list_objects_v2(Bucket="lake", Prefix=f"{number}/")
    assert [each["Key"] for each in listed["Contents"]] == [f"{number}/a", f"{number}/b"]


async def test_object_is_deleted(s3: Any, number: int) -> None:
    await s3.put_object(Bucket="lake", Key=str(number), Body=b"")
    await s3.delete_object(Bucket="lake", Key=str(number))
    assert (await s3.list_objects_v2(Bucket="lake"))["KeyCount"] == 0


async def test_metadata_is_kept(s3: Any, number: int) -> None:
    await s3.put_object(Bucket="lake", Key="k", Body=b"", Metadata={"number": str(number)})
    assert (await s3.head_object(Bucket="lake", Key="k"))["Metadata"] == {"number": str(number)}


async def test_object_is_copied(s3: Any, number: int) -> None:
    await s3.put_object(Bucket="lake", Key="k", Body=b"%d" % number)
    await s3.copy_object(Bucket="lake", Key="copy", CopySource="lake/k")
    assert await read(s3, "copy") == b"%d" % number


async def test_range_is_read(s3: Any, number: int) -> None:
    await s3.put_object(Bucket="lake", Key="k", Body=b"0123456789")
    response = await s3.get_object(Bucket="lake", Key="k", Range=f"bytes={number}-")
    assert await response["Body"].read() == b"0123456789"[number:]
