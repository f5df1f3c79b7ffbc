"""Test retries without waiting: S3 throttles the client twice, and then accepts the object."""

import asyncio
from typing import Any

from aiobotocore.session import get_session

from aiomoto import mock_aws


async def archive(s3: Any, key: str, body: bytes) -> None:
    """Store an object. The client itself retries."""
    await s3.put_object(Bucket="archive", Key=key, Body=body)


async def main() -> None:
    """Throttle the client twice, and check how it retries."""
    async with mock_aws(sleep="instant") as aws, get_session().create_client("s3") as s3:
        await s3.create_bucket(Bucket="archive")
        slow_down = aws.faults.add("s3", "PutObject", error="SlowDown", times=2)

        await archive(s3, "november.txt", b"all is well")

        attempts = aws.calls.filter("s3", "PutObject")
        print(aws.calls)
        print(f"Without the mock, the client would have waited {sum(wait.seconds for wait in aws.slept):.1f} s.")
        assert slow_down.hits == 2
        assert [call.error_code for call in attempts] == ["SlowDown", "SlowDown", None]
        assert [call.attempt for call in attempts] == [1, 2, 3]
        assert [wait.why for wait in aws.slept] == ["retry", "retry"]


if __name__ == "__main__":
    asyncio.run(main())
