"""Upload to S3 in several parts, and download in chunks instead of all at once."""

import asyncio
import hashlib
from typing import Any

from aiobotocore.session import get_session

from aiomoto import mock_aws

MEBIBYTE = 1024 * 1024


async def upload(s3: Any, key: str, parts: list[bytes]) -> None:
    """Upload an object in parts; all but the last need at least 5 MiB, as S3 requires."""
    where = {"Bucket": "videos", "Key": key}
    upload_id = (await s3.create_multipart_upload(**where))["UploadId"]
    done = []
    for number, part in enumerate(parts, start=1):
        uploaded = await s3.upload_part(**where, UploadId=upload_id, PartNumber=number, Body=part)
        done.append({"PartNumber": number, "ETag": uploaded["ETag"]})
    await s3.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload={"Parts": done})


async def download(s3: Any, key: str) -> tuple[str, int]:
    """Return the SHA-256 of an object, and the size of the largest chunk."""
    body = (await s3.get_object(Bucket="videos", Key=key))["Body"]
    digest, largest = hashlib.sha256(), 0
    async for chunk in body.iter_chunks(64 * 1024):
        digest.update(chunk)
        largest = max(largest, len(chunk))
    return digest.hexdigest(), largest


async def main() -> None:
    """Upload 11 MiB in three parts, and download them."""
    parts = [b"a" * 5 * MEBIBYTE, b"b" * 5 * MEBIBYTE, b"c" * MEBIBYTE]
    async with mock_aws(), get_session().create_client("s3") as s3:
        await s3.create_bucket(Bucket="videos")
        await upload(s3, "holiday.mp4", parts)
        digest, largest = await download(s3, "holiday.mp4")
    print(f"11 MiB up in {len(parts)} parts, down in chunks of at most {largest} bytes.")
    assert digest == hashlib.sha256(b"".join(parts)).hexdigest()
    assert largest <= 64 * 1024


if __name__ == "__main__":
    asyncio.run(main())
