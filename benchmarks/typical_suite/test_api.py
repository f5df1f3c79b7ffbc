"""An API of FastAPI that keeps orders in DynamoDB and receipts in S3."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException

pytestmark = pytest.mark.anyio


def create_app(table: Any, s3: Any) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{number}", status_code=201)
    async def create(number: int) -> dict[str, int]:
        await table.put_item(TableName="orders", Item={"id": {"S": str(number)}})
        await s3.put_object(Bucket="lake", Key=f"receipts/{number}", Body=b"paid")
        return {"number": number}

    @app.get("/orders/{number}")
    async def show(number: int) -> dict[str, int]:
        if "Item" not in await table.get_item(TableName="orders", Key={"id": {"S": str(number)}}):
            raise HTTPException(404)
        return {"number": number}

    return app


@pytest.fixture
async def api(table: Any, s3: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(table, s3))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield client


async def test_order_is_created(api: httpx.AsyncClient, s3: Any, number: int) -> None:
    assert (await api.post(f"/orders/{number}")).status_code == 201
    listed = await s3.list_objects_v2(Bucket="lake", Prefix="receipts/")
    assert [each["Key"] for each in listed["Contents"]] == [f"receipts/{number}"]


async def test_order_is_shown(api: httpx.AsyncClient, number: int) -> None:
    await api.post(f"/orders/{number}")
    assert (await api.get(f"/orders/{number}")).json() == {"number": number}


async def test_order_that_does_not_exist_is_not_found(api: httpx.AsyncClient, number: int) -> None:
    assert (await api.get(f"/orders/{number}")).status_code == 404


async def test_orders_are_kept_apart(api: httpx.AsyncClient, number: int) -> None:
    await api.post(f"/orders/{number}")
    assert (await api.get(f"/orders/{number + 1}")).status_code == 404
