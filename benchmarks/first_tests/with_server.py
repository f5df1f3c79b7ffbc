"""A first test with aiobotocore against Moto's server, in a thread of the process."""

from __future__ import annotations

import asyncio

from aiobotocore.session import get_session
from moto.server import ThreadedMotoServer


async def work(port: int) -> None:
    async with get_session().create_client(
        "s3",
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as s3:
        await s3.create_bucket(Bucket="lake")
        await s3.put_object(Bucket="lake", Key="k", Body=b"x")
        response = await s3.get_object(Bucket="lake", Key="k")
        assert await response["Body"].read() == b"x"


def test_work() -> None:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        asyncio.run(work(server.get_host_and_port()[1]))
    finally:
        server.stop()


if __name__ == "__main__":
    test_work()
