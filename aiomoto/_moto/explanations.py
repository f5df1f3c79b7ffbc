"""What to say where Moto cannot answer: for want of a region, a package, a container, or a stage that it would run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import metadata
from urllib.parse import unquote

from aiomoto._aws.regions import region_mistake
from aiomoto._aws.scope import scope_of
from aiomoto._moto.loaded import loaded_backends
from aiomoto._wire.message import WireRequest, WireResponse


def explain_region(error: KeyError, request: WireRequest) -> str | None:
    """Say that a client's region is none of Moto's; ``None`` where the error is about something else."""
    scope = scope_of(request)
    if scope is None or error.args != (scope.region,):
        return None
    mistake = region_mistake(scope.region) or f"Moto has no region {scope.region!r}."
    return (
        f"{mistake} It is the region of the client that sent {request.method} {request.host}: correct its region_name, "
        "or AWS_DEFAULT_REGION. To use a region that AWS does not have, set MOTO_ALLOW_NONEXISTENT_REGION=true"
    )


def explain_missing_package(error: ModuleNotFoundError, services: Iterable[str]) -> str:
    """Say which of Moto's extras has the package that one of its services did not find."""
    extras = metadata("moto").get_all("Provides-Extra") or []
    service = next(iter(services), "")
    extra = service if service in extras else "all"
    return f"{error}: Moto needs it for {service or 'this service'}. Write pip install 'moto[{extra}]'"


# ---------------------------------------------------------------- stages of API Gateway, which Moto does not run

_STAGE_HOST = re.compile(r"[^.]+\.execute-api\.([^.]+)\.amazonaws\.com(\.cn)?")


def explain_stage(request: WireRequest) -> str | None:
    """Say why a stage does not answer, and which ones exist; ``None`` where the request is not for a stage."""
    host = _STAGE_HOST.fullmatch(request.host)
    if host is None:
        return None
    region = host[1]
    apis = ", ".join(_apis(region)) or "none"
    return (
        "Moto does not run the stages of API Gateway, except for HTTP integrations of REST APIs that are called over "
        f"the requests library. APIs in {region}: {apis}."
    )


def _apis(region: str) -> Iterator[str]:
    for service in ("apigateway", "apigatewayv2"):
        for backend in loaded_backends(service, f"{service}_backends"):
            for name, api in backend.apis.items() if backend.region_name == region else ():
                yield f"{name} ({'stages: ' + ', '.join(api.stages) if api.stages else 'no stages'})"


# ---------------------------------------------------------------- functions that Moto runs in containers

_INVOCATION = re.compile(r".*/functions/([^/]+)/(?:invocations|invoke-async|response-streaming-invocations)/?")
# How Moto begins the payload with which it answers then, as if the function had returned it.
_NO_DOCKER = b"error running docker: "


def explain_missing_docker(service: str, request: WireRequest, response: WireResponse) -> str | None:
    """Say that a function was not run, and what to write; ``None`` where the response does not mean that."""
    if service != "awslambda" or not response.body.startswith(_NO_DOCKER):
        return None
    invocation = _INVOCATION.fullmatch(request.split.path)
    if invocation is None:
        return None
    why = response.body.removeprefix(_NO_DOCKER).decode("utf-8", "replace")
    return (
        f"Moto runs the Lambda function {unquote(invocation[1])!r} in a Docker container, and Docker does not answer: "
        f"{why}. "
        'Write mock_aws(config={"lambda": {"use_docker": False}}), with which invocations are answered and no function '
        "is run, or start Docker"
    )
