"""Rewrite the URL of an S3 request so that Moto finds the bucket that the client meant."""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import SimpleNamespace

from aiomoto._aws.s3_addressing import bucket_in_custom_host
from aiomoto._aws.scope import scope_of
from aiomoto._wire.message import WireRequest


def url_for_moto(request: WireRequest, endpoint_hosts: Collection[str], bucket_exists: Callable[[str], bool]) -> str:
    """Return a URL in which Moto finds the bucket that the client meant.

    If Moto's own guess is right, that is the request's own URL, so that a signature of the host stays valid.

    Args:
        request: a request to S3 at a host outside AWS's domains.
        endpoint_hosts: hosts that clients are configured with, ports included.
        bucket_exists: tells whether a bucket of that name exists.
    """
    bucket = bucket_in_custom_host(request, endpoint_hosts, bucket_exists)
    if bucket == _bucket_in_moto(request):
        return request.url
    scope = scope_of(request)
    host = f"s3.{scope.region}.amazonaws.com" if scope else "s3.amazonaws.com"
    split = request.split._replace(scheme="https")
    if bucket and bucket.startswith("www."):
        bucket = f"www.{bucket}"  # Moto strips one "www."
    return split._replace(netloc=f"{bucket}.{host}" if bucket else host).geturl()


def bucket_in_host(request: WireRequest, endpoint_hosts: Collection[str], *, aws_host: bool) -> str | None:
    """Return the bucket that the host of an S3 request names; ``None`` if the path names it, or nothing does."""
    if aws_host:
        return _bucket_in_moto(request)
    return bucket_in_custom_host(request, endpoint_hosts, lambda bucket: False)


def _bucket_in_moto(request: WireRequest) -> str | None:
    """The bucket that Moto finds in the host."""
    from moto.s3.responses import S3ResponseInstance  # slow to import; Moto imports it with its first response
    from moto.s3.utils import bucket_name_from_url

    if not S3ResponseInstance.subdomain_based_buckets(SimpleNamespace(headers={"host": request.host}, url=request.url)):
        return None
    bucket: str | None = bucket_name_from_url(request.url)
    return bucket
