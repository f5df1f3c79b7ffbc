"""Which bucket the host of a request to S3 names, where the host is not AWS's.

``http://minio.test/photos`` may be the bucket ``photos`` at ``minio.test`` or the key ``photos`` in the bucket
``minio``. Moto guesses from the host's looks; here the client that made the request decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from ipaddress import ip_address
from urllib.parse import unquote

from aiomoto._wire.message import WireRequest


def bucket_in_custom_host(
    request: WireRequest, endpoint_hosts: Collection[str], bucket_exists: Callable[[str], bool]
) -> str | None:
    """The bucket that a host outside of AWS's domains names; ``None`` where the path does, or the request has none.

    Args:
        request: a request to S3.
        endpoint_hosts: hosts that clients were configured with, ports included.
        bucket_exists: tells whether a bucket of this name is there.
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
