"""Which of Moto's services stands for one of botocore's: by the host that it has at AWS."""

from __future__ import annotations

from functools import lru_cache

from aiomoto._aws.services import Service, find_service, services
from aiomoto._moto.hosts import services_at

# Those whose endpoint prefix is not what Moto knows them by.
_OTHERWISE = {
    # Each stream has a host of its own, and Moto's pattern asks for what stands before the prefix.
    "kinesis-video-archived-media": ("kinesisvideoarchivedmedia",),
    # Its hosts begin with an account's id, and Moto's pattern asks for that.
    "s3control": ("s3control",),
}
# Where a service may be: in a region, in the newer domain (AWS DevOps Agent, Aurora DSQL), without a region (Budgets).
_HOSTS = ("{}.us-east-1.amazonaws.com", "{}.us-east-1.api.aws", "{}.amazonaws.com")


@lru_cache(maxsize=1024)
def moto_services(service: Service) -> tuple[str, ...]:
    """Moto's names of one of botocore's services; two where Moto tells them apart by the path, none where it has none.

    Moto tells by the host: services that share one are answered by what it has there, whether it knows them or not.
    """
    if service.name in _OTHERWISE:
        return _OTHERWISE[service.name]
    found = next(filter(None, (services_at(host.format(service.endpoint_prefix)) for host in _HOSTS)), ())
    return tuple(sorted(found, key=lambda moto: moto != service.name.replace("-", "")))


@lru_cache(maxsize=256)
def services_behind(moto_service: str) -> tuple[Service, ...]:
    """botocore's services for which one of Moto's stands."""
    found = (find_service(name) for name in services())
    return tuple(service for service in found if service and moto_service in moto_services(service))
