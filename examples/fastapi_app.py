"""Test a FastAPI app with an S3 client as a dependency: no server for the app, and none for S3.

Run it with ``pytest examples/fastapi_app.py``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
import pytest_asyncio
from aiobotocore.session import get_session
from fastapi import Depends, FastAPI, HTTPException, Request, Response

from aiomoto import MockAWS

BUCKET = "notes"

# ---------------------------------------------------------------- the app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one client open while the app runs."""
    async with get_session().create_client("s3") as app.state.s3:
        yield


async def s3_client(request: Request) -> Any:
    """Return the app's client, as a dependency."""
    return request.app.state.s3


S3 = Annotated[Any, Depends(s3_client)]
app = FastAPI(lifespan=lifespan)


@app.put("/notes/{name}", status_code=201)
async def write(name: str, request: Request, s3: S3) -> dict[str, str]:
    """Store a note."""
    stored = await s3.put_object(Bucket=BUCKET, Key=name, Body=await request.body())
    return {"etag": stored["ETag"]}


@app.get("/notes/{name}")
async def read(name: str, s3: S3) -> Response:
    """Return a note."""
    try:
        found = await s3.get_object(Bucket=BUCKET, Key=name)
    except s3.exceptions.NoSuchKey:
        raise HTTPException(404, f"there is no note {name!r}") from None
    return Response(await found["Body"].read(), media_type="text/plain")


# ---------------------------------------------------------------- the tests


@pytest_asyncio.fixture
async def http(aiomoto_client: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Start the app inside the mock, with an empty bucket, and return an HTTP client for it."""
    await (await aiomoto_client("s3")).create_bucket(Bucket=BUCKET)
    transport = httpx.ASGITransport(app)
    async with lifespan(app), httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        yield client


@pytest.mark.asyncio
async def test_note_is_read_as_it_was_written(http: httpx.AsyncClient) -> None:
    written = await http.put("/notes/monday", content=b"feed the cat")
    assert written.status_code == 201

    found = await http.get("/notes/monday")

    assert (found.status_code, found.text) == (200, "feed the cat")


@pytest.mark.asyncio
async def test_missing_note_is_a_404(http: httpx.AsyncClient) -> None:
    found = await http.get("/notes/tuesday")

    assert (found.status_code, found.json()) == (404, {"detail": "there is no note 'tuesday'"})


@pytest.mark.asyncio
async def test_app_stores_each_note_with_one_call(http: httpx.AsyncClient, aiomoto: MockAWS) -> None:
    await http.put("/notes/monday", content=b"feed the cat")

    aiomoto.calls.assert_called_once("s3", "PutObject", Key="monday")


@pytest.mark.asyncio
async def test_app_survives_a_throttled_call(http: httpx.AsyncClient, aiomoto: MockAWS) -> None:
    await http.put("/notes/monday", content=b"feed the cat")
    aiomoto.faults.add("s3", "GetObject", error="SlowDown", times=1)

    assert (await http.get("/notes/monday")).status_code == 200  # the client retried
