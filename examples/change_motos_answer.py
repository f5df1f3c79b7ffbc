"""Change what Moto answers, for a part of an answer that a test needs to be otherwise."""

import asyncio

from aiobotocore.session import get_session

from aiomoto import Call, mock_aws


async def main() -> None:
    """Make a bucket's object look as if it had been archived."""
    async with mock_aws() as aws, get_session().create_client("s3") as s3:
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="2019.txt", Body=b"old")

        async def archived(call: Call) -> dict[str, object]:
            return {**await call.moto(), "StorageClass": "DEEP_ARCHIVE"}

        with aws.answers.add("s3", "HeadObject", archived, where={"Key": "2019.txt"}):
            head = await s3.head_object(Bucket="reports", Key="2019.txt")
            print(head["StorageClass"], head["ContentLength"])
            assert (head["StorageClass"], head["ContentLength"]) == ("DEEP_ARCHIVE", 3)

        assert "StorageClass" not in await s3.head_object(Bucket="reports", Key="2019.txt")


asyncio.run(main())
