"""Checksums that do not match what arrived."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from zlib import crc32

from aiomoto._strict.check import Refusal, Rows, StrictCall


def refuse_md5(call: StrictCall) -> Refusal | None:
    """Refuse a body whose ``Content-MD5`` is not its own, or none at all.

    BadDigest, InvalidDigest: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    given = call.headers.get("content-md5")
    if given is None:
        return None
    digest = _decoded(given)
    if digest is None or len(digest) != 16:
        return Refusal("InvalidDigest", "The Content-MD5 you specified is not valid.")
    # What is signed in chunks has the sum of what was sent before them
    if digest != hashlib.md5(call.content, usedforsecurity=False).digest():
        return Refusal("BadDigest", "The Content-MD5 you specified did not match what we received.")
    return None


def refuse_checksum(call: StrictCall) -> Refusal | None:
    """Refuse a body whose checksum, in a header or a trailer, is not its own.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
    """
    trailer = call.chunked.trailer() if call.chunked is not None else {}
    for name, (size, compute) in _ALGORITHMS.items():
        header = f"x-amz-checksum-{name}"
        given = call.headers.get(header) or trailer.get(header)
        if given is None:
            continue
        digest = _decoded(given)
        if digest is None or len(digest) != size:
            return Refusal("InvalidRequest", f"Value for {header} header is invalid.")
        computed = compute(call.content)
        if computed is not None and digest != computed:
            return Refusal("BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.")
    return None


def refuse_sha256(call: StrictCall) -> Refusal | None:
    """Refuse a body whose ``x-amz-content-sha256`` is not its own.

    XAmzContentSHA256Mismatch: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    given = call.headers.get("x-amz-content-sha256", "")
    if len(given) != 64:  # UNSIGNED-PAYLOAD, or one of those in chunks
        return None
    if given != hashlib.sha256(call.request.body or b"").hexdigest():
        return Refusal(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    return None


def _decoded(value: str) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def _crc32(body: bytes) -> bytes:
    return crc32(body).to_bytes(4, "big")


def _by_library(size: int, name: str, *modules: str) -> Callable[[bytes], bytes | None]:
    """Compute a checksum by the first of these modules that is installed and has it; ``None`` without one."""

    def compute(body: bytes) -> bytes | None:
        for module in modules:
            with suppress(ImportError, AttributeError):
                value: int = getattr(import_module(module), name)(body)
                return value.to_bytes(size, "big")
        return None

    return compute


# The length of each in bytes. Python alone cannot compute all of them quickly.
_ALGORITHMS: dict[str, tuple[int, Callable[[bytes], bytes | None]]] = {
    "crc32": (4, _crc32),
    "crc32c": (4, _by_library(4, "crc32c", "awscrt.checksums", "crc32c")),
    "crc64nvme": (8, _by_library(8, "crc64nvme", "awscrt.checksums")),
    "sha1": (20, lambda body: hashlib.sha1(body, usedforsecurity=False).digest()),
    "sha256": (32, lambda body: hashlib.sha256(body).digest()),
    "sha512": (64, lambda body: hashlib.sha512(body).digest()),
}

_OF_A_BODY = (refuse_md5, refuse_sha256)
ROWS: Rows = {
    ("s3", "PutObject"): (refuse_checksum,),
    ("s3", "UploadPart"): (refuse_checksum,),
    ("s3", "DeleteObjects"): (refuse_checksum,),
    ("s3", ""): _OF_A_BODY,
}
