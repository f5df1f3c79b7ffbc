"""The body of a request, decompressed."""

from __future__ import annotations

import zlib

from aiomoto._wire.message import WireRequest, once

# In bytes; more than any service accepts. A few kilobytes of gzip can expand to gigabytes.
_MAX_SIZE = 64 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


@once
def content_of(request: WireRequest) -> bytes:
    """Decompress the body if the client compressed it with gzip. A body that does not decompress is returned as it is.

    Clients compress the requests of some operations: ``PutMetricData`` from 10 KiB on.
    """
    body = request.body or b""
    if body[:2] != b"\x1f\x8b" or "gzip" not in request.lower_headers.get("content-encoding", ""):
        return body
    decompressor = zlib.decompressobj(_GZIP)
    try:
        content = decompressor.decompress(body, _MAX_SIZE)
    except zlib.error:
        return body
    return content if decompressor.eof else body
