"""A call that waits for a connection goes on when a body gives one back: in a mock as over a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from aiobotocore.config import AioConfig

from aiomoto import Call, mock_aws
from tests.conftest import ClientFactory
from tests.loopback import Answer, loopback_server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("own_keys")]

CONFIG = AioConfig(max_pool_connections=2, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
PIECE = bytes(1_000_000)
PIECES = 16  # more than sockets and clients keep for somebody who does not read
OBJECT = {"Bucket": "photos", "Key": "a"}


async def ask_for_a_third(s3: Any) -> None:
    """Keep two bodies, ask for more, and then read one of the bodies."""
    kept = [(await s3.get_object(**OBJECT))["Body"] for _ in range(2)]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: s3.head_object(**OBJECT))
        await anyio.wait_all_tasks_blocked()
        assert len(await kept[0].read()) == PIECES * len(PIECE)
    if (closing := kept[1].close()) is not None:
        await closing


async def over_a_network(client: ClientFactory) -> list[str]:
    with loopback_server(tls=True) as server:
        server.answer = Answer(200, (), PIECES * PIECE)
        async with client("s3", region_name="us-east-1", endpoint_url=server.url, verify=False, config=CONFIG) as s3:
            await ask_for_a_third(s3)
            return server.events


async def in_a_mock(client: ClientFactory) -> list[str]:
    events = []

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(PIECES):
            yield PIECE
        events.append("finished GET")

    def head(call: Call) -> dict[str, Any]:
        events.append("received HEAD")
        return {"ContentLength": PIECES * len(PIECE)}

    async with mock_aws() as aws, client("s3", region_name="us-east-1", config=CONFIG) as s3:
        aws.answers.add("s3", "GetObject", lambda call: {"Body": pieces()})
        aws.answers.add("s3", "HeadObject", head)
        await ask_for_a_third(s3)
    return events


@pytest.mark.thorough
@pytest.mark.usefixtures("sockets_collected")
async def test_the_third_call_is_sent_when_a_body_has_come_in(client: ClientFactory) -> None:
    network = [event for event in await over_a_network(client) if event in ("finished GET", "received HEAD")]

    assert network[:2] == await in_a_mock(client) == ["finished GET", "received HEAD"]
