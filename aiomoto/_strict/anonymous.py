"""Requests that nobody has signed, for what is not public."""

from __future__ import annotations

import re

from aiomoto._aws.scope import access_key_of
from aiomoto._moto.public_access import allows_anyone
from aiomoto._strict.check import Refusal, Rows, StrictCall

# The action of IAM and the permission of ACLs that an operation needs, if they are not named as the operation.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
_NEEDS = {
    "GetObject": ("s3:GetObject", "READ"),
    "HeadObject": ("s3:GetObject", "READ"),
    "ListObjects": ("s3:ListBucket", "READ"),
    "ListObjectsV2": ("s3:ListBucket", "READ"),
    "HeadBucket": ("s3:ListBucket", "READ"),
    "PutObject": ("s3:PutObject", "WRITE"),
    "CreateMultipartUpload": ("s3:PutObject", "WRITE"),
    "UploadPart": ("s3:PutObject", "WRITE"),
    "CompleteMultipartUpload": ("s3:PutObject", "WRITE"),
    "DeleteObject": ("s3:DeleteObject", "WRITE"),
    "DeleteObjects": ("s3:DeleteObject", "WRITE"),
}
_SIGNED_FORM = re.compile(rb'name="?policy"?[\r;]', re.IGNORECASE)


def refuse_anonymous(call: StrictCall) -> Refusal | None:
    """Refuse an unsigned request for what neither the bucket's policy nor an ACL makes public.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
    """
    request = call.request
    if access_key_of(request) is not None or "s3-website" in request.host:
        return None
    if request.method == "POST" and _SIGNED_FORM.search(request.body or b""):
        return None
    _, bucket, *rest = call.addressed.path.split("/", 2)
    key = call.params.get("Key") if rest and rest[0] else None
    action, permission = _NEEDS.get(call.model.name, (f"s3:{call.model.name}", "FULL_CONTROL"))
    is_allowed = allows_anyone(bucket, str(key) if key is not None else None, action, permission) if bucket else False
    if is_allowed is not False:
        return None  # that there is no such bucket is said to all
    return Refusal("AccessDenied", f"Access Denied: nobody has signed this request, and {action} is not public.", 403)


ROWS: Rows = {("s3", ""): (refuse_anonymous,)}
