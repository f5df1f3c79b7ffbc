"""Bodies in S3's own framing of chunks, with signatures or a trailer, as clients put them on the wire.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import re

# The chunk's size in hexadecimal digits, and what may follow it: ``;chunk-signature=...``.
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(;[^\r\n]*)?\r\n")


def join_chunks(body: bytes | bytearray, decoded_length: int | None = None) -> bytes:
    """Frame a body anew as one chunk, the trailer kept: Moto takes chunks apart in time quadratic in their number.

    Args:
        body: the framed body.
        decoded_length: the size that the client announced for what is in the frames, in bytes.

    Raises:
        ValueError: the body is not framed so, or ends too early, or has another size.
    """
    view = memoryview(body)
    chunks: list[memoryview] = []
    first = head = _head_at(body, 0)
    while size := int(head[1], 16):
        end = head.end() + size
        if body[end : end + 2] != b"\r\n":
            raise ValueError("a chunk does not end where its size says")
        chunks.append(view[head.end() : end])
        head = _head_at(body, end + 2)
    total = sum(map(len, chunks))
    if decoded_length not in (None, total):
        raise ValueError(f"the chunks hold {total} bytes, and {decoded_length} were announced")
    if len(chunks) < 2:
        return bytes(body)
    return b"".join([b"%x%s\r\n" % (total, first[2] or b""), *chunks, b"\r\n", view[head.start() :]])


def _head_at(body: bytes | bytearray, at: int) -> re.Match[bytes]:
    if head := _CHUNK_HEAD.match(body, at):
        return head
    raise ValueError("a chunk does not begin with its size")
