"""Translate between botocore's and Moto's services, by their hosts at AWS."""

from __future__ import annotations

from functools import lru_cache

from aiomoto._aws.services import Service, find_service, services
from aiomoto._moto.hosts import services_at

# Services whose hosts do not begin with their endpoint prefix.
_EXCEPTIONS = {
    # Each stream has its own host.
    "kinesis-video-archived-media": ("kinesisvideoarchivedmedia",),
    # The hosts begin with an account id.
    "s3control": ("s3control",),
}
# A service's host has a region, is in the newer domain (AWS DevOps Agent, Aurora DSQL), or has no region (Budgets).
_HOSTS = ("{}.us-east-1.amazonaws.com", "{}.us-east-1.api.aws", "{}.amazonaws.com")


@lru_cache(maxsize=1024)
def moto_services(service: Service) -> tuple[str, ...]:
    """Moto's names of a botocore service: none if Moto lacks it, several if Moto splits it by path.

    Services that share a host at AWS share Moto's services too.
    """
    if service.name in _EXCEPTIONS:
        return _EXCEPTIONS[service.name]
    found = next(filter(None, (services_at(host.format(service.endpoint_prefix)) for host in _HOSTS)), ())
    return tuple(sorted(found, key=lambda moto: moto != service.name.replace("-", "")))


@lru_cache(maxsize=256)
def services_behind(moto_service: str) -> tuple[Service, ...]:
    """The botocore services that a service of Moto implements."""
    found = (find_service(name) for name in services())
    return tuple(service for service in found if service and moto_service in moto_services(service))
