"""Read request bodies in S3's aws-chunked framing, signed or with a trailer.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# The size of a chunk in hexadecimal, and an optional extension: ``;chunk-signature=...``.
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(;[^\r\n]*)?\r\n")


class Chunked(NamedTuple):
    """An aws-chunked body, parsed.

    Attributes:
        chunks: the data of each chunk.
        extension: the extension of the first chunk, i.e. its signature.
        end: the empty last chunk and the trailer, as sent.
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
        """The data of all chunks, joined."""
        return b"".join(self.chunks)

    def in_one_chunk(self) -> bytes:
        """Encode the body again, as a single chunk: Moto parses chunks in time quadratic in their number."""
        if not self.chunks:
            return self.end
        head = b"%x%s\r\n" % (self.size, self.extension)
        return b"".join([head, *self.chunks, b"\r\n", self.end])

    def trailer(self) -> dict[str, str]:
        """The headers after the data, such as a checksum, by lower-case name."""
        lines = self.end.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}


def signed_chunks(body: bytes) -> Iterator[tuple[bytes, str]]:
    """The data of each chunk of a well-formed body, with its signature; an empty string if it has none."""
    at, size = 0, 1
    while size and (head := _CHUNK_HEAD.match(body, at)) is not None:
        size = int(head[1], 16)
        yield body[head.end() : head.end() + size], (head[2] or b"").decode("latin-1").partition("chunk-signature=")[2]
        at = head.end() + size + 2


def parse_chunks(pieces: Iterable[bytes | bytearray]) -> Chunked:
    """Parse an aws-chunked body in linear time, without copying its data.

    Args:
        pieces: the body, in one piece or in several. Each piece ends where a chunk ends, as botocore's pieces do.

    Raises:
        ValueError: the body is not aws-chunked, or it is truncated.
    """
    chunks: list[memoryview] = []
    extension = b""
    for piece in pieces:
        view, at = memoryview(piece), 0
        while at < len(piece):
            head = _CHUNK_HEAD.match(piece, at)
            if head is None:
                raise ValueError("malformed aws-chunked body: a chunk does not begin with its size")
            extension = extension or bytes(head[2] or b"")
            size = int(head[1], 16)
            if not size:
                return Chunked(chunks, extension, bytes(view[at:]))
            at = head.end() + size
            if piece[at : at + 2] != b"\r\n":
                raise ValueError("malformed aws-chunked body: a chunk is longer or shorter than its size")
            chunks.append(view[head.end() : at])
            at += 2
    raise ValueError("malformed aws-chunked body: the empty last chunk is missing")
