"""The worker of the service. Run it with ``python -m documents.worker``."""

import asyncio
import logging
from typing import Any

from documents import store
from documents.store import Clients

log = logging.getLogger(__name__)


async def main() -> None:
    """Count words until the process is stopped."""
    async with store.open_clients() as clients:
        while True:
            await work(clients)


async def work(clients: Clients) -> None:
    """Wait for messages, for up to 20 seconds, and handle them."""
    queue = (await clients.sqs.get_queue_url(QueueName=store.QUEUE))["QueueUrl"]
    received = await clients.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=20)
    for message in received.get("Messages", []):
        await _handle(clients, queue, message)


async def _handle(clients: Clients, queue: str, message: dict[str, Any]) -> None:
    try:
        await count(clients, message["Body"])
    except Exception:
        # SQS hands the message out again after its visibility timeout, and at last to the dead-letter queue.
        log.exception("could not count the words of %r", message["Body"])
    else:
        await clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


async def count(clients: Clients, name: str) -> None:
    """Count the words of a document, if it is still there."""
    text = await store.read(clients, name)
    if text is not None:
        await store.set_words(clients, name, len(text.decode().split()))


if __name__ == "__main__":
    asyncio.run(main())
