"""Share DynamoDB tables between sync and async code: boto3 writes, and an async client pages through the items."""

import asyncio
from decimal import Decimal
from typing import Any

import boto3
from aiobotocore.session import get_session

from aiomoto import mock_aws


def seed() -> None:
    """Create a table and fill it, with boto3."""
    table = boto3.resource("dynamodb").create_table(
        TableName="readings",
        KeySchema=[
            {"AttributeName": "sensor", "KeyType": "HASH"},
            {"AttributeName": "hour", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "sensor", "AttributeType": "S"},
            {"AttributeName": "hour", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    with table.batch_writer() as batch:
        for hour in range(24):
            batch.put_item(Item={"sensor": "roof", "hour": hour, "celsius": Decimal(hour) / 2})


async def warmest(dynamodb: Any, sensor: str) -> tuple[int, str]:
    """Return the hour with the highest temperature, and that temperature, reading pages of ten items."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName="readings",
        KeyConditionExpression="sensor = :sensor",
        ExpressionAttributeValues={":sensor": {"S": sensor}},
        PaginationConfig={"PageSize": 10},
    )
    items = [item async for page in pages for item in page["Items"]]
    best = max(items, key=lambda item: Decimal(item["celsius"]["N"]))
    return int(best["hour"]["N"]), best["celsius"]["N"]


@mock_aws
async def main() -> None:
    """Write with boto3, read with aiobotocore."""
    seed()
    async with get_session().create_client("dynamodb") as dynamodb:
        hour, celsius = await warmest(dynamodb, "roof")
    print(f"24 readings written by boto3; aiobotocore finds {celsius} degrees at {hour}:00.")
    assert (hour, celsius) == (23, "11.5")


if __name__ == "__main__":
    asyncio.run(main())
