"""Which operation of a service a request calls, by botocore's own description of that service."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel

from aiomoto._wire.message import WireRequest
from aiomoto._wire.scope import action_of, target_of, version_of


def operation_of(request: WireRequest, service: str) -> str | None:
    """Name the operation of a botocore service (``"s3"``, ``"bedrock-runtime"``) that the request calls.

    Returns ``None`` where the service has no such operation, or botocore no such service.
    """
    description = _describe(service)
    if not description.is_rest:
        action = action_of(request)
        is_for_another = (
            target_of(request) not in ("", description.target_prefix)
            or version_of(request) not in ("", description.api_version)  # elb and elbv2 have operations of one name
        )
        return action if action in description.names and not is_for_another else None
    route = _route(request, description)
    return route.operation if route else None


def labels_of(request: WireRequest, service: str) -> dict[str, str]:
    """What the request has, percent-encoded, in the places that its operation's path keeps for parameters."""
    route = _route(request, _describe(service))
    match = route.path.fullmatch(urlsplit(request.url).path or "/") if route else None
    return dict(zip(route.labels, match.groups(), strict=True)) if route and match else {}


class _Route(NamedTuple):
    """An operation of a REST protocol, and what its requests have.

    Attributes:
        operation: its name.
        method: the HTTP method.
        path: matches the path, with a group for each of the labels.
        labels: the parameters in the path.
        query: what in the query is part of its address: names, and the values of those that have one.
        asked_query: the names in the query that stand for parameters which it requires.
        asked_headers: the same of the headers, in lower case.
    """

    operation: str
    method: str
    path: re.Pattern[str]
    labels: tuple[str, ...]
    query: dict[str, list[str]]
    asked_query: frozenset[str]
    asked_headers: frozenset[str]


def _route(request: WireRequest, description: _Description) -> _Route | None:
    split = urlsplit(request.url)
    path = split.path or "/"
    query = parse_qs(split.query, keep_blank_values=True)
    headers = {name.lower() for name in request.headers}
    at_address = (
        route
        for route in description.routes
        if route.method == request.method and _has(query, route.query) and route.path.fullmatch(path)
    )
    first = None
    for route in at_address:
        if route.asked_query <= query.keys() and route.asked_headers <= headers:
            return route
        first = first or route
    return first  # a request that lacks what the operation requires is one to it nevertheless


def _has(query: dict[str, list[str]], part: dict[str, list[str]]) -> bool:
    return all(name in query and (values == [""] or query[name] == values) for name, values in part.items())


class _Description:
    def __init__(self, model: dict[str, Any]) -> None:
        metadata, operations, shapes = (model.get(name, {}) for name in ("metadata", "operations", "shapes"))
        self.target_prefix = metadata.get("targetPrefix", "")
        self.api_version = metadata.get("apiVersion", "")
        self.is_rest = metadata.get("protocol", "").startswith("rest-")
        self.names = frozenset(operations)
        self.routes = [_compile(name, operation, shapes) for name, operation in operations.items() if self.is_rest]
        # The more an operation asks for, and the longer its path, the earlier it is tried; the deprecated ones last.
        self.routes.sort(
            key=lambda route: (
                -len(route.query) - len(route.asked_query) - len(route.asked_headers),
                -len(route.path.pattern),
                bool(operations[route.operation].get("deprecated")),
            )
        )


def _compile(name: str, operation: dict[str, Any], shapes: dict[str, Any]) -> _Route:
    path, _, query = operation["http"]["requestUri"].partition("?")
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/") or "/")
    labels = tuple(part[1:-1].rstrip("+") for part in parts if part.startswith("{"))
    pattern = "".join(_PLACE.get(part[-2:], "([^/]+)") if part.startswith("{") else re.escape(part) for part in parts)
    shape = shapes.get(operation.get("input", {}).get("shape"), {})
    required = [(member, shape["members"][member]) for member in shape.get("required", ())]
    asked = {
        location: {member.get("locationName", name) for name, member in required if member.get("location") == location}
        for location in ("querystring", "header")
    }
    return _Route(
        name,
        operation["http"]["method"],
        re.compile(f"{pattern}/?"),
        labels,
        parse_qs(query, keep_blank_values=True),
        frozenset(asked["querystring"]),
        frozenset(header.lower() for header in asked["header"]),
    )


_PLACE = {"+}": "(.+)"}


@lru_cache(maxsize=64)
def _describe(service: str) -> _Description:
    return _Description(_load(service))


@lru_cache(maxsize=64)
def service_model(service: str) -> ServiceModel:
    """botocore's model of one of its services.

    Raises:
        UnknownServiceError: botocore has no such service.
    """
    return ServiceModel(loader().load_service_model(service, "service-2"), service)


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """botocore's names of all its services, in order."""
    return tuple(loader().list_available_services("service-2"))


def _load(service: str) -> dict[str, Any]:
    try:
        model: dict[str, Any] = loader().load_service_model(service, "service-2")
    except (UnknownServiceError, DataNotFoundError):
        return {}
    return model


@lru_cache(maxsize=1)
def loader() -> Loader:
    """The loader of botocore's own data."""
    return Loader()
