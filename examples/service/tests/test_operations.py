"""What matters in production: links that expire, and permissions."""

import httpx
from documents import store, worker

from aiomoto import MockAWS


async def test_link_expires_after_an_hour(clients: store.Clients, aiomoto: MockAWS) -> None:
    await store.write(clients, "june", b"all is well")
    url = await store.link(clients, "june")

    async with httpx.AsyncClient() as browser:
        aiomoto.clock.advance(minutes=59)
        assert (await browser.get(url)).status_code == 200
        aiomoto.clock.advance(minutes=2)
        assert (await browser.get(url)).status_code == 403


async def test_worker_needs_no_other_permissions(clients: store.Clients, aiomoto: MockAWS) -> None:
    await store.write(clients, "june", b"all is well")
    aiomoto.calls.clear()

    await worker.work(clients)

    actions = {action for each in aiomoto.calls.policy()["Statement"] for action in each["Action"]}
    assert actions == {
        "dynamodb:UpdateItem",
        "s3:GetObject",
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    }
