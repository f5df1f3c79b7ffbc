"""A first test with aiobotocore under aiomoto: this project, or in another environment the one on PyPI."""

from __future__ import annotations

import asyncio

from aiobotocore.session import get_session

from aiomoto import mock_aws


async def work() -> None:
    async with mock_aws(), get_session().create_client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="lake")
        await s3.put_object(Bucket="lake", Key="k", Body=b"x")
        response = await s3.get_object(Bucket="lake", Key="k")
        assert await response["Body"].read() == b"x"


def test_work() -> None:
    asyncio.run(work())


if __name__ == "__main__":
    test_work()
