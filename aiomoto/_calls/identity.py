"""What a request is in botocore's terms: service, operation, parameters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from aiomoto._moto.router import Destination, services_signed_as
from aiomoto._moto.s3_addressing import bucket_in_host
from aiomoto._wire.message import WireRequest
from aiomoto._wire.operations import operation_of, services
from aiomoto._wire.scope import action_of, scope_of


class Identity(NamedTuple):
    """botocore's names of the service and the operation that a request calls, as far as it tells."""

    service: str | None
    operation: str | None


def identify(request: WireRequest, destination: Destination) -> Identity:
    """Name what a request calls.

    Args:
        request: the request; one to S3 in path style, as :func:`in_path_style` gives it.
        destination: where it goes.
    """
    scope = scope_of(request)
    signed = [service for service, _ in services_signed_as(scope.service)] if scope else []
    names = [name for service in destination.services or signed for name in _botocore_names(service)]
    names += [scope.service] if scope and not names else []  # one that Moto does not have
    for name in names:
        if operation := operation_of(request, name):
            return Identity(name, operation)
    return Identity(next(iter([*names, *destination.services]), None), action_of(request))


def in_path_style(request: WireRequest, destination: Destination, endpoint_hosts: Collection[str]) -> WireRequest:
    """The same request with its bucket in the path, where it is one to S3 that has it in the host."""
    if "s3" not in destination.services:
        return request
    bucket = bucket_in_host(request, endpoint_hosts, aws_host=destination.aws_host)
    split = urlsplit(request.url)
    return replace(request, url=split._replace(path=f"/{bucket}{split.path or '/'}").geturl()) if bucket else request


# Moto's names that are not botocore's without the hyphens, and services that Moto answers along with another.
_OTHER_NAMES = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "awslambda": ("lambda",),
    "es": ("es", "opensearch"),
    "rds": ("rds", "neptune", "docdb"),
}


@lru_cache(maxsize=256)
def _botocore_names(moto_service: str) -> tuple[str, ...]:
    if moto_service in _OTHER_NAMES:
        return _OTHER_NAMES[moto_service]
    return tuple(name for name in services() if name.replace("-", "") == moto_service)
