"""What httpx refuses to send without an SDK: a body of another length than it says, and headers with line breaks."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws
from tests.http_clients import Library, each_library

pytestmark = pytest.mark.anyio

REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "too-long": ({"Content-Length": "3"}, "Too much data for declared Content-Length"),
    "too-short": ({"Content-Length": "30"}, "Too little data for declared Content-Length"),
    "line-break": ({"x-amz-meta-a": "a\nb"}, "Illegal header value"),
}


@pytest.fixture
def photos() -> Iterator[Any]:
    """A client of a mock in which there is a bucket."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="photos")
        yield client


@each_library
@pytest.mark.parametrize(("headers", "message"), REFUSED.values(), ids=REFUSED)
async def test_httpx_refuses_what_it_cannot_send(
    http: Library, photos: Any, headers: dict[str, str], message: str
) -> None:
    if not http.package.startswith("httpx"):
        pytest.skip("other libraries send it, or have errors of their own")
    url = photos.generate_presigned_url("put_object", {"Bucket": "photos", "Key": "a.jpg"})
    with pytest.raises(import_module(http.package).LocalProtocolError, match=message):
        await http.send("PUT", url, headers=headers, content=b"12345")
    assert "Contents" not in photos.list_objects_v2(Bucket="photos")
