"""Infer the service and operation of a request without a botocore client, from its host, signature and route."""

from __future__ import annotations

from typing import NamedTuple

from aiomoto._aws.endpoint_hosts import EndpointHosts
from aiomoto._aws.hosts import canonical_host
from aiomoto._aws.operations import match_of
from aiomoto._aws.scope import scope_of
from aiomoto._aws.services import Service, find_service, located_at, signed_as
from aiomoto._moto.directory import moto_services, services_behind
from aiomoto._moto.hosts import is_aws
from aiomoto._wire.message import WireRequest


class Inferred(NamedTuple):
    """A service and an operation, as far as a request tells.

    Attributes:
        service: the botocore service; ``None`` if unknown.
        operation: botocore's name of the operation; ``None`` if unknown.
        is_certain: whether no other service is possible.
    """

    service: Service | None
    operation: str | None
    is_certain: bool


def candidates_at_aws(request: WireRequest, moto: tuple[str, ...]) -> tuple[Service, ...]:
    """The services that a request to an AWS host may be for.

    Args:
        request: the request.
        moto: Moto's services at that host.
    """
    scope = scope_of(request)
    signed = signed_as(scope.service) if scope else ()
    located = located_at(canonical_host(request.host))
    if both := tuple(service for service in signed if service in located):
        return both
    # Moto's patterns are more reliable than an endpoint prefix, which may be part of a bucket's name.
    found = signed or located
    by_host = tuple(service for service in found if set(moto_services(service)).intersection(moto))
    if by_host or not moto:
        return by_host or found
    return tuple(service for each in moto for service in services_behind(each))


def candidates_elsewhere(request: WireRequest, hosts: EndpointHosts | None) -> tuple[Service, ...]:
    """The services that a request to a host outside AWS may be for.

    Args:
        request: the request.
        hosts: the hosts that clients are configured with. Of services with the same signing name, those with a client
            for this host come first. Without a signature, only these are possible.
    """
    scope = scope_of(request)
    here = [found for name in hosts.services_at(request.host) if (found := find_service(name))] if hosts else []
    if scope is None:
        # AWS hosts outside the APIs, such as sign-in pages, get here too.
        return tuple(here) or (located_at(request.host) if is_aws(request.host) else ())
    return tuple(sorted(signed_as(scope.service), key=lambda service: service not in here))


def infer(request: WireRequest, candidates: tuple[Service, ...]) -> Inferred:
    """Choose among the candidates: the service with the most specific matching operation.

    Of several, one that Moto has is preferred, then the one whose name is the signing name. If no operation matches,
    as for form uploads, S3 is preferred, since any path may be an S3 path.
    """
    matches = [(match, service) for service in candidates if (match := match_of(request, service.name))]
    if matches:
        best, service = min(matches, key=lambda each: (each[0].rank, *_preference(each[1])))
        return Inferred(service, best.operation, True)
    if not candidates:
        return Inferred(None, None, False)
    s3 = next((service for service in candidates if service.name == "s3"), None)
    service = s3 or min(candidates, key=_preference)
    return Inferred(service, None, len(candidates) == 1 or service.name == "s3")


def _preference(service: Service) -> tuple[bool, bool]:
    return not moto_services(service), service.name != service.signing_name
