"""Seed once for a whole suite, and give each test that data in an AWS of its own. Run it with pytest."""

import asyncio

import pytest
from aiobotocore.session import get_session

from aiomoto import Snapshot, mock_aws

REGION = "us-east-1"


@pytest.fixture(scope="session")
def aiomoto_state() -> Snapshot:
    """Seed once: every test with ``aiomoto``, the fixture or the marker, begins with this."""

    async def seed() -> Snapshot:
        async with mock_aws() as aws, get_session().create_client("dynamodb", region_name=REGION) as dynamodb:
            await dynamodb.create_table(
                TableName="stock",
                KeySchema=[{"AttributeName": "item", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "item", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            for number in range(100):
                await dynamodb.put_item(TableName="stock", Item={"item": {"S": str(number)}, "count": {"N": "5"}})
            return aws.snapshot()

    return asyncio.run(seed())


async def sell(item: str) -> int:
    """Take one piece from stock, and return how many are left."""
    async with get_session().create_client("dynamodb", region_name=REGION) as dynamodb:
        response = await dynamodb.update_item(
            TableName="stock",
            Key={"item": {"S": item}},
            UpdateExpression="SET #count = #count - :one",
            ExpressionAttributeNames={"#count": "count"},
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        return int(response["Attributes"]["count"]["N"])


@pytest.mark.parametrize("item", ["1", "99"])
@pytest.mark.aiomoto
def test_sells_one(item: str) -> None:
    assert asyncio.run(sell(item)) == 4


def test_customers_side_by_side(aiomoto_state: Snapshot) -> None:
    @mock_aws(isolated=True, state=aiomoto_state)
    async def customer(orders: int) -> int:
        return [await sell("1") for _ in range(orders)][-1]

    async def main() -> list[int]:
        return list(await asyncio.gather(*map(customer, [1, 2, 3])))

    assert asyncio.run(main()) == [4, 3, 2]
