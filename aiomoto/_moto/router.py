"""From a request to the Moto service and handler that answer it.

Moto compares each request with some 180 patterns, service by service, and compiles a service's own patterns anew each
time. Here every pattern is compiled once and the services that a host may mean are remembered by host.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from moto.backends import get_backend

from aiomoto._aws.endpoint_hosts import EndpointHosts
from aiomoto._aws.hosts import is_non_api_host, is_service_host
from aiomoto._aws.scope import scope_of
from aiomoto._aws.services import Service, service_of
from aiomoto._moto.directory import moto_services
from aiomoto._moto.hosts import services_at
from aiomoto._moto.inference import candidates_at_aws, candidates_elsewhere, infer
from aiomoto._wire.message import WireRequest

Handler = Callable[[Any, str, Any], Any]


class Route(NamedTuple):
    """Where a request goes: Moto's name of the service, its handler, and whether the host is one of AWS's own."""

    service: str
    handler: Handler
    aws_host: bool


class Destination(NamedTuple):
    """What a request is for.

    Attributes:
        services: Moto's services in the order to try.
        aws_host: whether the host is one of AWS's own.
        candidates: botocore's services that it may be for; ``None`` where its client has said so, or its host does.
    """

    services: tuple[str, ...]
    aws_host: bool
    candidates: tuple[Service, ...] | None = None


def destination_of(request: WireRequest, hosts: EndpointHosts | None = None) -> Destination:
    """Find Moto's services for a request: by its host if that is one of AWS's, else by its client, else by its looks.

    Args:
        request: the request, its body where there is one.
        hosts: hosts outside of AWS to which clients send also what has no signature.
    """
    host = request.host
    services = services_at(host)
    if len(services) == 1:
        return Destination(services, True)
    if services:
        meant = _meant(request, services)
        return Destination(tuple(sorted(services, key=lambda service: service not in meant)), True)
    if is_service_host(host) or is_non_api_host(host):
        return Destination((), True)
    if request.operation is not None:
        return Destination(moto_services(service_of(request.operation.service_model)), False)
    candidates = candidates_elsewhere(request, hosts)
    return Destination(_services_elsewhere(request, candidates), False, candidates)


def _meant(request: WireRequest, services: tuple[str, ...]) -> tuple[str, ...]:
    """Those of Moto's services at one host that stand for the one of botocore's that a request is for."""
    if request.operation is not None:
        return moto_services(service_of(request.operation.service_model))
    service = infer(request, candidates_at_aws(request, services)).service
    return moto_services(service) if service else ()


def _services_elsewhere(request: WireRequest, candidates: tuple[Service, ...]) -> tuple[str, ...]:
    inferred = infer(request, candidates)
    if inferred.service is not None:
        return moto_services(inferred.service) if inferred.is_certain else ()
    # A name that Moto has and botocore has no more, or has not yet.
    scope = scope_of(request)
    return services_at(f"{scope.service}.us-east-1.amazonaws.com") if scope else ()


def find_route(request: WireRequest, destination: Destination) -> Route | None:
    """Find the handler for the request's path; ``None`` where no service of the destination has one."""
    path = request.path
    for service in destination.services:
        for pattern, handler in _paths_of(service):
            if pattern.match(path):
                return Route(service, handler, destination.aws_host)
    return None


@lru_cache(maxsize=512)
def _paths_of(service: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    backends = get_backend(service)  # type: ignore[call-overload]
    # The one service with no accounts and regions is Moto's own API: a plain dict of one backend.
    kind = backends.backend if hasattr(backends, "backend") else type(backends["global"])
    url_paths = import_module(f"{kind.__module__.removesuffix('.models')}.urls").url_paths
    # Paths that do not start with the host are for Moto's server only.
    return tuple((re.compile(path.format("")), handler) for path, handler in url_paths.items() if path[:3] == "{0}")
