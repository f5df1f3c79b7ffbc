"""An object in a mocked S3, and its body, for the tests that stream it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aiomoto import mock_aws
from tests.conftest import ClientFactory

# trio tells of a generator of httpx's own that closing a body half way leaves behind, over a socket too.
MARKS = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Async generator 'httpx:ResourceWarning")]

# Several times what comes at once, and no round number.
DATA = bytes(range(251)) * 2_003  # 502,753 bytes


@asynccontextmanager
async def holding(data: bytes, client: ClientFactory, **arguments: Any) -> AsyncIterator[Any]:
    """A client of a mocked S3 that holds one object."""
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="bodies")
        await s3.put_object(Bucket="bodies", Key="key", Body=data, **arguments)
        yield s3


async def get(s3: Any, **arguments: Any) -> Any:
    """The body of the object."""
    return (await s3.get_object(Bucket="bodies", Key="key", **arguments))["Body"]


async def close(body: Any) -> None:
    """Close a body as its library wants it closed."""
    # aiobotocore 2 has no aclose().
    await body.aclose() if hasattr(body, "aclose") else body.close()
