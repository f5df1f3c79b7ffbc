"""aioboto3: export a DynamoDB table to S3, once inside ``mock_aws`` and once with an explicitly wired session."""

import asyncio
import io
import json

import aioboto3

from aiomoto import aioboto3_session, mock_aws


async def export(session: aioboto3.Session) -> int:
    """Upload all visits to S3 as one file of JSON lines, and return their number."""
    async with session.resource("dynamodb") as dynamodb, session.client("s3") as s3:
        table = await dynamodb.Table("visits")
        items = (await table.scan())["Items"]
        lines = "".join(json.dumps({"id": item["id"], "page": item["page"]}) + "\n" for item in items)
        await s3.upload_fileobj(io.BytesIO(lines.encode()), "exports", "visits.jsonl")
        return len(items)


async def set_up(session: aioboto3.Session) -> None:
    """Create the bucket and a table with some visits."""
    async with session.resource("dynamodb") as dynamodb, session.client("s3") as s3:
        await s3.create_bucket(Bucket="exports")
        table = await dynamodb.create_table(
            TableName="visits",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        async with table.batch_writer() as batch:
            for n in range(30):
                await batch.put_item(Item={"id": f"visit-{n}", "page": "/home"})


async def check(session: aioboto3.Session) -> None:
    """Test the export."""
    await set_up(session)
    assert await export(session) == 30
    async with session.resource("s3") as s3:
        exported = await s3.Object("exports", "visits.jsonl")
        lines = (await (await exported.get())["Body"].read()).decode().splitlines()
    assert {"id": "visit-7", "page": "/home"} in map(json.loads, lines)
    print(f"{len(lines)} visits were exported.")


async def main() -> None:
    """Run the test both ways."""
    async with mock_aws():
        await check(aioboto3.Session())
    await check(aioboto3_session())


if __name__ == "__main__":
    asyncio.run(main())
