"""The worker, by itself and behind the API."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from documents import store, worker

from aiomoto import MockAWS


@pytest.mark.parametrize(("text", "words"), [(b"", 0), (b"well", 1), (b"all is well", 3), (b"  all\nis  well ", 3)])
async def test_words_are_counted(clients: store.Clients, text: bytes, words: int) -> None:
    await store.write(clients, "june", text)

    await worker.work(clients)

    assert await store.look_up(clients, "june") == {"name": "june", "status": "done", "words": words}


async def test_message_is_deleted_when_it_is_handled(clients: store.Clients, messages_in: Callable[[str], int]) -> None:
    await store.write(clients, "june", b"all is well")

    await worker.work(clients)

    assert messages_in(store.QUEUE) == 0


async def test_many_messages_are_handled_at_once(clients: store.Clients, aiomoto: MockAWS) -> None:
    for number in range(10):
        await store.write(clients, f"day-{number}", b"all is well")

    await worker.work(clients)

    assert (await store.look_up(clients, "day-9") or {})["status"] == "done"
    aiomoto.calls.assert_called_once("sqs", "ReceiveMessage")


async def test_document_that_was_deleted_meanwhile_stays_deleted(
    clients: store.Clients, messages_in: Callable[[str], int]
) -> None:
    await store.write(clients, "june", b"all is well")
    await store.delete(clients, "june")

    await worker.work(clients)

    assert await store.look_up(clients, "june") is None
    assert messages_in(store.QUEUE) == 0


async def test_worker_wakes_up_when_a_document_arrives(http: httpx.AsyncClient, clients: store.Clients) -> None:
    working = asyncio.create_task(worker.work(clients))  # it waits for messages, for up to 20 seconds

    await http.put("/documents/june", content=b"all is well")
    await working

    assert (await http.get("/documents/june")).json() == {"name": "june", "status": "done", "words": 3}
