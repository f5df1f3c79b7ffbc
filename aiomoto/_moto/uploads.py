"""What Moto's S3 knows of a multipart upload."""

from __future__ import annotations

import sys
from typing import NamedTuple

from aiomoto._moto.loaded import loaded_backends


class Upload(NamedTuple):
    """A multipart upload.

    Attributes:
        algorithm: the algorithm of its checksums, as its creation named it; empty if it named none.
        is_composite: whether its checksum is that of its parts' checksums, so that the completion has to name them.
        parts: the numbers of the parts that have arrived.
    """

    algorithm: str
    is_composite: bool
    parts: frozenset[int]


def upload_of(bucket: str, upload_id: str) -> Upload | None:
    """Find an upload, in any account; ``None`` if there is none."""
    for backend in loaded_backends("s3", "s3_backends"):
        held = getattr(backend.buckets.get(bucket), "multiparts", {}).get(upload_id)
        if held is not None:
            algorithm = str(held.metadata.get("x-amz-checksum-algorithm") or "")
            kind = str(held.metadata.get("x-amz-checksum-type") or _default_of(algorithm.upper()))
            return Upload(algorithm, kind == "COMPOSITE", frozenset(held.parts))
    return None


def _default_of(algorithm: str) -> str:
    """The kind of an upload's checksum, if its creation named none; empty if Moto does not keep what it named.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
    """
    keeps_kinds = hasattr(sys.modules.get("moto.s3.models"), "MultipartChecksumBuilder")
    composite = ("SHA1", "SHA256", "CRC32", "CRC32C") if keeps_kinds else ("SHA1", "SHA256")
    return "COMPOSITE" if algorithm in composite else ""
