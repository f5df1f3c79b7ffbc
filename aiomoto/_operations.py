"""Which operation of a service a request calls, by botocore's own description of that service."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader

from aiomoto._scope import action_of, target_of
from aiomoto._wire import WireRequest


def operation_of(request: WireRequest, service: str) -> str | None:
    """Name the operation of a botocore service (``"s3"``, ``"bedrock-runtime"``) that the request calls.

    Returns ``None`` where the service has no such operation, or botocore no such service.
    """
    description = _describe(service)
    if not description.is_rest:
        action = action_of(request)
        is_for_another = target_of(request) not in ("", description.target_prefix)
        return action if action in description.names and not is_for_another else None
    split = urlsplit(request.url)
    query = parse_qs(split.query, keep_blank_values=True)
    for name, method, path, required in description.routes:
        if method == request.method and path.fullmatch(split.path or "/") and required <= query.keys():
            return name
    return None


class _Description:
    def __init__(self, metadata: dict[str, Any], operations: dict[str, Any]) -> None:
        self.target_prefix = metadata.get("targetPrefix", "")
        self.is_rest = metadata.get("protocol", "").startswith("rest-")
        self.names = frozenset(operations)
        # The more query parameters an operation asks for, and the longer its path, the earlier it is tried.
        uris = [(name, op["http"]["method"], op["http"]["requestUri"]) for name, op in operations.items()]
        uris.sort(key=lambda uri: (-uri[2].count("&") - uri[2].count("?"), -len(uri[2])))
        self.routes = [(name, method, *_compile(uri)) for name, method, uri in uris]


def _compile(uri: str) -> tuple[re.Pattern[str], frozenset[str]]:
    path, _, query = uri.partition("?")
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/") or "/")
    pattern = "".join(_PLACE.get(part[-2:], "[^/]+") if part.startswith("{") else re.escape(part) for part in parts)
    return re.compile(f"{pattern}/?"), frozenset(parse_qs(query, keep_blank_values=True))


_PLACE = {"+}": ".+"}


@lru_cache(maxsize=64)
def _describe(service: str) -> _Description:
    try:
        model = _loader().load_service_model(service, "service-2")
    except (UnknownServiceError, DataNotFoundError):
        return _Description({}, {})
    return _Description(model["metadata"], model["operations"])


@lru_cache(maxsize=1)
def _loader() -> Loader:
    return Loader()
