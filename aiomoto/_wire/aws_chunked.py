"""Read request bodies in S3's aws-chunked framing, signed or with a trailer.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

# The chunk's size in hexadecimal digits, and what may follow it: ``;chunk-signature=...``.
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(;[^\r\n]*)?\r\n")


class Chunked(NamedTuple):
    """A framed body, taken apart.

    Attributes:
        chunks: the data in each frame.
        extension: what followed the first chunk's size: its signature.
        end: the empty chunk at the end, and the trailer.
    """

    chunks: list[memoryview]
    extension: bytes
    end: bytes

    @property
    def size(self) -> int:
        """The size of the data in bytes."""
        return sum(map(len, self.chunks))

    @property
    def data(self) -> bytes:
        """The data of all frames."""
        return b"".join(self.chunks)

    def in_one_chunk(self) -> bytes:
        """Frame the body anew: Moto takes chunks apart in time quadratic in their number."""
        if not self.chunks:
            return self.end
        head = b"%x%s\r\n" % (self.size, self.extension)
        return b"".join([head, *self.chunks, b"\r\n", self.end])

    def trailer(self) -> dict[str, str]:
        """The headers that come after the data, such as its checksum, with names in lower case."""
        lines = self.end.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}


def parse_chunks(pieces: Iterable[bytes | bytearray]) -> Chunked:
    """Take the frames of a body apart, in linear time and without a copy of the data.

    Args:
        pieces: the framed body, in one piece or in several that end where a frame ends, as botocore makes them.

    Raises:
        ValueError: the body is not framed like this, or ends too early.
    """
    chunks: list[memoryview] = []
    extension = b""
    for piece in pieces:
        view, at = memoryview(piece), 0
        while at < len(piece):
            head = _CHUNK_HEAD.match(piece, at)
            if head is None:
                raise ValueError("a chunk does not begin with its size")
            extension = extension or bytes(head[2] or b"")
            size = int(head[1], 16)
            if not size:
                return Chunked(chunks, extension, bytes(view[at:]))
            at = head.end() + size
            if piece[at : at + 2] != b"\r\n":
                raise ValueError("a chunk does not end where its size says")
            chunks.append(view[head.end() : at])
            at += 2
    raise ValueError("the empty chunk at the end is missing")
