"""Find Moto's services for a host, by Moto's patterns."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from moto.backend_index import backend_url_patterns
from moto.core.utils import get_equivalent_url_in_aws_domain

from aiomoto._aws import hosts


def services_at(host: str) -> tuple[str, ...]:
    """Moto's services for a host, in Moto's order; none if it is not an AWS host, or if Moto lacks the service."""
    return _services_at(host, os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS", ""))


def is_aws(host: str) -> bool:
    """Tell whether a host belongs to AWS, even if Moto has no service for it."""
    if services_at(host):
        return True
    return hosts.is_in_aws_domain(host) or hosts.is_non_api_host(host) or hosts.is_metadata_host(host)


def is_in_aws_domain(host: str) -> bool:
    """Tell whether a host is in one of AWS's domains, or one of Moto's custom S3 endpoints.

    Moto's patterns do not anchor the end of the domain: to them ``s3.amazonaws.com.example.com`` is S3.
    """
    return hosts.is_in_aws_domain(_twin(host))


# Moto's pattern for S3 matches every host that begins with "s3", including those of S3 Files and S3 on Outposts.
_S3_HOST = re.compile(r"(?!s3-outposts[.-])(.*\.)?s3([.-]|express-)")


@lru_cache(maxsize=2048)
def _services_at(host: str, _custom_endpoints: str) -> tuple[str, ...]:
    if host.startswith("169.254.169.254"):
        return _matching(f"http://{host}/")
    # Moto maps the hosts of the ISO and European partitions, and custom S3 endpoints, to amazonaws.com.
    twin = _twin(host)
    services = _matching(f"https://{twin}/")
    if not services and hosts.is_service_host(host):
        twin = hosts.canonical_host(twin)
        services = _matching(f"https://{twin}/")
    if "s3" not in services:
        return services
    # A bucket may be named like a service: ``config.s3.amazonaws.com`` matches AWS Config in a region "s3".
    return ("s3",) if _S3_HOST.match(twin) else tuple(service for service in services if service != "s3")


def _twin(host: str) -> str:
    return str(get_equivalent_url_in_aws_domain(f"https://{host}/")[0].netloc)


def _matching(url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(service for service, pattern in backend_url_patterns if pattern.match(url)))
