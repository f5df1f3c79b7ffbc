"""The AWS SDK for Python v4 in isolated mocks."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import Any

from aiomoto import mock_aws
from tests.sdk_v4 import MotoHTTPClient, client, configured, models


async def create_and_list(sqs: Any, name: str) -> list[str]:
    await sqs.create_queue(models("sqs").CreateQueueInput(queue_name=name))
    await asyncio.sleep(0)
    return await list_queues(sqs)


async def list_queues(sqs: Any) -> list[str]:
    listed = await sqs.list_queues(models("sqs").ListQueuesInput())
    return [url.rpartition("/")[2] for url in listed.queue_urls or ()]


def test_tasks_do_not_see_each_other_with_clients_of_their_own_or_with_one() -> None:
    async def work(name: str, shared: Any) -> list[list[str]]:
        async with mock_aws(isolated=True), client("sqs") as own:
            return [await create_and_list(own, f"{name}-1"), await create_and_list(shared, f"{name}-2")]

    async def main() -> None:
        async with mock_aws(), client("sqs") as shared:
            found = list(await asyncio.gather(work("a", shared), work("b", shared)))
            assert found == [[["a-1"], ["a-1", "a-2"]], [["b-1"], ["b-1", "b-2"]]]
            assert await list_queues(shared) == []

    asyncio.run(main())


def test_a_client_leads_to_the_mock_in_which_it_was_created() -> None:
    async def main() -> list[list[str]]:
        wired = await configured("sqs", transport=MotoHTTPClient())
        async with client("sqs") as sqs, wired:
            await create_and_list(sqs, "own")
            return [await Context().run(asyncio.ensure_future, list_queues(each)) for each in (sqs, wired)]

    with mock_aws(isolated=True):
        assert asyncio.run(main()) == [["own"], ["own"]]
