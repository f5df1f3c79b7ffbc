"""What a host says: whether it is one of AWS's, and for which of Moto's services."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from moto.backend_index import backend_url_patterns
from moto.core.utils import get_equivalent_url_in_aws_domain


def services_at(host: str) -> tuple[str, ...]:
    """Moto's services that a host may mean, in Moto's order; none where it is not AWS's, or Moto lacks the service."""
    return _services_at(host, os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS", ""))


def is_aws(host: str) -> bool:
    """Tell whether a host belongs to AWS, whether or not Moto has a service for it."""
    if services_at(host):
        return True
    return any(pattern.search(host) for pattern in (_AWS_DOMAIN, _AWS_BESIDE_APIS, _METADATA))


def is_in_aws_domain(host: str) -> bool:
    """Tell whether a host lies in one of AWS's domains, or is a custom S3 endpoint of Moto's.

    Moto's patterns look no further than the domain's end: to them ``s3.amazonaws.com.example.com`` is S3.
    """
    return bool(_AWS_DOMAIN.search(_twin(host)))


def is_service_host(host: str) -> bool:
    """Tell whether a host in AWS's domains is that of one service.

    The host of an interface endpoint in a VPC says less of the service than the signature does.
    """
    return bool(_AWS_DOMAIN.search(host)) and ".vpce." not in host


def is_beside_apis(host: str) -> bool:
    """Tell whether AWS answers at a host without being one of its services' APIs there."""
    return bool(_AWS_BESIDE_APIS.search(host))


def plain_host(host: str) -> str:
    """The host of the same service without FIPS, dual stack and account, and with the region that Moto asks for."""
    host = re.sub(r"(-fips|\bfips)(?=\.)|\bfips-", "", host).removeprefix(".")
    host = re.sub(r"^\d{12}\.ddb\.", "dynamodb.", host)  # DynamoDB's, with an account's id
    host = re.sub(r"\.api\.(aws|amazonwebservices\.com\.cn)$", ".amazonaws.com", host)
    return re.sub(r"^([^.]+)\.amazonaws\.com$", r"\1.us-east-1.amazonaws.com", host)


_AWS_DOMAIN = re.compile(
    r"(^|\.)(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn)(:\d+)?$"
)

# Where AWS answers without being one of its services' APIs: function URLs, OpenSearch collections, sign-in, registries.
_AWS_BESIDE_APIS = re.compile(
    r"(^|\.)(on\.aws|ecr\.aws|signin\.aws(\.amazon\.com)?|awsapps\.com|amazoncognito\.com)(:\d+)?$"
)
# Who has credentials for containers, pods and instances, beside the address of instances that Moto knows.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
_METADATA = re.compile(r"^(169\.254\.170\.(2|23)|\[?fd00:ec2::(23|254)\]?)(:\d+)?$")  # yarl 1.9 loses the brackets

# Moto's pattern for S3 takes every host that begins with "s3", as those of S3 Files and S3 on Outposts do.
_S3_HOST = re.compile(r"(?!s3-outposts[.-])(.*\.)?s3([.-]|express-)")


@lru_cache(maxsize=2048)
def _services_at(host: str, _custom_endpoints: str) -> tuple[str, ...]:
    if host.startswith("169.254.169.254"):
        return _matching(f"http://{host}/")
    # Moto reads the hosts of the ISO and European partitions, and custom S3 endpoints, as their amazonaws.com twins.
    twin = _twin(host)
    services = _matching(f"https://{twin}/")
    if not services and is_service_host(host):
        twin = plain_host(twin)
        services = _matching(f"https://{twin}/")
    if "s3" not in services:
        return services
    # A bucket may have the name of a service: ``config.s3.amazonaws.com`` looks like AWS Config in a region "s3".
    return ("s3",) if _S3_HOST.match(twin) else tuple(service for service in services if service != "s3")


def _twin(host: str) -> str:
    return str(get_equivalent_url_in_aws_domain(f"https://{host}/")[0].netloc)


def _matching(url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(service for service, pattern in backend_url_patterns if pattern.match(url)))
