"""The differential test of the router: Moto's own scan of its patterns beside ours.

It calls the router itself (``destination_of``, ``find_route``, ``WireRequest``), which is private: which of Moto's
handlers a URL leads to shows in no answer, and to let the handlers answer these requests would be to run all of Moto.
No other test does so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import pytest
from moto.backend_index import backend_url_patterns
from moto.backends import get_backend
from moto.core.utils import get_equivalent_url_in_aws_domain

from aiomoto._moto.router import destination_of, find_route
from aiomoto._wire.message import WireRequest

pytestmark = pytest.mark.thorough

# The parser of regular expressions moved in Python 3.11.
_parser: Any = import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

# Moto 5.1 still has OpsWorks, which botocore has no endpoint for any more: Moto's scan fails there.
SERVICES = [service for service in dict.fromkeys(name for name, _ in backend_url_patterns) if service != "opsworks"]


class Target(NamedTuple):
    """Moto's service, and the name of its handler: the older Moto makes that of S3 anew at every reset."""

    service: str
    handler: str


def by_our_router(
    url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Target | None:
    """Where our router leads a request."""
    request = WireRequest(method, url, headers or {}, body)
    route = find_route(request, destination_of(request))
    return Target(route.service, name_of(route.handler)) if route else None


def by_motos_scan(url: str) -> Target | None:
    """Do as ``moto.core.botocore_stubber.BotocoreStubber.process_request`` does."""
    parsed, _ = get_equivalent_url_in_aws_domain(url)
    clean_url = f"{parsed.scheme}://{parsed.netloc}{parsed.path}"
    for service, pattern in backend_url_patterns:
        if pattern.match(clean_url):
            for url_pattern, handler in urls_of(service):
                if url_pattern.match(clean_url):
                    return Target(service, handler)
    return None


def name_of(handler: Any) -> str:
    """The full name of a handler, with the class whose method it is; no two have the same."""
    owner = getattr(handler, "__self__", None)
    kind = owner if isinstance(owner, type) else type(owner)
    return f"{kind.__module__}.{kind.__qualname__}: {handler.__module__}.{handler.__qualname__}"


@cache
def urls_of(service: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(url), name_of(handler)) for url, handler in backend_of(service).urls.items()]


@cache
def backend_of(service: str) -> Any:
    backends: Any = get_backend(service)  # type: ignore[call-overload]
    if not hasattr(backends, "backend"):
        return backends["global"]
    regions = backends["123456789012"]
    return regions["us-east-1"] if "us-east-1" in regions else regions["aws"]


# ---------------------------------------------------------------- URLs from patterns


def examples(pattern: str, anything: str) -> dict[str, None]:
    """Strings that a regular expression matches: the shortest one, and two that take its options.

    Args:
        pattern: the regular expression.
        anything: stands for each ``.+`` and ``.*`` that is not left out.
    """
    tree = _parser.parse(pattern)
    found = dict.fromkeys("".join(_write(tree, number, anything)) for number in range(3))
    assert all(re.match(pattern, example) for example in found), pattern
    return found


def _write(tree: Any, number: int, anything: str) -> Iterator[str]:
    for operator, argument in tree:
        kind = str(operator)
        if kind == "LITERAL":
            yield chr(argument)
        elif kind == "ANY":  # an amazonaws.com whose dot is not escaped
            yield "."
        elif kind == "IN":
            yield next(character for character in "x1-" if _is_in(character, argument))
        elif kind == "NOT_LITERAL":
            yield "x"
        elif kind in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = argument
            times = min(least + number, most)
            if str(inner[0][0]) == "ANY":
                yield anything if times else ""
            else:
                yield "".join("".join(_write(inner, number, anything)) for _ in range(times))
        elif kind == "SUBPATTERN":
            yield from _write(argument[-1], number, anything)
        elif kind == "BRANCH":
            yield from _write(argument[1][number % len(argument[1])], number, anything)
        else:
            assert kind in ("AT", "ASSERT_NOT"), kind


