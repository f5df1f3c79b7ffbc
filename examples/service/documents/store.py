"""Where documents are: their text in S3, what is known of them in DynamoDB."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aiobotocore.session import get_session

BUCKET = TABLE = QUEUE = "documents"


@dataclass
class Clients:
    """The clients of AWS that the service and its worker keep open."""

    s3: Any
    dynamodb: Any
    sqs: Any


@asynccontextmanager
async def open_clients() -> AsyncIterator[Clients]:
    """Open a client of each kind."""
    session = get_session()
    async with (
        session.create_client("s3") as s3,
        session.create_client("dynamodb") as dynamodb,
        session.create_client("sqs") as sqs,
    ):
        yield Clients(s3, dynamodb, sqs)


async def write(clients: Clients, name: str, text: bytes) -> None:
    """Store a document, and ask for its words to be counted."""
    await clients.s3.put_object(Bucket=BUCKET, Key=name, Body=text)
    await clients.dynamodb.put_item(TableName=TABLE, Item={"name": {"S": name}, "status": {"S": "pending"}})
    queue = await clients.sqs.get_queue_url(QueueName=QUEUE)
    await clients.sqs.send_message(QueueUrl=queue["QueueUrl"], MessageBody=name)


async def read(clients: Clients, name: str) -> bytes | None:
    """Return the text of a document, if there is one."""
    try:
        found = await clients.s3.get_object(Bucket=BUCKET, Key=name)
    except clients.s3.exceptions.NoSuchKey:
        return None
    async with found["Body"] as body:
        content: bytes = await body.read()
    return content


async def look_up(clients: Clients, name: str) -> dict[str, Any] | None:
    """Return what is known of a document, if there is one."""
    found = await clients.dynamodb.get_item(TableName=TABLE, Key={"name": {"S": name}})
    if "Item" not in found:
        return None
    item = found["Item"]
    words = int(item["words"]["N"]) if "words" in item else None
    return {"name": name, "status": item["status"]["S"], "words": words}


async def set_words(clients: Clients, name: str, words: int) -> None:
    """Note how many words a document has, unless it has been deleted meanwhile."""
    with suppress(clients.dynamodb.exceptions.ConditionalCheckFailedException):
        await clients.dynamodb.update_item(
            TableName=TABLE,
            Key={"name": {"S": name}},
            UpdateExpression="SET #status = :done, words = :words",
            ConditionExpression="attribute_exists(#name)",
            ExpressionAttributeNames={"#status": "status", "#name": "name"},
            ExpressionAttributeValues={":done": {"S": "done"}, ":words": {"N": str(words)}},
        )


async def delete(clients: Clients, name: str) -> None:
    """Delete a document."""
    await clients.s3.delete_object(Bucket=BUCKET, Key=name)
    await clients.dynamodb.delete_item(TableName=TABLE, Key={"name": {"S": name}})


async def link(clients: Clients, name: str) -> str:
    """Return a URL from which anybody can read the document for an hour."""
    parameters = {"Bucket": BUCKET, "Key": name}
    url: str = await clients.s3.generate_presigned_url("get_object", Params=parameters, ExpiresIn=3600)
    return url
