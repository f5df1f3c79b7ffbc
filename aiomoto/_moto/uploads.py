"""What Moto's S3 knows of a multipart upload."""

from __future__ import annotations

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
            kind = str(held.metadata.get("x-amz-checksum-type") or _DEFAULTS.get(algorithm.upper(), ""))
            return Upload(algorithm, kind == "COMPOSITE", frozenset(held.parts))
    return None


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
_DEFAULTS = {"CRC32": "COMPOSITE", "CRC32C": "COMPOSITE", "SHA1": "COMPOSITE", "SHA256": "COMPOSITE"}
