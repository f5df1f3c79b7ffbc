"""Find the Moto service and the handler for a request.

Moto matches each request against some 180 patterns, service by service, and recompiles the patterns of a service each
time. Here every pattern is compiled once, and the services are cached by host.
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
    """A handler for a request.

    Attributes:
        service: Moto's name of the service.
        handler: Moto's handler.
        aws_host: whether the host is an AWS host.
    """

    service: str
    handler: Handler
    aws_host: bool


class Destination(NamedTuple):
    """What a request is for.

    Attributes:
        services: Moto's services, in the order to try.
        aws_host: whether the host is an AWS host.
        candidates: the botocore services that it may be for; ``None`` if its client or its host tells.
    """

    services: tuple[str, ...]
    aws_host: bool
    candidates: tuple[Service, ...] | None = None


def destination_of(request: WireRequest, hosts: EndpointHosts | None = None) -> Destination:
    """Find Moto's services for a request: by an AWS host, or else by its client, or else by inference.

    Args:
        request: the request, including its body.
        hosts: the hosts that clients are configured with; requests to them need no signature.
    """
    host = request.host
    services = services_at(host)
    if len(services) == 1:
        return Destination(services, True)
    if services:
        preferred = _preferred(request, services)
        return Destination(tuple(sorted(services, key=lambda service: service not in preferred)), True)
    if is_service_host(host) or is_non_api_host(host):
        return Destination((), True)
    if request.operation is not None:
        return Destination(moto_services(service_of(request.operation.service_model)), False)
    candidates = candidates_elsewhere(request, hosts)
    return Destination(_services_elsewhere(request, candidates), False, candidates)


def _preferred(request: WireRequest, services: tuple[str, ...]) -> tuple[str, ...]:
    """Of Moto's services at one host, those that implement the botocore service that a request is for."""
    if request.operation is not None:
        return moto_services(service_of(request.operation.service_model))
    service = infer(request, candidates_at_aws(request, services)).service
    return moto_services(service) if service else ()


def _services_elsewhere(request: WireRequest, candidates: tuple[Service, ...]) -> tuple[str, ...]:
    inferred = infer(request, candidates)
    if inferred.service is not None:
        return moto_services(inferred.service) if inferred.is_certain else ()
    # A service that Moto has, but not this version of botocore.
    scope = scope_of(request)
    return services_at(f"{scope.service}.us-east-1.amazonaws.com") if scope else ()


def find_route(request: WireRequest, destination: Destination) -> Route | None:
    """Find the handler for the request's path; ``None`` if no service of the destination has one."""
    path = request.path
    for service in destination.services:
        for pattern, handler in _paths_of(service):
            if pattern.match(path):
                return Route(service, handler, destination.aws_host)
    return None


@lru_cache(maxsize=512)
def _paths_of(service: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    backends = get_backend(service)  # type: ignore[call-overload]
    # Moto's own API has no accounts and regions: its backends are a plain dict with one entry.
    kind = backends.backend if hasattr(backends, "backend") else type(backends["global"])
    url_paths = import_module(f"{kind.__module__.removesuffix('.models')}.urls").url_paths
    # Paths that do not begin with the host are for Moto's server only.
    return tuple(
        (re.compile(path.format("").replace(*_WITHOUT_SLASH)), handler)
        for path, handler in url_paths.items()
        if path[:3] == "{0}"
    )


# The paths of early versions of Moto 5.1 end in a slash here, which newer versions of botocore do not send.
_WITHOUT_SLASH = ("/event-source-mappings/$", "/event-source-mappings/?$")
