"""A response of aiohttp or httpx that is read after its client has been closed: as over a network."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, closing
from importlib import import_module
from importlib.metadata import version
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws
from tests.http_clients import Library
from tests.loopback import Answer, LoopbackServer, loopback_server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_collected"), pytest.mark.thorough]

SMALL = b"0123456789"
LARGE = bytes(range(251)) * 20_000  # more than a socket holds


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as running:
        yield running


@pytest.fixture
def http(http: Library) -> Library:
    if http.package in ("requests", "urllib3"):
        pytest.skip("closing these closes no connection that is in use")
    if http.package == "aiohttp" and tuple(map(int, version("aiohttp").split(".")[:2])) < (3, 10):
        pytest.skip("over a network too, older versions wait for ever")
    return http


async def received(http: Library, url: str, *, begun: bool, as_context: bool) -> tuple[int, str]:
    """How much of a body a client's response gives after the client is closed, and the name of the error after it."""
    package: Any = import_module(http.package)
    size = 0
    try:
        async with aclosing(_pieces(package, http, url, begun=begun, as_context=as_context)) as pieces:
            async for piece in pieces:
                size += len(piece)
    except Exception as error:
        return size, type(error).__name__
    return size, ""


async def _pieces(
    package: Any, http: Library, url: str, *, begun: bool, as_context: bool
) -> AsyncGenerator[bytes, None]:
    if http.package == "aiohttp":
        from yarl import URL

        session = package.ClientSession()
        if as_context:
            await session.__aenter__()
        response = await session.get(URL(url, encoded=True))
        with closing(response):
            if begun:
                yield await response.content.read(5)
            await (session.__aexit__(None, None, None) if as_context else session.close())
            async for piece in response.content.iter_any():
                yield piece
    elif http.is_async:
        client = package.AsyncClient()
        if as_context:
            await client.__aenter__()
        response = await client.send(client.build_request("GET", url), stream=True)
        pieces = response.aiter_raw()
        if begun:
            yield await pieces.__anext__()
        await (client.__aexit__(None, None, None) if as_context else client.aclose())
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
    else:
        client = package.Client()
        if as_context:
            client.__enter__()
        response = client.send(client.build_request("GET", url), stream=True)
        pieces = response.iter_raw()
        if begun:
            yield next(pieces)
        client.__exit__(None, None, None) if as_context else client.close()
        with closing(pieces):
            for piece in pieces:
                yield piece


@pytest.mark.parametrize("as_context", [False, True], ids=["closed", "left"])
@pytest.mark.parametrize("begun", [False, True], ids=["unread", "begun"])
@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
async def test_what_has_arrived_can_be_read_and_the_rest_is_an_error(
    data: bytes, begun: bool, as_context: bool, http: Library, server: LoopbackServer
) -> None:
    server.answer = Answer(200, (), data)
    size, error = await received(http, server.url, begun=begun, as_context=as_context)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="a.jpg", Body=data)
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "a.jpg"})
        size_here, error_here = await received(http, url, begun=begun, as_context=as_context)

    assert error_here == error
    assert (size_here == len(data)) == (size == len(data)) == (data is SMALL)
