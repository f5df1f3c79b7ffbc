"""Which of Moto's services a host is for, by Moto's patterns."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from moto.backend_index import backend_url_patterns
from moto.core.utils import get_equivalent_url_in_aws_domain

from aiomoto._aws import hosts


def services_at(host: str) -> tuple[str, ...]:
    """Moto's services that a host may mean, in Moto's order; none where it is not AWS's, or Moto lacks the service."""
    return _services_at(host, os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS", ""))


def is_aws(host: str) -> bool:
    """Tell whether a host belongs to AWS, whether or not Moto has a service for it."""
    if services_at(host):
        return True
    return hosts.is_in_aws_domain(host) or hosts.is_non_api_host(host) or hosts.is_metadata_host(host)


def is_in_aws_domain(host: str) -> bool:
    """Tell whether a host lies in one of AWS's domains, or is a custom S3 endpoint of Moto's.

    Moto's patterns look no further than the domain's end: to them ``s3.amazonaws.com.example.com`` is S3.
    """
    return hosts.is_in_aws_domain(_twin(host))


# Moto's pattern for S3 takes every host that begins with "s3", as those of S3 Files and S3 on Outposts do.
_S3_HOST = re.compile(r"(?!s3-outposts[.-])(.*\.)?s3([.-]|express-)")


@lru_cache(maxsize=2048)
def _services_at(host: str, _custom_endpoints: str) -> tuple[str, ...]:
    if host.startswith("169.254.169.254"):
        return _matching(f"http://{host}/")
    # Moto reads the hosts of the ISO and European partitions, and custom S3 endpoints, as their amazonaws.com twins.
    twin = _twin(host)
    services = _matching(f"https://{twin}/")
    if not services and hosts.is_service_host(host):
        twin = hosts.canonical_host(twin)
        services = _matching(f"https://{twin}/")
    if "s3" not in services:
        return services
    # A bucket may have the name of a service: ``config.s3.amazonaws.com`` looks like AWS Config in a region "s3".
    return ("s3",) if _S3_HOST.match(twin) else tuple(service for service in services if service != "s3")


def _twin(host: str) -> str:
    return str(get_equivalent_url_in_aws_domain(f"https://{host}/")[0].netloc)


def _matching(url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(service for service, pattern in backend_url_patterns if pattern.match(url)))