def _is_in(character: str, items: Any) -> bool:
    kinds = [str(operator) for operator, _ in items]
    found = any(
        (kind == "LITERAL" and ord(character) == argument)
        or (kind == "RANGE" and argument[0] <= ord(character) <= argument[1])
        or (str(argument) == "CATEGORY_DIGIT" and character.isdigit())
        or (str(argument) == "CATEGORY_WORD" and character.isalnum())
        for kind, (_, argument) in zip(kinds, items, strict=True)
    )
    return found is not ("NEGATE" in kinds)


def urls_in(region: str, domain: str) -> Iterator[tuple[str, str]]:
    """Each of Moto's services, with URLs for each of its paths at each of its hosts."""
    for service in SERVICES:
        backend = backend_of(service)
        paths = [path.format("") for path in backend._url_module.url_paths if path.startswith("{0}")]  # noqa: SLF001
        tails = dict.fromkeys(tail for path in paths for tail in examples(path, "anything"))
        patterns = [pattern.pattern for name, pattern in backend_url_patterns if name == service]
        for host_pattern in dict.fromkeys([*backend.url_bases, *patterns]):
            for host in examples(host_pattern, region):
                # The slash: Moto has Timestream's host a second time, with the path "//", which no client asks for.
                # The suffix: it has two hosts of the Chinese domain. S3 leaves the dot before the region to the region.
                host = host.rstrip("/").removesuffix(".cn").replace(f"s3{region}", f"s3.{region}")
                host = host.replace("amazonaws.com", domain)
                yield from ((service, host + tail) for tail in tails)


REGIONS = {
    "us-east-1": "amazonaws.com",
    "us-gov-west-1": "amazonaws.com",
    "cn-north-1": "amazonaws.com.cn",
    "us-iso-east-1": "c2s.ic.gov",
    "us-isob-east-1": "sc2s.sgov.gov",
    "eu-isoe-west-1": "cloud.adc-e.uk",
    "us-isof-south-1": "csp.hci.ic.gov",
}


@pytest.mark.parametrize("region", REGIONS)
def test_url_of_every_pattern_that_moto_knows_leads_to_the_handler_that_moto_finds(region: str) -> None:
    urls = dict.fromkeys(urls_in(region, REGIONS[region]))
    scanned = {url: by_motos_scan(url) for _, url in urls}

    assert len(scanned) > 2500
    assert {url for url, target in scanned.items() if by_our_router(url) != target} == set()
    # The URLs are what they should be: Moto finds its way to the service they were made for, or to the one before it.
    strays = {service for service, url in urls if (target := scanned[url]) is None or target.service != service}
    assert strays == {"elbv2"}  # it has the host and the path of elb


# ---------------------------------------------------------------- buckets named like a service

# At https://NAME.s3.us-east-1.amazonaws.com/ Moto's scan finds the service of this name, not S3.
TAKEN_FOR_A_SERVICE = """
    acm acm-pca api.ecr aoss application-autoscaling athena autoscaling aws-marketplace bedrock bedrock-agent
    bedrock-agentcore bedrock-runtime cloudformation cloudhsm cloudhsmv2 cloudtrail codebuild codecommit codedeploy
    codepipeline cognito-identity cognito-idp comprehend config data.iot data.mediastore data-ats.iot datapipeline
    datasync dax directconnect dms dynamodb ec2 ec2-instance-connect ecr ecs elasticache elasticfilesystem
    elasticloadbalancing elasticmapreduce events firehose forecast fsx glue iam identitystore iot kinesis
    kinesisanalytics kms logs mediastore memory-db metering.marketplace monitoring network-firewall networkmanager
    organizations personalize photos.datasync rds redshift redshift-data rekognition resiliencehub route53domains
    route53resolver stream-logs streaming-logs streams.dynamodb tagging
"""

