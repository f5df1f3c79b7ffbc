"""Regions that a user names, and what requests to them are signed for."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from aiomoto._aws.names import suggestion
from aiomoto._aws.services import loader
from aiomoto._errors import ArgumentError

# How botocore writes a region whose endpoints are FIPS ones.
_FIPS = re.compile(r"^fips-|-fips$")


def signing_region(region: str) -> str:
    """Find the region that requests of a client are signed for: ``"us-east-1"`` for one of ``"aws-global"``.

    A name that is like none of AWS's is taken for that of another S3 (``"garage"``, ``"auto"``).

    Raises:
        ArgumentError: AWS has no such region, and it is written like one of them.
    """
    if mistake := region_mistake(region):
        raise ArgumentError(
            f"{mistake} If a client of yours has it all the same, use where=lambda call: call.region == {region!r}"
        )
    return _signing_regions().get(_FIPS.sub("", region), region)


def region_mistake(region: str) -> str | None:
    """Say that AWS has no such region, and which are like it; ``None`` where there is, or may be in another S3."""
    known = _signing_regions()
    if _FIPS.sub("", region) in known or os.environ.get("MOTO_ALLOW_NONEXISTENT_REGION", "").lower() == "true":
        return None
    alike = suggestion(region, known)
    is_written_so = any(re.match(pattern, region) for pattern in _patterns())
    return f"AWS has no region {region!r}{alike or '.'}" if alike or is_written_so else None


@lru_cache(maxsize=1)
def _signing_regions() -> dict[str, str]:
    found = {}
    for partition in loader().load_data("partitions")["partitions"]:
        one_of_them = partition["outputs"].get("implicitGlobalRegion")
        for name in partition["regions"]:
            found[name] = one_of_them or name if name.endswith("-global") else name
    return found


def _patterns() -> list[str]:
    return [partition["regionRegex"] for partition in loader().load_data("partitions")["partitions"]]
