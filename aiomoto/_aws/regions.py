"""Check the regions that users pass, and find what requests to them are signed for."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Any

from aiomoto._aws.names import suggestion
from aiomoto._aws.services import loader
from aiomoto._errors import ArgumentError

# botocore's spelling of a region with FIPS endpoints.
_FIPS = re.compile(r"^fips-|-fips$")


def signing_region(region: str) -> str:
    """Find the region that a client's requests are signed for: ``"us-east-1"`` if its region is ``"aws-global"``.

    A name that resembles none of AWS's regions is accepted: other S3 implementations have regions such as
    ``"garage"`` and ``"auto"``.

    Raises:
        ArgumentError: AWS has no such region, though the name looks like one of its regions.
    """
    if mistake := region_mistake(region):
        raise ArgumentError(f"{mistake} To match it nevertheless, pass where=lambda call: call.region == {region!r}")
    return _signing_regions().get(_FIPS.sub("", region), region)


def region_mistake(region: str) -> str | None:
    """Say that AWS has no such region, and suggest similar ones.

    Returns ``None`` if AWS has the region, or if the name does not resemble AWS's regions.
    """
    known = _signing_regions()
    if _FIPS.sub("", region) in known or os.environ.get("MOTO_ALLOW_NONEXISTENT_REGION", "").lower() == "true":
        return None
    similar = suggestion(region, known)
    looks_like_aws = any(re.match(pattern, region) for pattern in _patterns())
    return f"AWS has no region {region!r}{similar or '.'}" if similar or looks_like_aws else None


@lru_cache(maxsize=64)
def partition_of(region: str) -> str:
    """Return the partition of a region: ``"aws"`` unless botocore knows another one."""
    found = (each["id"] for each in loader().load_data("partitions")["partitions"] if _is_in(region, each))
    return next(found, "aws")


def _is_in(region: str, partition: dict[str, Any]) -> bool:
    return region in partition["regions"] or re.match(partition["regionRegex"], region) is not None


@lru_cache(maxsize=1)
def _signing_regions() -> dict[str, str]:
    found = {}
    for partition in loader().load_data("partitions")["partitions"]:
        global_region = partition["outputs"].get("implicitGlobalRegion")
        for name in partition["regions"]:
            found[name] = global_region or name if name.endswith("-global") else name
    return found


def _patterns() -> list[str]:
    return [partition["regionRegex"] for partition in loader().load_data("partitions")["partitions"]]
