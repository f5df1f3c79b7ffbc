"""The versions of what aiomoto stands on, or works with."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, distributions, version

_LIBRARIES = (
    "moto",
    "boto3",
    "botocore",
    "aiobotocore",
    "aiohttp",
    "aioboto3",
    "httpx2",
    "httpx",
    "s3fs",
    "smithy-http",
    "awscrt",
    "pytest",
    "pytest-asyncio",
    "anyio",
    "trio",
)


def version_lines() -> list[str]:
    """List Python and the libraries with their versions, and those that are not installed."""
    installed = {str(each.name).replace("_", "-") for each in distributions()}
    clients = sorted(name for name in installed if name.startswith("aws-sdk-"))
    rows = [("Python", f"{platform.python_version()} on {platform.system()}"), *map(_row, (*_LIBRARIES, *clients))]
    return [f"{name:<16} {found}" for name, found in rows]


def _row(name: str) -> tuple[str, str]:
    try:
        return name, version(name)
    except PackageNotFoundError:
        return name, "not installed"
