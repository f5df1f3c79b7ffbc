"""What a request is for that no client of botocore's has made: by its host, its signature, and what it asks for."""

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
    """A service, and its operation, as far as a request tells.

    Attributes:
        service: one of botocore's.
        operation: botocore's name of the operation.
        is_certain: whether it can be no other service.
    """

    service: Service | None
    operation: str | None
    is_certain: bool


def candidates_at_aws(request: WireRequest, moto: tuple[str, ...]) -> tuple[Service, ...]:
    """The services that a request to a host of AWS's may be for.

    Args:
        request: the request.
        moto: Moto's services at that host.
    """
    scope = scope_of(request)
    signed = signed_as(scope.service) if scope else ()
    located = located_at(canonical_host(request.host))
    if both := tuple(service for service in signed if service in located):
        return both
    # What the host says to Moto counts for more than a name that it may have by chance, as a bucket's.
    found = signed or located
    by_host = tuple(service for service in found if set(moto_services(service)).intersection(moto))
    if by_host or not moto:
        return by_host or found
    return tuple(service for each in moto for service in services_behind(each))


def candidates_elsewhere(request: WireRequest, hosts: EndpointHosts | None) -> tuple[Service, ...]:
    """The services that a request to another host may be for.

    Args:
        request: the request.
        hosts: the hosts that clients were configured with. Where several services sign alike, those with a client that
            has this host go first; where there is no signature, no others are possible.
    """
    scope = scope_of(request)
    here = [found for name in hosts.services_at(request.host) if (found := find_service(name))] if hosts else []
    if scope is None:
        # A host of AWS's beside its APIs, as that of sign-in.
        return tuple(here) or (located_at(request.host) if is_aws(request.host) else ())
    return tuple(sorted(signed_as(scope.service), key=lambda service: service not in here))


def infer(request: WireRequest, candidates: tuple[Service, ...]) -> Inferred:
    """Choose among the services that a request may be for: the one with the most particular operation of this address.

    Of several that have it, that is the one that Moto has, and then the one that gave the signing name its name. S3
    takes what is no operation of any of them, such as form uploads, since every path may be one of its own.
    """
    matches = [(match, service) for service in candidates if (match := match_of(request, service.name))]
    if matches:
        best, service = min(matches, key=lambda each: (each[0].rank, *_preference(each[1])))
        return Inferred(service, best.operation, True)
    if not candidates:
        return Inferred(None, None, False)
    others = (service for service in candidates if service.name == "s3")
    service = next(others, None) or min(candidates, key=_preference)
    return Inferred(service, None, len(candidates) == 1 or service.name == "s3")


def _preference(service: Service) -> tuple[bool, bool]:
    return not moto_services(service), service.name != service.signing_name
