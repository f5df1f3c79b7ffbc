"""AWS's host names: its domains, the hosts beside its APIs, and those of the metadata services."""

from __future__ import annotations

import re


def is_service_host(host: str) -> bool:
    """Tell whether a host in AWS's domains is that of one service.

    The host of an interface endpoint in a VPC says less of the service than the signature does.
    """
    return bool(_AWS_DOMAIN.search(host)) and ".vpce." not in host


def is_in_aws_domain(host: str) -> bool:
    """Tell whether a host lies in one of AWS's domains."""
    return bool(_AWS_DOMAIN.search(host))


def is_beside_apis(host: str) -> bool:
    """Tell whether AWS answers at a host without being one of its services' APIs there."""
    return bool(_AWS_BESIDE_APIS.search(host))


def is_metadata_host(host: str) -> bool:
    """Tell whether containers, pods or instances find their credentials at a host."""
    return bool(_METADATA.search(host))


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
