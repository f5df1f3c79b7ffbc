"""The contenders: how each starts a mocked AWS and creates a client from a new session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import isawaitable
from typing import Any
from urllib.request import Request, urlopen

from cases import KIB, REGION, Step

Client = Any


async def perform(client: Client, step: Step) -> None:
    """Make one call, with a sync or async client, and read the body of its response."""
    response = getattr(client, step.operation)(**step.arguments)
    if isawaitable(response):
        response = await response
    if step.body:
        await _read(response["Body"], step.body)


async def _read(body: Any, how: str) -> None:
    size = () if how == "whole" else (64 * KIB,)
    while True:
        piece = body.read(*size)
        if isawaitable(piece):
            piece = await piece
        if not piece or not size:
            return


class Contender:
    """A way to mock AWS.

    Attributes:
        is_async: whether the clients are aiobotocore's.
    """

    is_async = True

    def aws(self) -> AbstractAsyncContextManager[Any]:
        """Start an empty mocked AWS, and stop it at the end."""
        raise NotImplementedError

    def client(self, service: str) -> AbstractAsyncContextManager[Client]:
        """Create a client from a new session."""
        from aiobotocore.session import get_session

        context: AbstractAsyncContextManager[Client] = get_session().create_client(service, region_name=REGION)
        return context

    async def act(self, client: Client, step: Step) -> None:
        """Run the timed part of a step."""
        await perform(client, step)

    async def start_and_stop(self) -> None:
        """Start a mocked AWS, and stop it."""
        async with self.aws():
            pass


class Aiomoto(Contender):
    """aiobotocore under the installed aiomoto: this project, or in the peer's environment the one on PyPI."""

    def aws(self) -> AbstractAsyncContextManager[Any]:
        from aiomoto import mock_aws

        return mock_aws()


class Isolated(Aiomoto):
    """The same in an isolated mock."""

    def aws(self) -> AbstractAsyncContextManager[Any]:
        from aiomoto import mock_aws

        return mock_aws(isolated=True)


class _Boto3(Contender):
    is_async = False

    @asynccontextmanager
    async def client(self, service: str) -> AsyncIterator[Client]:
        from boto3 import Session

        client = Session().client(service, region_name=REGION)
        try:
            yield client
        finally:
            client.close()


class AiomotoBoto3(_Boto3, Aiomoto):
    """boto3 under this package."""


class Moto(_Boto3):
    """boto3 under Moto's own mock."""

    @asynccontextmanager
    async def aws(self) -> AsyncIterator[Any]:
        from moto import mock_aws

        with mock_aws() as aws:
            yield aws


class Server(Contender):
    """aiobotocore against Moto's threaded server, started once and reset after each test."""

    def __init__(self) -> None:
        self._server: Any = None
        self._url = ""

    def _start(self) -> Any:
        import logging

        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        return server

    @asynccontextmanager
    async def aws(self) -> AsyncIterator[Any]:
        if self._server is None:
            self._server = self._start()
            self._url = "http://{}:{}".format(*self._server.get_host_and_port())
        yield self._server
        await asyncio.to_thread(urlopen, Request(f"{self._url}/moto-api/reset", method="POST"))

    def client(self, service: str) -> AbstractAsyncContextManager[Client]:
        from aiobotocore.session import get_session

        context: AbstractAsyncContextManager[Client] = get_session().create_client(
            service, region_name=REGION, endpoint_url=self._url
        )
        return context

    async def start_and_stop(self) -> None:
        self._start().stop()
