"""The HTTP interface of the service. Run it with ``uvicorn documents.api:app``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from botocore.exceptions import BotoCoreError, ClientError
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from documents import store
from documents.store import Clients


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep the clients open while the app runs."""
    async with store.open_clients() as app.state.clients:
        yield


app = FastAPI(lifespan=lifespan)


def clients(request: Request) -> Clients:
    """Return the app's clients, as a dependency."""
    found: Clients = request.app.state.clients
    return found


AWS = Annotated[Clients, Depends(clients)]


@app.exception_handler(ClientError)
@app.exception_handler(BotoCoreError)
async def unavailable(request: Request, error: Exception) -> JSONResponse:
    """Tell the caller to come back, when AWS fails although the client has retried."""
    return JSONResponse({"detail": "come back later"}, 503, headers={"Retry-After": "10"})


@app.put("/documents/{name}", status_code=202)
async def put(name: str, request: Request, aws: AWS) -> dict[str, str]:
    """Store a document."""
    await store.write(aws, name, await request.body())
    return {"status": "pending"}


@app.get("/documents/{name}")
async def get(name: str, aws: AWS) -> dict[str, Any]:
    """Return what is known of a document."""
    if (found := await store.look_up(aws, name)) is None:
        raise HTTPException(404, f"there is no document {name!r}")
    return found


@app.get("/documents/{name}/text")
async def text(name: str, aws: AWS) -> Response:
    """Return the text of a document."""
    if (found := await store.read(aws, name)) is None:
        raise HTTPException(404, f"there is no document {name!r}")
    return Response(found, media_type="text/plain")


@app.get("/documents/{name}/link")
async def link(name: str, aws: AWS) -> dict[str, str]:
    """Return a link to the text that works without an account, for an hour."""
    return {"url": await store.link(aws, name)}


@app.delete("/documents/{name}", status_code=204)
async def delete(name: str, aws: AWS) -> None:
    """Delete a document."""
    await store.delete(aws, name)
