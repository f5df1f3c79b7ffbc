"""Items."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.anyio


def item(number: int, **values: str) -> dict[str, dict[str, str]]:
    return {"id": {"S": str(number)}, **{name: {"S": value} for name, value in values.items()}}


async def test_item_is_read_back(table: Any, number: int) -> None:
    await table.put_item(TableName="orders", Item=item(number, state="open"))
    found = await table.get_item(TableName="orders", Key=item(number))
    assert found["Item"] == item(number, state="open")


async def test_missing_item_is_none(table: Any, number: int) -> None:
    assert "Item" not in await table.get_item(TableName="orders", Key=item(number))


async def test_item_is_updated(table: Any, number: int) -> None:
    await table.put_item(TableName="orders", Item=item(number, state="open"))
    updated = await table.update_item(
        TableName="orders",
        Key=item(number),
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": {"S": "paid"}},
        ReturnValues="ALL_NEW",
    )
    assert updated["Attributes"] == item(number, state="paid")


async def test_item_is_written_once(table: Any, number: int) -> None:
    only_new = {"ConditionExpression": "attribute_not_exists(id)"}
    await table.put_item(TableName="orders", Item=item(number), **only_new)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        await table.put_item(TableName="orders", Item=item(number), **only_new)


async def test_items_are_queried(table: Any, number: int) -> None:
    for each in range(3):
        await table.put_item(TableName="orders", Item=item(number + each))
    found = await table.query(
        TableName="orders",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": str(number)}},
    )
    assert found["Items"] == [item(number)]


async def test_items_are_written_in_a_batch(table: Any, number: int) -> None:
    requests = [{"PutRequest": {"Item": item(each)}} for each in range(number + 1)]
    await table.batch_write_item(RequestItems={"orders": requests})
    assert (await table.scan(TableName="orders"))["Count"] == number + 1


async def test_items_are_written_in_a_transaction(table: Any, number: int) -> None:
    puts = [{"Put": {"TableName": "orders", "Item": item(each)}} for each in (number, number + 1)]
    await table.transact_write_items(TransactItems=puts)
    assert (await table.scan(TableName="orders"))["Count"] == 2


async def test_item_is_deleted(table: Any, number: int) -> None:
    await table.put_item(TableName="orders", Item=item(number))
    await table.delete_item(TableName="orders", Key=item(number))
    assert (await table.scan(TableName="orders"))["Count"] == 0
