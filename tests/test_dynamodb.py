"""DynamoDB over each HTTP library: tables, conditions, batches, queries, transactions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

SCHEMA: dict[str, Any] = {
    "TableName": "orders",
    "KeySchema": [
        {"AttributeName": "customer", "KeyType": "HASH"},
        {"AttributeName": "number", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "customer", "AttributeType": "S"},
        {"AttributeName": "number", "AttributeType": "N"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


def order(customer: str, number: int, **attributes: Any) -> dict[str, Any]:
    return {"customer": {"S": customer}, "number": {"N": str(number)}, **attributes}


async def test_a_table_lives_from_create_to_delete(client: ClientFactory) -> None:
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        described = await dynamodb.describe_table(TableName="orders")
        listed = await dynamodb.list_tables()
        await dynamodb.delete_table(TableName="orders")
        with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
            await dynamodb.describe_table(TableName="orders")

    assert (described["Table"]["TableStatus"], described["Table"]["ItemCount"]) == ("ACTIVE", 0)
    assert described["Table"]["TableArn"] == "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    assert listed["TableNames"] == ["orders"]


async def test_an_item_lives_from_put_to_delete(client: ClientFactory) -> None:
    key = order("ada", 1)
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        await dynamodb.put_item(TableName="orders", Item={**key, "state": {"S": "new"}, "amount": {"N": "12.5"}})
        before = await dynamodb.get_item(TableName="orders", Key=key)
        updated = await dynamodb.update_item(
            TableName="orders",
            Key=key,
            UpdateExpression="SET #state = :paid, amount = amount + :tip REMOVE note",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":paid": {"S": "paid"}, ":tip": {"N": "1"}},
            ReturnValues="ALL_NEW",
        )
        deleted = await dynamodb.delete_item(TableName="orders", Key=key, ReturnValues="ALL_OLD")
        after = await dynamodb.get_item(TableName="orders", Key=key)

    assert before["Item"] == order("ada", 1, state={"S": "new"}, amount={"N": "12.5"})
    assert updated["Attributes"] == order("ada", 1, state={"S": "paid"}, amount={"N": "13.5"})
    assert deleted["Attributes"] == updated["Attributes"]
    assert "Item" not in after


async def test_attributes_of_every_type_come_back_as_they_went(client: ClientFactory) -> None:
    item = order(
        "ada",
        1,
        text={"S": "größe \u2713"},
        binary={"B": b"\x00\xff"},
        yes={"BOOL": True},
        nothing={"NULL": True},
        names={"SS": ["a", "b"]},
        mixed={"L": [{"N": "1"}, {"M": {"deep": {"B": b"\x01"}}}]},
    )
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        await dynamodb.put_item(TableName="orders", Item=item)
        got = await dynamodb.get_item(TableName="orders", Key=order("ada", 1))
        resource = boto3.resource("dynamodb", region_name="us-east-1").Table("orders")
        plain = resource.get_item(Key={"customer": "ada", "number": 1})["Item"]

    assert got["Item"] == item
    assert plain["number"] == Decimal(1)
    assert plain["mixed"] == [Decimal(1), {"deep": plain["mixed"][1]["deep"]}]
    assert bytes(plain["binary"]) == b"\x00\xff"


CONDITIONAL: dict[str, tuple[str, dict[str, Any]]] = {
    "put": ("put_item", {"Item": order("ada", 1), "ConditionExpression": "attribute_not_exists(customer)"}),
    "delete": ("delete_item", {"Key": order("ada", 1), "ConditionExpression": "attribute_exists(paid)"}),
    "update": (
        "update_item",
        {
            "Key": order("ada", 1),
            "UpdateExpression": "SET stock = stock - :one",
            "ConditionExpression": "stock > :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        },
    ),
}


@pytest.mark.parametrize(("operation", "arguments"), CONDITIONAL.values(), ids=CONDITIONAL)
async def test_a_write_whose_condition_fails_changes_nothing(
    client: ClientFactory, operation: str, arguments: dict[str, Any]
) -> None:
    item = order("ada", 1, stock={"N": "1"})
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        await dynamodb.put_item(TableName="orders", Item=item)
        with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as caught:
            await getattr(dynamodb, operation)(TableName="orders", **arguments)
        got = await dynamodb.get_item(TableName="orders", Key=order("ada", 1))

    assert caught.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert got["Item"] == item


async def test_a_failed_condition_brings_the_item_when_asked(client: ClientFactory) -> None:
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        await dynamodb.put_item(TableName="orders", Item=order("ada", 1, state={"S": "old"}))
        with pytest.raises(ClientError) as caught:
            await dynamodb.put_item(
                TableName="orders",
                Item=order("ada", 1, state={"S": "new"}),
                ConditionExpression="attribute_not_exists(customer)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

    assert caught.value.response["Item"] == order("ada", 1, state={"S": "old"})


async def test_items_are_written_and_read_in_batches(client: ClientFactory) -> None:
    puts = [{"PutRequest": {"Item": order("ada", number)}} for number in range(25)]
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        written = await dynamodb.batch_write_item(RequestItems={"orders": puts})
        await dynamodb.batch_write_item(RequestItems={"orders": [{"DeleteRequest": {"Key": order("ada", 3)}}]})
        keys = [order("ada", number) for number in (2, 3, 4)]
        got = await dynamodb.batch_get_item(RequestItems={"orders": {"Keys": keys}})

    assert written["UnprocessedItems"] == {}
    assert sorted(each["number"]["N"] for each in got["Responses"]["orders"]) == ["2", "4"]


async def _write_orders(dynamodb: Any) -> None:
    await dynamodb.create_table(**SCHEMA)
    for customer in ("ada", "bob"):
        for number in range(5):
            await dynamodb.put_item(TableName="orders", Item=order(customer, number, even={"BOOL": number % 2 == 0}))


async def test_a_query_finds_the_items_of_a_key_in_order(client: ClientFactory) -> None:
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await _write_orders(dynamodb)
        found = await dynamodb.query(
            TableName="orders",
            KeyConditionExpression="customer = :who AND #number BETWEEN :low AND :high",
            FilterExpression="even = :yes",
            ExpressionAttributeNames={"#number": "number"},
            ExpressionAttributeValues={
                ":who": {"S": "ada"},
                ":low": {"N": "1"},
                ":high": {"N": "4"},
                ":yes": {"BOOL": True},
            },
            ScanIndexForward=False,
        )

    assert [each["number"]["N"] for each in found["Items"]] == ["4", "2"]
    assert (found["Count"], found["ScannedCount"]) == (2, 4)


PAGINATED: dict[str, tuple[dict[str, Any], list[int]]] = {
    "query": (
        {"KeyConditionExpression": "customer = :who", "ExpressionAttributeValues": {":who": {"S": "bob"}}},
        [2, 2, 1],
    ),
    "scan": ({}, [2, 2, 2, 2, 2]),
}


@pytest.mark.parametrize("operation", PAGINATED)
async def test_a_paginator_goes_through_all_pages(client: ClientFactory, operation: str) -> None:
    arguments, lengths = PAGINATED[operation]
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await _write_orders(dynamodb)
        pages = dynamodb.get_paginator(operation).paginate(
            TableName="orders", PaginationConfig={"PageSize": 2}, **arguments
        )
        found = [len(page["Items"]) async for page in pages if page["Items"]]

    assert found == lengths


async def test_a_transaction_writes_all_of_its_items(client: ClientFactory) -> None:
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        puts = [{"Put": {"TableName": "orders", "Item": order("ada", number)}} for number in (1, 2)]
        await dynamodb.transact_write_items(TransactItems=puts)
        gets = [{"Get": {"TableName": "orders", "Key": order("ada", number)}} for number in (1, 2)]
        got = await dynamodb.transact_get_items(TransactItems=gets)

    assert [each["Item"] for each in got["Responses"]] == [order("ada", 1), order("ada", 2)]


async def test_a_cancelled_transaction_writes_nothing_and_says_why(client: ClientFactory) -> None:
    taken = {
        "TableName": "orders",
        "Item": order("ada", 1),
        "ConditionExpression": "attribute_not_exists(customer)",
    }
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await dynamodb.create_table(**SCHEMA)
        await dynamodb.put_item(TableName="orders", Item=order("ada", 1))
        with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
            await dynamodb.transact_write_items(
                TransactItems=[{"Put": {"TableName": "orders", "Item": order("ada", 2)}}, {"Put": taken}]
            )
        left = await dynamodb.scan(TableName="orders")

    reasons = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert left["Items"] == [order("ada", 1)]


async def test_statements_of_partiql_are_executed(client: ClientFactory) -> None:
    async with mock_aws(), client("dynamodb", region_name="us-east-1") as dynamodb:
        await _write_orders(dynamodb)
        found = await dynamodb.execute_statement(
            Statement="SELECT * FROM orders WHERE customer = ?", Parameters=[{"S": "ada"}]
        )

    assert len(found["Items"]) == 5
