"""Test presigned URLs: a service signs them, and its users upload and download with plain httpx."""

import asyncio
from typing import Any

import httpx
from aiobotocore.session import get_session

from aiomoto import mock_aws

BUCKET = "avatars"


class AvatarService:
    """The code under test. It signs URLs and never handles a picture itself."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    async def upload_url(self, user: str) -> str:
        """Sign a URL to which a user may upload a picture within a minute."""
        target = {"Bucket": BUCKET, "Key": user, "ContentType": "image/png"}
        url: str = await self._s3.generate_presigned_url("put_object", Params=target, ExpiresIn=60)
        return url

    async def upload_form(self, user: str) -> tuple[str, dict[str, str]]:
        """Sign a form upload: the URL to post to, and the fields that must precede the picture."""
        post = await self._s3.generate_presigned_post(BUCKET, user, ExpiresIn=60)
        return post["url"], post["fields"]

    async def download_url(self, user: str) -> str:
        """Sign a URL from which anyone may download a user's picture."""
        url: str = await self._s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": user})
        return url


@mock_aws
async def main() -> None:
    """Upload both ways; read one picture through a URL and the other with the service's own client."""
    async with get_session().create_client("s3", region_name="us-east-1") as s3, httpx.AsyncClient() as phone:
        await s3.create_bucket(Bucket=BUCKET)
        service = AvatarService(s3)

        url = await service.upload_url("ada")
        put = await phone.put(url, content=b"PNG of Ada", headers={"Content-Type": "image/png"})
        url, fields = await service.upload_form("charles")
        post = await phone.post(url, data=fields, files={"file": b"PNG of Charles"})
        seen = await phone.get(await service.download_url("ada"))

        stored = await s3.get_object(Bucket=BUCKET, Key="charles")
        charles = await stored["Body"].read()
    print(
        f"Uploads: {put.status_code} and {post.status_code}. Ada sees {seen.text!r}, as {seen.headers['content-type']}."
    )
    assert (put.status_code, post.status_code) == (200, 204)
    assert (seen.content, seen.headers["content-type"]) == (b"PNG of Ada", "image/png")
    assert charles == b"PNG of Charles"


if __name__ == "__main__":
    asyncio.run(main())
