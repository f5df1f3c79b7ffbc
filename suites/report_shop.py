"""Tests of a small shop, for the pages of suites/report_pages.py: some fail on purpose."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session

REGION = "us-east-1"


async def save_receipt(s3: Any, order: dict[str, Any]) -> None:
    """Write a receipt to S3."""
    body = json.dumps({"order": order["id"], "total": order["total"]}).encode()
    await s3.put_object(Bucket="receipts", Key=f"2026/{order['id']}.json", Body=body, ContentType="application/json")


async def ship(sqs: Any, queue: str, order: dict[str, Any]) -> None:
    """Ask the warehouse to ship an order."""
    await sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(order))


async def read_receipt(s3: Any, order_id: str) -> Any:
    """Read a receipt, and leave its body open."""
    return await s3.get_object(Bucket="receipts", Key=f"2025/{order_id}.json")


async def place_orders() -> None:
    """Place some orders: a receipt, a row and a message for each."""
    session = get_session()
    async with (
        session.create_client("s3", region_name=REGION) as s3,
        session.create_client("sqs", region_name=REGION) as sqs,
        session.create_client("dynamodb", region_name=REGION) as dynamodb,
        session.create_client("secretsmanager", region_name=REGION) as secrets,
        session.create_client("textract", region_name=REGION) as textract,
    ):
        await s3.create_bucket(Bucket="receipts")
        queue = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        await dynamodb.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        await secrets.create_secret(Name="payments", SecretString="sk_live_51H8")
        orders = [{"id": f"A-{number}", "total": 19 + number} for number in range(6)]

        async def place(order: dict[str, Any]) -> None:
            item = {"id": {"S": order["id"]}, "total": {"N": str(order["total"])}}
            await dynamodb.put_item(TableName="orders", Item=item)
            await save_receipt(s3, order)
            await ship(sqs, queue, order)

        await asyncio.gather(*(place(order) for order in orders))
        await textract.detect_document_text(Document={"S3Object": {"Bucket": "receipts", "Name": "2026/A-0.json"}})
        await sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        await read_receipt(s3, "A-3")


@pytest.mark.aiomoto(record_bodies=True, sleep="instant")
def test_an_order_has_a_receipt(aiomoto: Any) -> None:
    """Fails: the receipt is looked for in another year."""
    aiomoto.faults.add(
        "s3", "PutObject", error="SlowDown", where=lambda call: call.params["Key"].endswith("3.json"), times=2
    )

    def recognize(call: Any) -> dict[str, Any]:
        boto3.client("s3", REGION).get_object(Bucket="receipts", Key=call.params["Document"]["S3Object"]["Name"])
        return {"Blocks": [{"BlockType": "LINE", "Text": "total 19"}]}

    aiomoto.answers.add("textract", "DetectDocumentText", recognize)
    asyncio.run(place_orders())


@pytest.mark.aiomoto
def test_prices_are_read_one_by_one() -> None:
    """Passes, with a loop that one call could replace."""
    dynamodb = boto3.client("dynamodb", REGION)
    dynamodb.create_table(
        TableName="prices",
        KeySchema=[{"AttributeName": "sku", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "sku", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(25):
        dynamodb.get_item(TableName="prices", Key={"sku": {"S": f"sku-{number}"}})


@pytest.mark.aiomoto
@pytest.mark.parametrize("size", [1, 1_000, 1_000_000])
def test_uploads_of_any_size(size: int) -> None:
    """Passes."""
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="uploads")
    s3.put_object(Bucket="uploads", Key="file", Body=bytes(size))
    assert s3.head_object(Bucket="uploads", Key="file")["ContentLength"] == size


@pytest.mark.aiomoto
def test_mail_is_sent_from_a_verified_address() -> None:
    """Fails: nobody has verified it."""
    message = {"Subject": {"Data": "Your order"}, "Body": {"Text": {"Data": "is on its way"}}}
    boto3.client("ses", REGION).send_email(
        Source="shop@example.com", Destination={"ToAddresses": ["a@example.com"]}, Message=message
    )


@pytest.mark.aiomoto
def test_refunds() -> None:
    """Is skipped."""
    boto3.client("sqs", REGION).create_queue(QueueName="refunds")
    pytest.skip("refunds are for next year")
