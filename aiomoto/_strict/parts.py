"""The parts of multipart uploads."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from aiomoto._moto.uploads import note_copied_part, upload_of
from aiomoto._strict.check import Refusal, Rows, StrictCall

_MAX_PARTS = 10_000


def refuse_number(call: StrictCall) -> Refusal | None:
    """Refuse a part whose number is not from 1 to 10,000.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    """
    number = call.params.get("PartNumber")
    if not isinstance(number, int) or 1 <= number <= _MAX_PARTS:
        return None
    return Refusal(
        "InvalidArgument", f"Part number must be an integer between 1 and {_MAX_PARTS}, inclusive: {number}."
    )


def refuse_order(call: StrictCall) -> Refusal | None:
    """Refuse a list of parts that is not in ascending order.

    InvalidPartOrder: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
    """
    numbers = [part.get("PartNumber", 0) for part in _parts(call)]
    if all(one < other for one, other in pairwise(numbers)):
        return None
    return Refusal(
        "InvalidPartOrder",
        f"The list of parts was not in ascending order. Parts must be ordered by part number, and are {numbers}.",
    )


def refuse_without_checksums(call: StrictCall) -> Refusal | None:
    """Refuse a list of parts that lacks the checksums that the upload was created with.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html (composite checksums)
    """
    parts = _parts(call)
    upload = upload_of(str(call.params.get("Bucket")), str(call.params.get("UploadId"))) if parts else None
    if upload is None or not upload.is_composite or upload.has_copied_parts:
        return None  # Moto does not tell the checksums of parts that it copies, so no client can name them
    name = f"Checksum{upload.algorithm.upper()}"
    missing = [part.get("PartNumber") for part in parts if name not in part]
    if not missing:
        return None
    return Refusal(
        "InvalidRequest",
        f"The upload was created using a {upload.algorithm.lower()} checksum. The complete request must include the "
        f"checksum for each part. It was missing for part {missing[0]} in the request: write {name} beside its ETag.",
    )


def note_copy(call: StrictCall) -> None:
    """Note that an upload has a part that is a copy, and refuse nothing."""
    note_copied_part(str(call.params.get("Bucket")), str(call.params.get("UploadId")))


def _parts(call: StrictCall) -> list[dict[str, Any]]:
    given = call.params.get("MultipartUpload") or {}
    parts: list[dict[str, Any]] = given.get("Parts") or []
    return parts


ROWS: Rows = {
    ("s3", "UploadPart"): (refuse_number,),
    ("s3", "UploadPartCopy"): (refuse_number, note_copy),
    ("s3", "CompleteMultipartUpload"): (refuse_order, refuse_without_checksums),
}
