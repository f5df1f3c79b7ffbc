"""Names of buckets, keys and metadata that S3 does not take."""

from __future__ import annotations

import re

from aiomoto._strict.check import Refusal, Rows, StrictCall

_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--table-s3")
_MAX_KEY = 1024
_MAX_METADATA = 2048


def refuse_bucket(call: StrictCall) -> Refusal | None:
    """Refuse to create a bucket whose name breaks the rules.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    """
    name = str(call.params.get("Bucket", ""))
    is_valid = _BUCKET.fullmatch(name) and not name.startswith(_RESERVED_BEGINNINGS)
    if is_valid and not name.endswith(_RESERVED_ENDS):
        return None
    return Refusal("InvalidBucketName", f"The specified bucket is not valid: {name!r}.")


def refuse_key(call: StrictCall) -> Refusal | None:
    """Refuse a key of more than 1,024 bytes.

    KeyTooLongError: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
    """
    if len(call.request.url) <= _MAX_KEY:
        return None
    size = len(str(call.params.get("Key", "")).encode("utf-8", "surrogatepass"))
    return Refusal("KeyTooLongError", f"Your key is too long: {size} bytes of 1024.") if size > _MAX_KEY else None


def refuse_metadata(call: StrictCall) -> Refusal | None:
    """Refuse metadata of more than 2 KB, the sum of all names and values.

    MetadataTooLarge: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
    """
    prefix = "x-amz-meta-"
    size = sum(
        len(name) - len(prefix) + len(value.encode("utf-8", "surrogateescape"))
        for name, value in call.headers.items()
        if name.startswith(prefix)
    )
    if size <= _MAX_METADATA:
        return None
    return Refusal("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size: 2 KB.")


ROWS: Rows = {
    ("s3", "CreateBucket"): (refuse_bucket,),
    ("s3", "PutObject"): (refuse_metadata,),
    ("s3", "CopyObject"): (refuse_metadata,),
    ("s3", "CreateMultipartUpload"): (refuse_metadata,),
    ("s3", ""): (refuse_key,),
}
