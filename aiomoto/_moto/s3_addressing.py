"""Whether a request to an S3 host that is not AWS's names its bucket in the host or in the path.

``http://minio.test/photos`` may be the bucket ``photos`` at ``minio.test`` or the key ``photos`` in the bucket
``minio``. Moto guesses from the host's looks; here the client that made the request decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from ipaddress import ip_address
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

from aiomoto._wire.message import WireRequest
from aiomoto._wire.scope import scope_of


def url_for_moto(request: WireRequest, endpoint_hosts: Collection[str], bucket_exists: Callable[[str], bool]) -> str:
    """The URL under which Moto reads the request as its client meant it.

    That is the request's own URL wherever Moto's guess is right, so that a signature over the host still holds.

    Args:
        request: a request to S3 at a host outside AWS's domains.
        endpoint_hosts: hosts that clients were configured with, ports included.
        bucket_exists: tells whether a bucket of this name is there.
    """
    bucket = _bucket_in_host(request, endpoint_hosts, bucket_exists)
    if bucket == _bucket_that_moto_sees(request):
        return request.url
    scope = scope_of(request)
    host = f"s3.{scope.region}.amazonaws.com" if scope else "s3.amazonaws.com"
    split = urlsplit(request.url)._replace(scheme="https")
    if bucket and bucket.startswith("www."):
        bucket = f"www.{bucket}"  # Moto takes the first one off
    return split._replace(netloc=f"{bucket}.{host}" if bucket else host).geturl()


def bucket_in_host(request: WireRequest, endpoint_hosts: Collection[str], *, aws_host: bool) -> str | None:
    """The bucket that the host of a request to S3 names; ``None`` where the path does, or the request has none."""
    if aws_host:
        return _bucket_that_moto_sees(request)
    return _bucket_in_host(request, endpoint_hosts, lambda bucket: False)


def _bucket_in_host(
    request: WireRequest, endpoint_hosts: Collection[str], bucket_exists: Callable[[str], bool]
) -> str | None:
    label, _, parent = request.host.partition(".")
    if request.host in endpoint_hosts or not parent or _is_address(request.host):
        return None
    if parents := [host for host in endpoint_hosts if request.host.endswith(f".{host}")]:
        return request.host.removesuffix(f".{max(parents, key=len)}")
    path = urlsplit(request.url).path
    if "input_params" in request.context:
        bucket = str(request.context["input_params"].get("Bucket") or "")
        in_host = bucket and request.host.startswith(f"{bucket}.") and _first_segment(path) != bucket
        return bucket if in_host else None
    return label if bucket_exists(label) or (request.method == "PUT" and path in ("", "/")) else None


def _bucket_that_moto_sees(request: WireRequest) -> str | None:
    from moto.s3.responses import S3ResponseInstance  # Moto loads it with its first answer
    from moto.s3.utils import bucket_name_from_url

    if not S3ResponseInstance.subdomain_based_buckets(SimpleNamespace(headers={"host": request.host}, url=request.url)):
        return None
    bucket: str | None = bucket_name_from_url(request.url)
    return bucket


def _first_segment(path: str) -> str:
    return unquote(path.removeprefix("/").partition("/")[0])


def _is_address(host: str) -> bool:
    try:
        ip_address(host.rpartition(":")[0].strip("[]") if ":" in host else host)
    except ValueError:
        return False
    return True