# There it does so for a key that looks like one of the service's paths.
TAKEN_FOR_A_SERVICE_AT = {
    "account": "/putAlternateContact",
    "apigateway": "/tags/key",
    "appconfig": "/tags/a/key",
    "appmesh": "/v20190125/tag",
    "appsync": "/v1/apis",
    "aps": "/tags/key",
    "backup": "/backup/plans",
    "batch": "/v1/tags/key",
    "cloudfront": "/2020-05-31/tagging",
    "connect": "/instance",
    "databrew": "/jobs",
    "ebs": "/snapshots",
    "eks": "/clusters",
    "emr-containers": "/virtualclusters",
    "emr-serverless": "/applications",
    "execute-api": "/@connections/key",
    "fis": "/actions",
    "glacier": "/2024/vaults",
    "greengrass": "/greengrass/groups",
    "guardduty": "/admin",
    "inspector2": "/enable",
    "ivs": "/GetChannel",
    "kafka": "/v1/clusters",
    "kinesisvideo": "/listStreams",
    "lakeformation": "/GetLFTag",
    "lambda": "/2015-03-31/functions/",
    "lex": "/bots/",
    "macie2": "/macie",
    "managedblockchain": "/networks",
    "mediaconnect": "/tags/key",
    "medialive": "/prod/inputs",
    "mediapackage": "/channels",
    "osis": "/2022-01-01/osis/tagResource/",
    "pinpoint": "/v1/apps",
    "pipes": "/v1/pipes",
    "polly": "/v1/voices",
    "quicksight": "/accounts/123456789012/data-sets",
    "ram": "/getresourceshares",
    "rds-data": "/Execute",
    "resource-groups": "/groups",
}

# S3's turn comes before theirs.
NOT_TAKEN = ["jobs.queue", "my.s3.bucket", "queue", "s3", "secretsmanager", "ses", "sns", "sqs", "ssm", "states", "sts"]


def s3_urls(bucket: str, path: str) -> tuple[str, str]:
    """The URL of a path in a bucket, and in one with a name like no other."""
    host = "s3.us-east-1.amazonaws.com"
    return f"https://{bucket}.{host}{path}", f"https://photos.{host}{path}"


def known_by_moto(bucket: str) -> bool:
    """Whether this version of Moto has the service of this name."""
    url, _ = s3_urls(bucket, "/")
    return len({service for service, pattern in backend_url_patterns if pattern.match(url)}) > 1


@pytest.mark.parametrize(
    ("bucket", "path"),
    [
        pytest.param(bucket, path, id=bucket)
        for bucket, path in (*dict.fromkeys(TAKEN_FOR_A_SERVICE.split(), "/").items(), *TAKEN_FOR_A_SERVICE_AT.items())
        if known_by_moto(bucket)
    ],
)
def test_bucket_named_like_a_service_is_a_bucket_where_motos_scan_takes_it_for_the_service(
    bucket: str, path: str
) -> None:
    url, plain_url = s3_urls(bucket, path)
    bucket_handler = by_motos_scan(plain_url)
    scanned = by_motos_scan(url)

    assert bucket_handler is not None
    assert bucket_handler.service == "s3"
    assert scanned is None or scanned.service != "s3"
    assert by_our_router(url) == bucket_handler


@pytest.mark.parametrize("path", ["/", "/key", "/a/key", "//key"])
@pytest.mark.parametrize("bucket", NOT_TAKEN)
def test_bucket_named_like_a_service_that_comes_after_s3_is_a_bucket_for_both(bucket: str, path: str) -> None:
    url, plain_url = s3_urls(bucket, path)

    assert by_our_router(url) == by_motos_scan(url) == by_motos_scan(plain_url)


@pytest.mark.parametrize(
    "host",
    [
        "config.s3.amazonaws.com",
        "config.s3-eu-west-1.amazonaws.com",
        "config.s3.dualstack.us-east-1.amazonaws.com",
        "config.s3-fips.us-gov-west-1.amazonaws.com",
        "config.s3-accelerate.amazonaws.com",
        "config.s3.cn-north-1.amazonaws.com.cn",
        "config.s3.us-iso-east-1.c2s.ic.gov",
        "config.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com",
    ],
)
def test_bucket_named_like_a_service_is_a_bucket_at_every_host_of_s3(host: str) -> None:
    _, plain_url = s3_urls("config", "/key")

    assert by_our_router(f"https://{host}/key") == by_motos_scan(plain_url)
