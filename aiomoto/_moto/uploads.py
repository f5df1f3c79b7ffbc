"""What Moto's S3 knows of a multipart upload."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple
from weakref import WeakSet

from aiomoto._moto.loaded import loaded_backends


class Upload(NamedTuple):
    """A multipart upload.

    Attributes:
        algorithm: the algorithm of its checksums, as its creation named it; empty if it named none.
        is_composite: whether its checksum is that of its parts' checksums, so that the completion has to name them.
        has_copied_parts: whether :func:`note_copied_part` was called for it.
    """

    algorithm: str
    is_composite: bool
    has_copied_parts: bool


def upload_of(bucket: str, upload_id: str) -> Upload | None:
    """Find an upload, in any account; ``None`` if there is none."""
    held = _held(bucket, upload_id)
    if held is None:
        return None
    algorithm = str(held.metadata.get("x-amz-checksum-algorithm") or "")
    kind = str(held.metadata.get("x-amz-checksum-type") or _default_of(algorithm.upper()))
    return Upload(algorithm, kind == "COMPOSITE", held in _with_copies)


def note_copied_part(bucket: str, upload_id: str) -> None:
    """Note that a part of an upload is a copy: Moto keeps no sign of it."""
    held = _held(bucket, upload_id)
    if held is not None:
        _with_copies.add(held)


# Moto's uploads
_with_copies: WeakSet[Any] = WeakSet()


def _held(bucket: str, upload_id: str) -> Any:
    for backend in loaded_backends("s3", "s3_backends"):
        held = getattr(backend.buckets.get(bucket), "multiparts", {}).get(upload_id)
        if held is not None:
            return held
    return None


def _default_of(algorithm: str) -> str:
    """The kind of an upload's checksum, if its creation named none; empty if Moto does not keep what it named.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
    """
    keeps_kinds = hasattr(sys.modules.get("moto.s3.models"), "MultipartChecksumBuilder")
    composite = ("SHA1", "SHA256", "CRC32", "CRC32C") if keeps_kinds else ("SHA1", "SHA256")
    return "COMPOSITE" if algorithm in composite else ""
