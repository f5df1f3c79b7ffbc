"""Conditional writes to S3, whose conditions Moto ignores in some operations."""

from __future__ import annotations

from aiomoto._moto.objects import etag_of
from aiomoto._strict.check import Refusal, Rows, StrictCall


def refuse_condition(call: StrictCall) -> Refusal | None:
    """Refuse a write whose ``If-Match`` or ``If-None-Match`` does not hold.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    match, none_match = (call.headers.get(name) for name in ("if-match", "if-none-match"))
    if match is None and none_match is None:
        return None
    etag = etag_of(str(call.params.get("Bucket")), str(call.params.get("Key")))
    if none_match is not None and etag is not None:
        return _failed("If-None-Match")
    if match is not None and etag is None:
        return Refusal("NoSuchKey", "The specified key does not exist.", 404)
    if match is not None and match.strip('"') not in ("*", etag):
        return _failed("If-Match")
    return None


def _failed(condition: str) -> Refusal:
    said = "At least one of the pre-conditions you specified did not hold"
    return Refusal("PreconditionFailed", said, 412, {"Condition": condition})


ROWS: Rows = {
    ("s3", "PutObject"): (refuse_condition,),
    ("s3", "CopyObject"): (refuse_condition,),
    ("s3", "CompleteMultipartUpload"): (refuse_condition,),
}
