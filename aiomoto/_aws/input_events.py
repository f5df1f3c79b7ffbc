"""Event streams that a client sends: decode what it has signed, event by event."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from botocore.eventstream import EventStreamBuffer, EventStreamMessage
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser


async def events_of(
    pieces: AsyncIterable[bytes], operation: OperationModel, protocol: str
) -> AsyncIterator[dict[str, Any]]:
    """Yield the events of a request, by botocore's names.

    Args:
        pieces: the body, as it comes.
        operation: the operation, whose input has a stream of events.
        protocol: botocore's name of the protocol that the request uses.

    Raises:
        ParserError: it is no event stream.
    """
    buffer = EventStreamBuffer()
    shape = operation.input_shape.members[operation.input_shape.event_stream_name]
    parser = type(create_parser(protocol)).EVENT_STREAM_PARSER_CLS()
    async for piece in pieces:
        buffer.add_data(piece)
        for message in buffer:
            event = _event(message, parser, shape)
            if event is not None:
                yield event


def _event(message: EventStreamMessage, parser: Any, shape: Shape) -> dict[str, Any] | None:
    """The event of a message; ``None`` if it has none: the end of the stream, and the request before the first event.

    A signed message holds another one: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html
    """
    if ":chunk-signature" in message.headers:
        signed = EventStreamBuffer()
        signed.add_data(message.payload)
        inner = next(signed, None)
        return None if inner is None else _event(inner, parser, shape)
    if message.headers.get(":event-type") not in shape.members:
        return None
    event: dict[str, Any] = parser.parse(message.to_response_dict(), shape)
    event.pop("ResponseMetadata", None)
    return event
