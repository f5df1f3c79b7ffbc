"""What Moto's S3 knows of an object."""

from __future__ import annotations

from aiomoto._moto.loaded import loaded_backends


def etag_of(bucket: str, key: str) -> str | None:
    """Find the ETag of the latest version of an object, without quotes; ``None`` if there is no such object."""
    for backend in loaded_backends("s3", "s3_backends"):
        held = getattr(backend.buckets.get(bucket), "keys", {}).get(key)
        if held is not None:
            etag = getattr(held, "etag", None)  # a marker of a deletion has none
            return str(etag).strip('"') if etag is not None else None
    return None
