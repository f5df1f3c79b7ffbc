"""What the service does when AWS fails."""

from collections.abc import Callable

import httpx
import pytest
from documents import store, worker

from aiomoto import MockAWS

pytestmark = pytest.mark.aiomoto(sleep="instant")  # the clients' retries take no time


@pytest.mark.parametrize(
    ("service", "operation", "error"),
    [
        ("s3", "PutObject", "SlowDown"),
        ("dynamodb", "PutItem", "ProvisionedThroughputExceededException"),
        ("sqs", "SendMessage", "Throttling"),
    ],
)
async def test_throttled_put_succeeds(
    http: httpx.AsyncClient, aiomoto: MockAWS, service: str, operation: str, error: str
) -> None:
    aiomoto.faults.add(service, operation, error=error, times=2)

    assert (await http.put("/documents/june", content=b"all is well")).status_code == 202

    assert [call.attempt for call in aiomoto.calls.filter(service, operation)] == [1, 2, 3]


async def test_caller_is_told_to_come_back(http: httpx.AsyncClient, aiomoto: MockAWS) -> None:
    aiomoto.faults.add("s3", "GetObject", error="InternalError")

    response = await http.get("/documents/june/text")

    assert (response.status_code, response.headers["retry-after"]) == (503, "10")


async def test_lost_connection_is_no_500(http: httpx.AsyncClient, aiomoto: MockAWS) -> None:
    aiomoto.faults.add("dynamodb", raises="connect_timeout")

    assert (await http.get("/documents/june")).status_code == 503


async def test_message_that_was_sent_twice_is_counted_twice_and_harms_nothing(
    clients: store.Clients, aiomoto: MockAWS, messages_in: Callable[[str], int]
) -> None:
    aiomoto.faults.add("sqs", "SendMessage", raises="reset", when="after", times=1)  # the response is lost
    await store.write(clients, "june", b"all is well")
    assert messages_in(store.QUEUE) == 2

    await worker.work(clients)

    assert await store.look_up(clients, "june") == {"name": "june", "status": "done", "words": 3}


async def test_download_that_breaks_off_is_tried_again(clients: store.Clients, aiomoto: MockAWS) -> None:
    await store.write(clients, "june", b"all is well")
    aiomoto.faults.add("s3", "GetObject", cut_after=5, times=1)

    await worker.work(clients)
    assert (await store.look_up(clients, "june") or {})["status"] == "pending"

    aiomoto.clock.advance(60)  # the visibility timeout of the queue
    await worker.work(clients)
    assert (await store.look_up(clients, "june") or {})["status"] == "done"


async def test_text_that_cannot_be_read_ends_in_the_dead_letter_queue(
    clients: store.Clients, aiomoto: MockAWS, messages_in: Callable[[str], int]
) -> None:
    await store.write(clients, "june", b"\xff")  # no UTF-8

    for _ in range(3):  # the maxReceiveCount of the queue
        await worker.work(clients)
        aiomoto.clock.advance(60)
    queue = (await clients.sqs.get_queue_url(QueueName=store.QUEUE))["QueueUrl"]

    assert "Messages" not in await clients.sqs.receive_message(QueueUrl=queue)
    assert (messages_in(store.QUEUE), messages_in("documents-failed")) == (0, 1)
