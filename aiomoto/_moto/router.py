"""From a request to the Moto service and handler that answer it.

Moto compares each request with some 180 patterns, service by service, and compiles a service's own patterns anew each
time. Here every pattern is compiled once and the services that a host may mean are remembered by host.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from moto.backend_index import backend_url_patterns
from moto.backends import get_backend
from moto.core.utils import get_equivalent_url_in_aws_domain

from aiomoto._wire.endpoint_hosts import EndpointHosts
from aiomoto._wire.message import WireRequest
from aiomoto._wire.operations import operation_of, service_model
from aiomoto._wire.scope import Scope, scope_of

Handler = Callable[[Any, str, Any], Any]


class Route(NamedTuple):
    """Where a request goes: Moto's name of the service, its handler, and whether the host is one of AWS's own."""

    service: str
    handler: Handler
    aws_host: bool


class Destination(NamedTuple):
    """What a request is for, as far as it tells: Moto's services in the order to try, and its credential scope."""

    services: tuple[str, ...]
    scope: Scope | None
    aws_host: bool


def destination_of(request: WireRequest, hosts: EndpointHosts | None = None) -> Destination:
    """Find Moto's services for a request: by its host if that is one of AWS's, by its signature scope otherwise.

    Args:
        request: the request, its body where there is one.
        hosts: hosts outside of AWS to which clients send also what has no signature.
    """
    host = request.host
    services = _services_at(host, os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS", ""))
    if len(services) == 1:
        return Destination(services, None, True)
    scope = scope_of(request)
    if services:
        signed = {moto for moto, _ in services_signed_as(scope.service)} if scope else set()
        return Destination(tuple(sorted(services, key=lambda service: service not in signed)), scope, True)
    if _is_service_host(host):
        return Destination((), None, True)
    if scope is None and hosts is not None:
        return Destination(_services_unsigned(request, hosts.services_at(host)), None, False)
    return Destination(_services_in_scope(request, scope), scope, False)


def find_route(request: WireRequest, destination: Destination) -> Route | None:
    """Find the handler for the request's path; ``None`` where no service of the destination has one."""
    path = urlsplit(request.url).path or "/"
    for service in destination.services:
        for pattern, handler in _paths_of(service):
            if pattern.match(path):
                return Route(service, handler, destination.aws_host)
    return None


# Signing names that several services share, in Moto or in AWS, or that are not the first label of their host: Moto's
# name and botocore's, the most particular first. A request belongs to the first that has its operation; S3 takes all
# that is left, since a form upload is no operation. A test compares this table with botocore's models.
_SIGNED_AS: dict[str, tuple[tuple[str, str], ...]] = {
    "aidevops": (("devopsagent", "devops-agent"),),
    "appconfig": (("appconfig", "appconfig"),),
    "aws-marketplace": (("meteringmarketplace", "meteringmarketplace"),),
    "bedrock": (("bedrockruntime", "bedrock-runtime"), ("bedrockagent", "bedrock-agent"), ("bedrock", "bedrock")),
    "bedrock-agentcore": (
        ("bedrockagentcorecontrol", "bedrock-agentcore-control"),
        ("bedrockagentcore", "bedrock-agentcore"),
    ),
    "budgets": (("budgets", "budgets"),),
    "connect": (("connect", "connect"),),
    "dynamodb": (("dynamodbstreams", "dynamodbstreams"), ("dynamodb", "dynamodb")),
    "events": (("events", "events"),),
    "execute-api": (("apigatewaymanagementapi", "apigatewaymanagementapi"),),
    "forecast": (("forecast", "forecast"),),
    "iam": (("iam", "iam"),),
    "iotdata": (("iotdata", "iot-data"),),
    "ivs": (("ivs", "ivs"),),
    "kinesisvideo": (
        ("kinesisvideoarchivedmedia", "kinesis-video-archived-media"),
        ("kinesisvideo", "kinesisvideo"),
    ),
    "lex": (("lexv2models", "lexv2-models"),),
    "mediastore": (("mediastore", "mediastore"), ("mediastoredata", "mediastore-data")),
    "memorydb": (("memorydb", "memorydb"),),
    "mobiletargeting": (("pinpoint", "pinpoint"),),
    "payment-cryptography": (("paymentcryptography", "payment-cryptography"),),
    "personalize": (("personalize", "personalize"),),
    "s3": (("s3control", "s3control"), ("s3", "")),
    "sagemaker": (
        ("sagemakerruntime", "sagemaker-runtime"),
        ("sagemakermetrics", "sagemaker-metrics"),
        ("sagemaker", "sagemaker"),
    ),
    "servicecatalog": (
        ("servicecatalog", "servicecatalog"),
        ("servicecatalogappregistry", "servicecatalog-appregistry"),
    ),
    "ses": (("sesv2", "sesv2"), ("ses", "ses")),
    "signer": (("signer", "signer"),),
    "timestream": (("timestreamquery", "timestream-query"), ("timestreamwrite", "timestream-write")),
}


@lru_cache(maxsize=512)
def services_signed_as(signing_name: str) -> tuple[tuple[str, str], ...]:
    """Moto's services behind a signing name, each with botocore's name, as far as this Moto has them."""
    known = {service for service, _ in backend_url_patterns}
    if signing_name in _SIGNED_AS:
        return tuple(pair for pair in _SIGNED_AS[signing_name] if pair[0] in known)
    hosts = (f"{signing_name}.us-east-1.{domain}" for domain in ("amazonaws.com", "api.aws"))
    return tuple(
        (service, signing_name) for host in hosts for service in _without_lookalikes(_services_at(host, ""), host)
    )


def _services_unsigned(request: WireRequest, names: list[str]) -> tuple[str, ...]:
    """The service that a request without a signature is for, of those that botocore has by these names."""
    for name in names:
        if name == "s3":
            return ("s3",)
        if operation_of(request, name):
            signed = services_signed_as(service_model(name).signing_name)
            return tuple(moto for moto, botocore in signed if botocore == name or len(signed) == 1)
    return ()


def _services_in_scope(request: WireRequest, scope: Scope | None) -> tuple[str, ...]:
    if scope is None:
        return ()
    pairs = services_signed_as(scope.service)
    if scope.service in _SIGNED_AS:
        pairs = tuple(pair for pair in pairs if not pair[1] or operation_of(request, pair[1]))[:1]
    return tuple(service for service, _ in pairs)


def is_aws(host: str) -> bool:
    """Tell whether a host belongs to AWS, whether or not Moto has a service for it."""
    if _services_at(host, os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS", "")):
        return True
    return any(pattern.search(host) for pattern in (_AWS_DOMAIN, _AWS_BESIDE_APIS, _METADATA))


def is_in_aws_domain(host: str) -> bool:
    """Tell whether a host lies in one of AWS's domains, or is a custom S3 endpoint of Moto's.

    Moto's patterns look no further than the domain's end: to them ``s3.amazonaws.com.example.com`` is S3.
    """
    return bool(_AWS_DOMAIN.search(get_equivalent_url_in_aws_domain(f"https://{host}/")[0].netloc))


def _is_service_host(host: str) -> bool:
    # The host of an interface endpoint in a VPC says less of the service than the signature does.
    return bool(_AWS_DOMAIN.search(host)) and ".vpce." not in host


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

# A bucket may have the name of a service: ``config.s3.amazonaws.com`` looks like AWS Config in a region "s3".
_S3_LABEL = re.compile(r"(^|\.)s3[.-]")


@lru_cache(maxsize=2048)
def _services_at(host: str, _custom_endpoints: str) -> tuple[str, ...]:
    if host.startswith("169.254.169.254"):
        return _matching(f"http://{host}/")
    # Moto reads the hosts of the ISO and European partitions, and custom S3 endpoints, as their amazonaws.com twins.
    twin = str(get_equivalent_url_in_aws_domain(f"https://{host}/")[0].netloc)
    services = _matching(f"https://{twin}/")
    if not services and _is_service_host(host):
        plain = _plain_host(twin)
        return _without_lookalikes(_matching(f"https://{plain}/"), plain)
    return ("s3",) if "s3" in services and _S3_LABEL.search(twin) else services


def _without_lookalikes(services: tuple[str, ...], host: str) -> tuple[str, ...]:
    # Moto's pattern for S3 takes every host that begins with "s3", as S3 Files' does.
    return tuple(service for service in services if service != "s3" or _S3_LABEL.search(host))


def _matching(url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(service for service, pattern in backend_url_patterns if pattern.match(url)))


def _plain_host(host: str) -> str:
    """The host of the same service without FIPS, dual stack and account, and with the region that Moto asks for."""
    host = re.sub(r"(-fips|\bfips)(?=\.)|\bfips-", "", host).removeprefix(".")
    host = re.sub(r"^\d{12}\.ddb\.", "dynamodb.", host)  # DynamoDB's, with an account's id
    host = re.sub(r"\.api\.(aws|amazonwebservices\.com\.cn)$", ".amazonaws.com", host)
    return re.sub(r"^([^.]+)\.amazonaws\.com$", r"\1.us-east-1.amazonaws.com", host)


@lru_cache(maxsize=512)
def _paths_of(service: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    backends = get_backend(service)  # type: ignore[call-overload]
    # The one service with no accounts and regions is Moto's own API: a plain dict of one backend.
    kind = backends.backend if hasattr(backends, "backend") else type(backends["global"])
    url_paths = import_module(f"{kind.__module__.removesuffix('.models')}.urls").url_paths
    # Paths that do not start with the host are for Moto's server only.
    return tuple((re.compile(path.format("")), handler) for path, handler in url_paths.items() if path[:3] == "{0}")
