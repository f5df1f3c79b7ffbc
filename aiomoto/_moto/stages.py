"""Stages of API Gateway, which Moto keeps but does not run: what to say where one is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiomoto._moto.loaded import loaded_backends
from aiomoto._wire.message import WireRequest

_HOST = re.compile(r"[^.]+\.execute-api\.([^.]+)\.amazonaws\.com(\.cn)?")


def what_stages_lack(request: WireRequest) -> str | None:
    """Say why a stage does not answer, and which ones exist; ``None`` where the request is not for a stage."""
    host = _HOST.fullmatch(request.host)
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
