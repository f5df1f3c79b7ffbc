"""Send requests as urllib3 does."""

from __future__ import annotations

from collections.abc import Iterable
from io import TextIOBase
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.httpchecksum import AwsChunkedWrapper

from aiomoto._http.urllib3.failures import pool_for
from aiomoto._wire.message import WireRequest, copy_piece, goes_unchanged, in_one_chunk, received

# Bytes read of a file at once. botocore sets this size for urllib3, whose default is smaller.
_BLOCK_SIZE = 128 * 1024


def sent(request: AWSPreparedRequest, head: WireRequest) -> WireRequest:
    """Return a prepared request as a server receives it from urllib3. Its body is read from its current position.

    Raises:
        WireFailure: the server waits for more of the body, or hangs up.
        Exception: what urllib3 raises if it cannot send such headers or such a body, or reading it fails.
    """
    body = request.body
    if goes_unchanged(head, body):
        return head.with_body(body)
    if not head.has_plain_headers:
        _write_headers(request)
    if body is None:
        return received(head, b"")
    if isinstance(body, AwsChunkedWrapper):
        return head.with_body(in_one_chunk(list(body)))
    return received(head, b"".join([_encoded(piece) for piece in _pieces(body)]))


def _write_headers(request: AWSPreparedRequest) -> None:
    """Write the headers to a connection that is not open, which refuses what it cannot send."""
    pool = pool_for(request.url)
    connection = pool.ConnectionCls(pool.host, pool.port)
    connection.putrequest(request.method, "/", skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.items():
        connection.putheader(name, value)


def _pieces(body: Any) -> Iterable[Any]:
    """Split a body into pieces, as ``urllib3.util.request.body_to_chunks`` does since urllib3 2."""
    if isinstance(body, str):
        return (body,)
    if hasattr(body, "read"):
        return _blocks(body)
    try:
        return (memoryview(body),)
    except TypeError:
        if not isinstance(body, Iterable):
            kinds = "a bytes-like object, file-like object, or iterable"
            raise TypeError(f"'body' must be {kinds}. Instead was {body!r}") from None
        return iter(body)


def _blocks(file: Any) -> Iterable[Any]:
    is_text = isinstance(file, TextIOBase)
    while block := file.read(_BLOCK_SIZE):
        yield block if is_text else copy_piece(block)


def _encoded(piece: Any) -> bytes:
    return piece.encode() if isinstance(piece, str) else copy_piece(piece)
