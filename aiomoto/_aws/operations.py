"""Which operation of a service a request calls, by botocore's own description of that service."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.model import OperationModel, ServiceModel

from aiomoto._aws.scope import action_of, target_of, version_of
from aiomoto._aws.services import loader, service_model, services
from aiomoto._wire.message import WireRequest


class Match(NamedTuple):
    """An operation that a request may call.

    Attributes:
        rank: how particular the operation's address is; of several that match, the least is meant.
        operation: its name.
    """

    rank: tuple[Any, ...]
    operation: str


def match_of(request: WireRequest, service: str) -> Match | None:
    """Find the operation of a botocore service (``"s3"``, ``"bedrock-runtime"``) that the request calls.

    Returns ``None`` where the service has no such operation, or botocore no such service.
    """
    description = _describe(service)
    if not description.is_rest:
        action = action_of(request) or ""
        is_for_another = (
            target_of(request) not in ("", description.target_prefix)
            or version_of(request) not in ("", description.api_version)  # elb and elbv2 have operations of one name
        )
        return Match((), action) if action in description.names and not is_for_another else None
    route = _route(request, description)
    return Match(route.rank, route.operation) if route else None


def modelled(service: str | None, operation: str | None) -> OperationModel | None:
    """botocore's model of an operation, by its names; ``None`` where it has none."""
    if service not in services() or operation not in service_model(service).operation_names:
        return None
    return service_model(service).operation_model(operation)


def labels_of(request: WireRequest, operation: OperationModel) -> dict[str, str]:
    """What the request has, percent-encoded, in the places that its operation's path keeps for parameters."""
    path = _whole_path(operation)
    match = path.pattern.fullmatch(request.path)
    return dict(zip(path.labels, match.groups(), strict=True)) if match else {}


# ---------------------------------------------------------------- the model of a client

_services: dict[str, ServiceModel] = {}
_operations: dict[tuple[str, str], OperationModel] = {}


def shared_model(operation: OperationModel) -> OperationModel:
    """The model of an operation that stands for equal ones: each client has its own, and none should outlive it.

    A client whose model differs, since it has a data path or an API version of its own, keeps its own.
    """
    key = (operation.service_model.service_name, operation.name)
    known = _operations.get(key) or _operations.setdefault(key, _of_one_service_model(operation))
    return known if known is operation or _are_alike(known, operation) else operation


def _of_one_service_model(operation: OperationModel) -> OperationModel:
    model = operation.service_model
    service = _services.setdefault(model.service_name, model)
    return service.operation_model(operation.name) if operation.name in service.operation_names else operation


def _are_alike(one: OperationModel, other: OperationModel) -> bool:
    return bool(
        one.service_model.api_version == other.service_model.api_version
        and one.http["method"] == other.http["method"]
        and _whole_path(one) == _whole_path(other)
        and _members(one) == _members(other)
    )


def _whole_path(operation: OperationModel) -> _Path:
    # In a client of S3 botocore moves the bucket out of the path, and notes the whole path beside it.
    return _path_of(operation.http.get("authPath") or operation.http["requestUri"])


def _members(operation: OperationModel) -> list[str]:
    shape = operation.input_shape
    return list(shape.members) if shape else []


# ---------------------------------------------------------------- the addresses of REST protocols


class _Path(NamedTuple):
    """A path with places for parameters.

    Attributes:
        pattern: matches it, with a group for each of the places.
        labels: the parameters in these places.
        rank: its segments, from left to right: literal ones are the most particular, and greedy places the least.
    """

    pattern: re.Pattern[str]
    labels: tuple[str, ...]
    rank: tuple[int, ...]


def _path_of(uri: str) -> _Path:
    return _parse_path(uri.partition("?")[0].rstrip("/") or "/")


@lru_cache(maxsize=8192)
def _parse_path(path: str) -> _Path:
    parts = re.split(r"(\{[^}]+\})", path)
    labels = tuple(part[1:-1].rstrip("+") for part in parts if part.startswith("{"))
    pattern = "".join(_PLACE.get(part[-2:], "([^/]+)") if part.startswith("{") else re.escape(part) for part in parts)
    return _Path(re.compile(f"{pattern}/?"), labels, (*map(_segment_rank, path[1:].split("/")), _END))


_END = 4  # a path that goes on is more particular than one that ends with a greedy place
_PLACE = {"+}": "(.+)"}


def _segment_rank(segment: str) -> int:
    # A literal segment goes before a place, and that before a greedy one.
    # https://smithy.io/2.0/spec/http-bindings-specification.html
    if "{" not in segment:
        return 0
    is_whole = segment.startswith("{") and segment.endswith("}")
    return (3 if segment.endswith("+}") else 2) if is_whole else 1


class _Route(NamedTuple):
    """An operation of a REST protocol, and what its requests have.

    Attributes:
        operation: its name.
        method: the HTTP method.
        path: its path.
        query: what in the query is part of its address: names, and the values of those that have one.
        required_query: the names in the query that stand for parameters which it requires.
        required_headers: the same of the headers, in lower case.
        is_deprecated: whether there is another way to call it.
    """

    operation: str
    method: str
    path: _Path
    query: dict[str, list[str]]
    required_query: frozenset[str]
    required_headers: frozenset[str]
    is_deprecated: bool

    @property
    def rank(self) -> tuple[Any, ...]:
        """Routes are tried in this order: by the path, and then the more they ask for, the earlier."""
        asked = len(self.query) + len(self.required_query) + len(self.required_headers)
        return (self.path.rank, -asked, -len(self.path.pattern.pattern), self.is_deprecated)


def _route(request: WireRequest, description: _Description) -> _Route | None:
    path, query, headers = request.path, request.query, request.lower_headers.keys()
    first: _Route | None = None
    for route in description.routes:
        if route.method != request.method or not _has(query, route.query) or not route.path.pattern.fullmatch(path):
            continue
        if first is not None and route.path.rank != first.path.rank:
            break  # less particular paths
        if route.required_query <= query.keys() and route.required_headers <= headers:
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
        routes = [_compile(name, operation, shapes) for name, operation in operations.items() if self.is_rest]
        self.routes = sorted(routes, key=lambda route: route.rank)


def _compile(name: str, operation: dict[str, Any], shapes: dict[str, Any]) -> _Route:
    uri = operation["http"]["requestUri"]
    shape = shapes.get(operation.get("input", {}).get("shape"), {})
    required = [(member, shape["members"][member]) for member in shape.get("required", ())]
    asked = {
        location: {member.get("locationName", name) for name, member in required if member.get("location") == location}
        for location in ("querystring", "header")
    }
    return _Route(
        name,
        operation["http"]["method"],
        _path_of(uri),
        parse_qs(uri.partition("?")[2], keep_blank_values=True),
        frozenset(asked["querystring"]),
        frozenset(header.lower() for header in asked["header"]),
        bool(operation.get("deprecated")),
    )


@lru_cache(maxsize=64)
def _describe(service: str) -> _Description:
    return _Description(_load(service))


def _load(service: str) -> dict[str, Any]:
    try:
        model: dict[str, Any] = loader().load_service_model(service, "service-2")
    except (UnknownServiceError, DataNotFoundError):
        return {}
    return model
