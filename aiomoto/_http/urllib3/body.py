"""Read request bodies as urllib3 does."""

from __future__ import annotations

from collections.abc import Iterable
from io import TextIOBase
from typing import Any

from botocore.httpchecksum import AwsChunkedWrapper

from aiomoto._wire.message import copy_piece, in_one_chunk, is_in_memory

# Bytes read of a file at once. botocore sets this size for urllib3, whose default is smaller.
_BLOCK_SIZE = 128 * 1024


def read_body(request: Any) -> bytes | None:
    """Read the body of a prepared request as urllib3 does, from its current position.

    Raises:
        Exception: what urllib3 raises if it cannot send such a body, or reading it fails.
    """
    body = request.body
    if is_in_memory(body):
        return body  # type: ignore[no-any-return]
    if isinstance(body, AwsChunkedWrapper):
        return in_one_chunk(list(body))
    return b"".join([_encoded(piece) for piece in _pieces(body)])


def _pieces(body: Any) -> Iterable[Any]:
    """Split a body into pieces, as ``urllib3.util.request.body_to_chunks`` does since urllib3 2."""
    if isinstance(body, str):
        return (body,)
    if hasattr(body, "read"):
        return _blocks(body)
    try:
        return (memoryview(body),)
    except TypeError:
        pieces: Iterable[Any] = iter(body)
        return pieces


def _blocks(file: Any) -> Iterable[Any]:
    is_text = isinstance(file, TextIOBase)
    while block := file.read(_BLOCK_SIZE):
        yield block if is_text else copy_piece(block)


def _encoded(piece: Any) -> bytes:
    return piece.encode() if isinstance(piece, str) else copy_piece(piece)
