"""The content of a request's body, which a client may have compressed."""

from __future__ import annotations

import zlib

from aiomoto._wire.message import WireRequest, once

# More than any service takes, in bytes. A few kilobytes can be made to unfold to gigabytes.
_LONGEST = 64 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


@once
def content_of(request: WireRequest) -> bytes:
    """The body as the client wrote it, before it compressed it; as it is where it cannot be unfolded.

    Clients compress what some operations take, and say so: ``PutMetricData`` from 10 KiB on.
    """
    body = request.body or b""
    if body[:2] != b"\x1f\x8b" or "gzip" not in request.lower_headers.get("content-encoding", ""):
        return body
    unfolding = zlib.decompressobj(_GZIP)
    try:
        content = unfolding.decompress(body, _LONGEST)
    except zlib.error:
        return body
    return content if unfolding.eof else body
