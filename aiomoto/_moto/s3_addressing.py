"""The URL under which Moto finds the bucket that the client of a request to S3 meant."""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import SimpleNamespace

from aiomoto._aws.s3_addressing import bucket_in_custom_host
from aiomoto._aws.scope import scope_of
from aiomoto._wire.message import WireRequest


def url_for_moto(request: WireRequest, endpoint_hosts: Collection[str], bucket_exists: Callable[[str], bool]) -> str:
    """The URL under which Moto reads the request as its client meant it.

    That is the request's own URL wherever Moto's guess is right, so that a signature over the host still holds.

    Args:
        request: a request to S3 at a host outside AWS's domains.
        endpoint_hosts: hosts that clients were configured with, ports included.
        bucket_exists: tells whether a bucket of this name is there.
    """
    bucket = bucket_in_custom_host(request, endpoint_hosts, bucket_exists)
    if bucket == _bucket_that_moto_sees(request):
        return request.url
    scope = scope_of(request)
    host = f"s3.{scope.region}.amazonaws.com" if scope else "s3.amazonaws.com"
    split = request.split._replace(scheme="https")
    if bucket and bucket.startswith("www."):
        bucket = f"www.{bucket}"  # Moto takes the first one off
    return split._replace(netloc=f"{bucket}.{host}" if bucket else host).geturl()


def bucket_in_host(request: WireRequest, endpoint_hosts: Collection[str], *, aws_host: bool) -> str | None:
    """The bucket that the host of a request to S3 names; ``None`` where the path does, or the request has none."""
    if aws_host:
        return _bucket_that_moto_sees(request)
    return bucket_in_custom_host(request, endpoint_hosts, lambda bucket: False)


def _bucket_that_moto_sees(request: WireRequest) -> str | None:
    from moto.s3.responses import S3ResponseInstance  # Moto loads it with its first answer
    from moto.s3.utils import bucket_name_from_url

    if not S3ResponseInstance.subdomain_based_buckets(SimpleNamespace(headers={"host": request.host}, url=request.url)):
        return None
    bucket: str | None = bucket_name_from_url(request.url)
    return bucket
