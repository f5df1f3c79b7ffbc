"""Which function an HTTP request is for: function URLs, and proxy integrations of API Gateway's REST APIs.

All of this needs the lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from aiomoto._moto import lambdas
from aiomoto._moto.lambdas import Target
from aiomoto._moto.loaded import loaded_backends

_URL = re.compile(r"(?P<id>[a-z0-9]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws")
_API = re.compile(r"(?P<id>[a-zA-Z0-9]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_PARAMETER = re.compile(r"(\{[^{}]+\})")
_FUNCTION = re.compile(r"/functions/(arn:[^/]+)/invocations$")


class Endpoint(NamedTuple):
    """What a request is for.

    Attributes:
        target: the function.
        id: the id of the URL or API.
        resource: the path of the resource, such as ``"/orders/{id}"``; ``None`` for a function URL.
        resource_id: its id.
        stage: the stage.
        path: the path in it.
        path_parameters: the values in the path, by name.
        stage_variables: the variables of the stage.
    """

    target: Target
    id: str
    resource: str | None
    resource_id: str
    stage: str
    path: str
    path_parameters: Mapping[str, str]
    stage_variables: Mapping[str, str]


def is_of_a_function(host: str) -> bool:
    """Tell whether a host may be that of a function URL or an API."""
    return bool(_URL.fullmatch(host) or _API.fullmatch(host))


def endpoint_of(method: str, host: str, path: str) -> Endpoint | None:
    """Find what a request is for; ``None`` if that is no function."""
    if _URL.fullmatch(host):
        return _function_url(host, path)
    api = _API.fullmatch(host)
    return next(_rest_api(api["id"], api["region"], method, path), None) if api else None


def _function_url(host: str, path: str) -> Endpoint | None:
    found = loaded_backends("awslambda", "lambda_backends")
    found += loaded_backends("awslambda_simple", "lambda_simple_backends")
    for backend in found:
        for function in backend.list_functions():
            config = function.url_config
            if config is not None and config.url.split("/")[2] == host:
                target = lambdas.target_of(function)
                return Endpoint(target, host.partition(".")[0], None, "", "$default", path, {}, {})
    return None


def _rest_api(name: str, region: str, method: str, path: str) -> Iterator[Endpoint]:
    _, stage, *rest = path.split("/")
    inner = "/" + "/".join(rest)
    for backend in loaded_backends("apigateway", "apigateway_backends"):
        api = backend.apis.get(name) if backend.region_name == region else None
        if api is None or stage not in api.stages:
            continue
        # The most specific resource first.
        for resource in sorted(api.resources.values(), key=lambda each: _rank(each.get_path())):
            found = _pattern(resource.get_path()).fullmatch(inner)
            of_method = resource.resource_methods.get(method) or resource.resource_methods.get("ANY")
            function = function_of(of_method)
            if found is not None and function is not None:
                names = [each.strip("{}+") for each in _PARAMETER.findall(resource.get_path())]
                values = {name: unquote(value) for name, value in zip(names, found.groups(), strict=True)}
                yield Endpoint(
                    lambdas.target_of(function),
                    name,
                    resource.get_path(),
                    resource.id,
                    stage,
                    inner,
                    values,
                    api.stages[stage].variables or {},
                )


def function_of(method: Any) -> Any:
    """Moto's function of a method with a proxy integration; ``None`` if it has none."""
    integration = getattr(method, "method_integration", None)
    if integration is None or integration.integration_type != "AWS_PROXY":
        return None
    uri = _FUNCTION.search(integration.uri or "")
    return lambdas.function_of(uri[1]) if uri else None


def _rank(path: str) -> list[int]:
    return [2 if "+}" in part else 1 if "{" in part else 0 for part in path.split("/")]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("".join(_part(each) for each in _PARAMETER.split(path)))


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return "(.+)" if part.endswith("+}") else "([^/]+)"
