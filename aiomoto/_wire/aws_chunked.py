"""Bodies in S3's own framing of chunks, with signatures or a trailer, as clients put them on the wire.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

# The chunk's size in hexadecimal digits, and what may follow it: ``;chunk-signature=...``.
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(;[^\r\n]*)?\r\n")


class Chunked(NamedTuple):
    """A framed body.

    Attributes:
        chunks: what is in the frames.
        extension: what followed the first chunk's size, its signature.
        end: the empty chunk at the end, and the trailer.
    """

    chunks: list[memoryview]
    extension: bytes
    end: bytes

    @property
    def content(self) -> bytes:
        """What is in the frames, all of it."""
        return b"".join(self.chunks)

    def in_one_chunk(self) -> bytes:
        """The body framed anew: Moto takes chunks apart in time quadratic in their number."""
        if not self.chunks:
            return self.end
        head = b"%x%s\r\n" % (sum(map(len, self.chunks)), self.extension)
        return b"".join([head, *self.chunks, b"\r\n", self.end])

    def trailer(self) -> dict[str, str]:
        """The headers that come after the content, such as its checksum."""
        lines = self.end.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip(): value.strip() for name, _, value in pairs}


def parse_chunks(body: bytes | bytearray, decoded_length: int) -> Chunked:
    """Take the frames of a body apart, without a copy of what is in them.

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
    if decoded_length != (total := sum(map(len, chunks))):
        raise ValueError(f"the chunks hold {total} bytes, and {decoded_length} were announced")
    return Chunked(chunks, bytes(first[2] or b""), bytes(view[head.start() :]))


def _head_at(body: bytes | bytearray, at: int) -> re.Match[bytes]:
    if head := _CHUNK_HEAD.match(body, at):
        return head
    raise ValueError("a chunk does not begin with its size")
