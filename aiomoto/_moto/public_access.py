"""What anyone may do with an S3 bucket, as far as Moto knows: by its policy, and by its ACL and that of an object."""

from __future__ import annotations

from typing import Any

from aiomoto._moto.loaded import loaded_backends

_EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"


def allows_anyone(name: str, key: str | None, action: str, permission: str) -> bool | None:
    """Tell whether somebody who signs nothing may do something; ``None`` if there is no such bucket.

    Args:
        name: the bucket's name.
        key: the key of the object; ``None`` if it is about the bucket.
        action: the action of IAM: ``"s3:GetObject"``.
        permission: that of ACLs: ``"READ"`` for the object or the list of them, ``"WRITE"`` for the bucket, or another.
    """
    for backend in loaded_backends("s3", "s3_backends"):
        bucket = backend.buckets.get(name)
        if bucket is not None:
            resource = f"arn:aws:s3:::{name}" + (f"/{key}" if key is not None else "")
            by_policy = bucket.get_permission(action, resource).name if bucket.policy is not None else "NEUTRAL"
            is_of_object = key is not None and permission == "READ"
            held = bucket.keys.get(key) if is_of_object else bucket
            return by_policy == "PERMITTED" or (by_policy != "DENIED" and _grants(held, permission))
    return None


def _grants(held: Any, permission: str) -> bool:
    acl = getattr(held, "acl", None)
    return any(
        permission in grant.permissions or "FULL_CONTROL" in grant.permissions
        for grant in (acl.grants if acl is not None else ())
        if any(grantee.uri == _EVERYBODY for grantee in grant.grantees)
    )
