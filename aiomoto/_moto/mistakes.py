"""What to say where a handler of Moto's fails for want of a region or of a package."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import metadata

from aiomoto._wire.message import WireRequest
from aiomoto._wire.regions import is_no_region
from aiomoto._wire.scope import scope_of


def explain_region(error: KeyError, request: WireRequest) -> str | None:
    """Say that a client's region is none of Moto's; ``None`` where the error is about something else."""
    scope = scope_of(request)
    if scope is None or error.args != (scope.region,):
        return None
    mistake = is_no_region(scope.region) or f"Moto has no region {scope.region!r}."
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
