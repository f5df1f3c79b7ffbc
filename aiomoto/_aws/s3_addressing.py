"""Find the bucket in the host of an S3 request outside AWS's domains.

``http://minio.test/photos`` may be the bucket ``photos`` at ``minio.test`` or the key ``photos`` in the bucket
``minio``. Moto guesses from the host's form; here the configuration of the client decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from ipaddress import ip_address
from urllib.parse import unquote

from aiomoto._wire.message import WireRequest


def bucket_in_custom_host(
    request: WireRequest, endpoint_hosts: Collection[str], bucket_exists: Callable[[str], bool]
) -> str | None:
    """Return the bucket that a host outside AWS's domains names; ``None`` if the path names it, or nothing does.

    Args:
        request: a request to S3.
        endpoint_hosts: hosts that clients are configured with, ports included.
        bucket_exists: tells whether a bucket of that name exists.
    """
    label, _, parent = request.host.partition(".")
    if request.host in endpoint_hosts or not parent or _is_address(request.host):
        return None
    if parents := [host for host in endpoint_hosts if request.host.endswith(f".{host}")]:
        return request.host.removesuffix(f".{max(parents, key=len)}")
    path = request.split.path
    if "input_params" in request.context:
        bucket = str(request.context["input_params"].get("Bucket") or "")
        in_host = bucket and request.host.startswith(f"{bucket}.") and _first_segment(path) != bucket
        return bucket if in_host else None
    return label if bucket_exists(label) or (request.method == "PUT" and path in ("", "/")) else None


def _first_segment(path: str) -> str:
    return unquote(path.removeprefix("/").partition("/")[0])


def _is_address(host: str) -> bool:
    try:
        ip_address(host.rpartition(":")[0].strip("[]") if ":" in host else host)
    except ValueError:
        return False
    return True
