"""AWS's host names: API endpoints, other hosts of AWS, and the metadata services."""

from __future__ import annotations

import re


def is_service_host(host: str) -> bool:
    """Tell whether a host in AWS's domains identifies one service.

    Interface endpoints in a VPC do not count: the signature identifies the service more precisely.
    """
    return bool(_AWS_DOMAIN.search(host)) and ".vpce." not in host


def is_in_aws_domain(host: str) -> bool:
    """Tell whether a host is in one of AWS's API domains."""
    return bool(_AWS_DOMAIN.search(host))


def is_non_api_host(host: str) -> bool:
    """Tell whether AWS serves something other than a service's API at a host, such as a function URL."""
    return bool(_NON_API.search(host))


def is_metadata_host(host: str) -> bool:
    """Tell whether a host is a metadata service, which hands out credentials to containers, pods and instances."""
    return bool(_METADATA.search(host))


def canonical_host(host: str) -> str:
    """Rewrite a service's host as Moto's patterns expect it: no FIPS, dual stack or account id, but a region."""
    host = re.sub(r"(-fips|\bfips)(?=\.)|\bfips-", "", host).removeprefix(".")
    host = re.sub(r"^\d{12}\.ddb\.", "dynamodb.", host)  # DynamoDB's account-based endpoint
    host = re.sub(r"\.api\.(aws|amazonwebservices\.com\.cn)$", ".amazonaws.com", host)
    return re.sub(r"^([^.]+)\.amazonaws\.com$", r"\1.us-east-1.amazonaws.com", host)


_AWS_DOMAIN = re.compile(
    r"(^|\.)(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)(:\d+)?$"  # the ISO partitions
)

# Function URLs, OpenSearch collections, sign-in pages, registries.
_NON_API = re.compile(r"(^|\.)(on\.aws|ecr\.aws|signin\.aws(\.amazon\.com)?|awsapps\.com|amazoncognito\.com)(:\d+)?$")
# Metadata services of containers, pods and instances; Moto has the IPv4 address of instances itself.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
_METADATA = re.compile(r"^(169\.254\.170\.(2|23)|\[?fd00:ec2::(23|254)\]?)(:\d+)?$")  # yarl 1.9 loses the brackets
