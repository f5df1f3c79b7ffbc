"""The AWS of the suite: aiomoto, this one or the one on PyPI, or Moto's server, as the variable ``MOCK`` says."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from aiobotocore.session import AioSession, get_session

REPEATS = 10
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test for ten inputs, as the parametrized tests of a suite do."""
    metafunc.parametrize("number", range(REPEATS))


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """One server for all tests, or each worker's."""
    from moto.server import ThreadedMotoServer

    started = ThreadedMotoServer(port=0, verbose=False)
    started.start()
    yield f"http://127.0.0.1:{started.get_host_and_port()[1]}"
    started.stop()


def reset(url: str) -> None:
    """Empty a server."""
    urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()


@pytest.fixture
async def session(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AioSession]:
    """A session of an AWS that is empty."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    if os.environ["MOCK"] == "server":
        url = request.getfixturevalue("server")
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        reset(url)
        yield get_session()
        return
    from aiomoto import mock_aws

    async with mock_aws():
        yield get_session()


@pytest.fixture
async def s3(session: AioSession) -> AsyncIterator[Any]:
    """A client, and a bucket."""
    async with session.create_client("s3") as client:
        await client.create_bucket(Bucket="lake")
        yield client


@pytest.fixture
async def table(session: AioSession) -> AsyncIterator[Any]:
    """A client, and a table."""
    async with session.create_client("dynamodb") as client:
        await client.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
async def queue(session: AioSession) -> AsyncIterator[tuple[Any, str]]:
    """A client, and the URL of a queue."""
    async with session.create_client("sqs") as client:
        created = await client.create_queue(QueueName="jobs")
        yield client, created["QueueUrl"]
