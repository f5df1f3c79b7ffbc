"""Error messages for what Moto cannot do: unknown regions, missing packages, API Gateway stages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import metadata

from aiomoto._aws.regions import region_mistake
from aiomoto._aws.scope import scope_of
from aiomoto._moto.loaded import loaded_backends
from aiomoto._wire.message import WireRequest


def explain_region(error: KeyError, request: WireRequest) -> str | None:
    """Say that Moto does not have the client's region; ``None`` if the error is about something else."""
    scope = scope_of(request)
    if scope is None or error.args != (scope.region,):
        return None
    mistake = region_mistake(scope.region) or f"Moto has no region {scope.region!r}."
    return (
        f"{mistake} The client that sent {request.method} {request.host} has that region: correct its region_name, or "
        "AWS_DEFAULT_REGION. To use a region that AWS does not have, set MOTO_ALLOW_NONEXISTENT_REGION=true"
    )


def explain_missing_package(error: ModuleNotFoundError, services: Iterable[str]) -> str:
    """Say which of Moto's extras installs the package that a service failed to import."""
    extras = metadata("moto").get_all("Provides-Extra") or []
    service = next(iter(services), "")
    extra = service if service in extras else "all"
    instead = ', or mock_aws(config={"lambda": {"use_docker": False}})' if service == "awslambda" else ""
    return f"{error}: Moto needs it for {service or 'this service'}. Write pip install 'moto[{extra}]'{instead}"


# ---------------------------------------------------------------- stages of API Gateway, which Moto does not run

_STAGE_HOST = re.compile(r"[^.]+\.execute-api\.([^.]+)\.amazonaws\.com(\.cn)?")


def explain_stage(request: WireRequest) -> str | None:
    """Say why a stage does not respond, and which APIs and stages exist; ``None`` if the request is not for a stage."""
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
