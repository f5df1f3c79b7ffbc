"""Use an S3 client as an async fixture with pytest-asyncio, mocked until the end of the test that uses it.

Run it with ``pytest examples/pytest_async_fixtures.py``.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiobotocore.session import get_session

from aiomoto import mock_aws


@pytest_asyncio.fixture
async def s3() -> AsyncIterator[Any]:
    """An S3 client, mocked, with one empty bucket."""
    async with mock_aws(), get_session().create_client("s3") as client:
        await client.create_bucket(Bucket="uploads")
        yield client


@pytest.mark.asyncio
async def test_upload_is_listed(s3: Any) -> None:
    await s3.put_object(Bucket="uploads", Key="cat.jpg", Body=b"meow")

    listing = await s3.list_objects_v2(Bucket="uploads")

    assert [(entry["Key"], entry["Size"]) for entry in listing["Contents"]] == [("cat.jpg", 4)]


@pytest.mark.asyncio
async def test_each_test_starts_with_an_empty_bucket(s3: Any) -> None:
    assert (await s3.list_objects_v2(Bucket="uploads"))["KeyCount"] == 0
