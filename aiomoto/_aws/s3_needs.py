"""What calls of S3 need: sources of copies, versions, tags, ACLs, locks, keys of KMS, directory buckets.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from aiomoto._aws.need import CallFacts, Need
from aiomoto._aws.permissions import is_action
from aiomoto._aws.resource_arns import literal

_DIRECTORY_BUCKET = "--x-s3"
# The host of an access point, which the client has made of an ARN.
_ACCESS_POINT = re.compile(r"(.+)-(\d{12})\.s3-accesspoint\.(?:dualstack\.)?([a-z0-9-]+)\.")


def needs(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    """List what a call needs."""
    params = dict(call.params)
    if access_point := _ACCESS_POINT.match(urlsplit(call.url).netloc):
        name, account, region = access_point.groups()
        params["Bucket"] = f"arn:{call.place.partition}:s3:{region}:{account}:accesspoint/{name}"
    if str(params.get("Bucket", "")).endswith(_DIRECTORY_BUCKET):
        yield from (_in_directory_bucket(action, params) for action in actions)
        return
    if call.operation == "DeleteObjects":
        yield from _deletions(params, call.place.partition)
    else:
        yield from (_need(action, params) for action in actions)
    if source := params.get("CopySource"):
        yield _source(str(source))
    yield from _for_parameters(call, params)


def _need(action: str, params: Mapping[str, Any]) -> Need:
    versioned = action.replace("Object", "ObjectVersion", 1)
    if params.get("VersionId") and is_action(versioned):
        action = versioned
    bucket, key = str(params.get("Bucket") or ""), params.get("Key")
    if bucket.startswith("arn:"):  # an access point
        return Need(action, params, [f"{bucket}/object/{literal(str(key))}" if key is not None else bucket])
    return Need(action, {"BucketName": params.get("Bucket"), "ObjectName": key})


def _deletions(params: Mapping[str, Any], partition: str) -> Iterator[Need]:
    bucket = params.get("Bucket")
    listed = params.get("Delete", {}).get("Objects", ())
    for each in listed:
        yield _need("s3:DeleteObject", {"Bucket": bucket, **each})
    if not listed:  # the body was not recorded
        yield Need("s3:DeleteObject", {}, [f"arn:{partition}:s3:::{bucket}/*"])
    if params.get("BypassGovernanceRetention"):
        for each in listed:
            yield _need("s3:BypassGovernanceRetention", {"Bucket": bucket, "Key": each.get("Key")})


def _source(source: str) -> Need:
    path, _, version = source.partition("?versionId=")
    path = unquote(path).lstrip("/")
    if path.startswith("arn:"):
        return Need("s3:GetObject", {}, [literal(path)])
    bucket, _, key = path.partition("/")
    return _need("s3:GetObject", {"Bucket": bucket, "Key": key, "VersionId": version})


def _in_directory_bucket(action: str, params: Mapping[str, Any]) -> Need:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam.html
    own = action.replace("s3:", "s3express:", 1)
    return Need(own if is_action(own) else "s3express:CreateSession", {"BucketName": params["Bucket"]})


def _for_parameters(call: CallFacts, params: Mapping[str, Any]) -> Iterator[Need]:
    """What some parameters of an operation that writes need in addition."""
    if call.operation in _WRITES:
        for names, action in _PARAMETERS:
            if any(params.get(name) for name in names):
                yield _need(action, {**params, "VersionId": None})
        if key := params.get("SSEKMSKeyId"):
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
            needed = ["kms:GenerateDataKey", *(["kms:Decrypt"] if call.operation == "CreateMultipartUpload" else [])]
            yield from (Need(action, {} if "alias/" in key else {"KeyId": key}) for action in needed)
    elif call.operation == "CreateBucket":
        for names, action in _PARAMETERS_OF_BUCKETS:
            if any(params.get(name) for name in names):
                yield _need(action, params)
    elif call.operation in ("DeleteObject", "PutObjectRetention") and params.get("BypassGovernanceRetention"):
        yield _need("s3:BypassGovernanceRetention", params)


_WRITES = ("CopyObject", "CreateMultipartUpload", "PutObject")
_GRANTS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
_PARAMETERS = (
    (_GRANTS, "s3:PutObjectAcl"),
    (("Tagging",), "s3:PutObjectTagging"),
    (("ObjectLockMode", "ObjectLockRetainUntilDate"), "s3:PutObjectRetention"),
    (("ObjectLockLegalHoldStatus",), "s3:PutObjectLegalHold"),
)
_PARAMETERS_OF_BUCKETS = (
    (_GRANTS, "s3:PutBucketAcl"),
    (("ObjectLockEnabledForBucket",), "s3:PutBucketObjectLockConfiguration"),
    (("ObjectLockEnabledForBucket",), "s3:PutBucketVersioning"),
    (("ObjectOwnership",), "s3:PutBucketOwnershipControls"),
)
