"""Find the operation that a request calls, by botocore's model of the service."""

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
        rank: how specific the operation's route is; of several matches, the one with the lowest rank is called.
        operation: botocore's name of the operation.
    """

    rank: tuple[Any, ...]
    operation: str


def match_of(request: WireRequest, service: str) -> Match | None:
    """Find the operation of a botocore service (``"s3"``, ``"bedrock-runtime"``) that the request calls.

    Returns ``None`` if the service has no such operation, or botocore no such service.
    """
    description = _describe(service)
    if not description.is_rest:
        action = action_of(request) or ""
        is_for_another = (
            target_of(request) not in ("", description.target_prefix)
            or version_of(request) not in ("", description.api_version)  # elb and elbv2 share operation names
        )
        return Match((), action) if action in description.names and not is_for_another else None
    route = _route(request, description)
    return Match(route.rank, route.operation) if route else None


def operation_model(service: str | None, operation: str | None) -> OperationModel | None:
    """Return botocore's model of an operation; ``None`` if it has none."""
    if service not in services() or operation not in service_model(service).operation_names:
        return None
    return service_model(service).operation_model(operation)


def labels_of(request: WireRequest, operation: OperationModel) -> dict[str, str]:
    """The parameters in the request's path, by wire name, percent-encoded."""
    path = _full_path(operation)
    match = path.pattern.fullmatch(request.path)
    return dict(zip(path.labels, match.groups(), strict=True)) if match else {}


# ---------------------------------------------------------------- models shared by clients

_services: dict[str, ServiceModel] = {}
_operations: dict[tuple[str, str], OperationModel] = {}


def shared_model(operation: OperationModel) -> OperationModel:
    """Replace a client's model of an operation by one that is shared, so that logged calls do not keep clients alive.

    A model that differs, from another data path, API version or protocol, is returned as it is.
    """
    key = (operation.service_model.service_name, operation.name)
    known = _operations.get(key) or _operations.setdefault(key, _from_shared_service(operation))
    return known if known is operation or _are_equivalent(known, operation) else operation


def _from_shared_service(operation: OperationModel) -> OperationModel:
    model = operation.service_model
    service = _services.setdefault(model.service_name, model)
    return service.operation_model(operation.name) if operation.name in service.operation_names else operation


def _are_equivalent(one: OperationModel, other: OperationModel) -> bool:
    return bool(
        one.service_model.api_version == other.service_model.api_version
        and one.service_model.resolved_protocol == other.service_model.resolved_protocol
        and one.http["method"] == other.http["method"]
        and _full_path(one) == _full_path(other)
        and _members(one) == _members(other)
    )


def _full_path(operation: OperationModel) -> _Path:
    # S3 clients move the bucket out of requestUri; authPath keeps the full path.
    return _path_of(operation.http.get("authPath") or operation.http["requestUri"])


def _members(operation: OperationModel) -> list[str]:
    shape = operation.input_shape
    return list(shape.members) if shape else []


# ---------------------------------------------------------------- the routes of REST protocols


class _Path(NamedTuple):
    """A path template.

    Attributes:
        pattern: matches the path, with a group for each label.
        labels: the names of the labels.
        rank: the rank of each segment, from left to right: literals are the most specific, greedy labels the least.
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
    pattern = "".join(_label_pattern(part) if part.startswith("{") else re.escape(part) for part in parts)
    return _Path(re.compile(f"{pattern}/?"), labels, (*map(_segment_rank, path[1:].split("/")), _END))


def _label_pattern(label: str) -> str:
    return "(.+)" if label.endswith("+}") else "([^/]+)"


_END = 4  # a longer path is more specific than one that ends in a greedy label


def _segment_rank(segment: str) -> int:
    # Literals come before labels, and labels before greedy labels.
    # https://smithy.io/2.0/spec/http-bindings-specification.html
    if "{" not in segment:
        return 0
    is_whole = segment.startswith("{") and segment.endswith("}")
    return (3 if segment.endswith("+}") else 2) if is_whole else 1


class _Route(NamedTuple):
    """The route of an operation in a REST protocol.

    Attributes:
        operation: the name of the operation.
        method: the HTTP method.
        path: the path.
        query: the fixed part of the query, by name; ``[""]`` matches any value.
        required_query: the query names of required parameters.
        required_headers: the header names of required parameters, in lower case.
        is_deprecated: whether the operation is deprecated.
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
        """The order in which routes are tried: by path, then those with more requirements first."""
        requirements = len(self.query) + len(self.required_query) + len(self.required_headers)
        return (self.path.rank, -requirements, -len(self.path.pattern.pattern), self.is_deprecated)


def _route(request: WireRequest, description: _Description) -> _Route | None:
    path, query, headers = request.path, request.query, request.lower_headers.keys()
    first: _Route | None = None
    for route in description.routes:
        if route.method != request.method or not _has(query, route.query) or not route.path.pattern.fullmatch(path):
            continue
        if first is not None and route.path.rank != first.path.rank:
            break  # the remaining paths are less specific
        if route.required_query <= query.keys() and route.required_headers <= headers:
            return route
        first = first or route
    return first  # required parameters are missing, but the path matches


def _has(query: dict[str, list[str]], part: dict[str, list[str]]) -> bool:
    return all(name in query and (values == [""] or query[name] == values) for name, values in part.items())


class _Description:
    """What tells the operations of a service apart on the wire."""

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
    names = {
        location: {member.get("locationName", name) for name, member in required if member.get("location") == location}
        for location in ("querystring", "header")
    }
    return _Route(
        name,
        operation["http"]["method"],
        _path_of(uri),
        parse_qs(uri.partition("?")[2], keep_blank_values=True),
        frozenset(names["querystring"]),
        frozenset(header.lower() for header in names["header"]),
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
