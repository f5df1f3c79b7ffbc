"""HTTP requests to function URLs and REST APIs, as events of functions; and their results, as responses.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any
from uuid import uuid4

from aiomoto._functions.chain import call
from aiomoto._functions.places import Place
from aiomoto._functions.running import Cause, Outcome, Throttled, run
from aiomoto._functions.runtime import Runtime
from aiomoto._moto import apis
from aiomoto._moto.apis import Endpoint
from aiomoto._wire.message import WireRequest, WireResponse


async def respond(runtime: Runtime, place: Place, request: WireRequest, timeout: float | None) -> WireResponse | None:
    """Run the function that a request is for; ``None`` if it is for none that runs here."""
    find = partial(apis.endpoint_of, request.method, request.host, request.path)
    endpoint = await runtime.locked(place, find)
    handler = None if endpoint is None else runtime.handler_of(endpoint.target.name, endpoint.target.region)
    if endpoint is None or handler is None:
        return None
    is_url = endpoint.resource is None
    event = _version_2(endpoint, request) if is_url else _version_1(endpoint, request)
    cause = Cause(f"https://{request.host}")
    work = partial(run, runtime, place, endpoint.target, handler, json.dumps(event).encode(), cause)
    try:
        outcome = await call(work, f"the function {endpoint.target.name!r}", runtime, place, timeout)
    except Throttled:
        return _json(429, {"Message": "Rate Exceeded."})
    return _response(outcome, may_be_bare=is_url)


# ---------------------------------------------------------------- events


def _version_2(endpoint: Endpoint, request: WireRequest) -> dict[str, Any]:
    headers = request.lower_headers
    cookies = [each.strip() for each in headers.get("cookie", "").split(";") if each.strip()]
    now = datetime.now(timezone.utc)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.split.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": {name: value for name, value in headers.items() if name != "cookie"} | {"host": request.host},
        **({"queryStringParameters": _joined(request)} if request.query else {}),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": endpoint.id,
            "domainName": request.host,
            "domainPrefix": endpoint.id,
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
    }
    text, is_base64 = _text(request.body)
    return event | ({"body": text} if text else {}) | {"isBase64Encoded": is_base64}


def _version_1(endpoint: Endpoint, request: WireRequest) -> dict[str, Any]:
    headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
    headers["Host"] = request.host
    now = datetime.now(timezone.utc)
    text, is_base64 = _text(request.body)
    return {
        "resource": endpoint.resource,
        "path": endpoint.path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in request.query.items()} or None,
        "multiValueQueryStringParameters": request.query or None,
        "pathParameters": dict(endpoint.path_parameters) or None,
        "stageVariables": dict(endpoint.stage_variables) or None,
        "requestContext": {
            "accountId": endpoint.target.account,
            "apiId": endpoint.id,
            "domainName": request.host,
            "domainPrefix": endpoint.id,
            "extendedRequestId": uuid4().hex[:15],
            "httpMethod": request.method,
            "identity": {"sourceIp": "127.0.0.1", "userAgent": request.lower_headers.get("user-agent")},
            "path": request.path,
            "protocol": "HTTP/1.1",
            "requestId": str(uuid4()),
            "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": int(now.timestamp() * 1000),
            "resourceId": endpoint.resource_id,
            "resourcePath": endpoint.resource,
            "stage": endpoint.stage,
        },
        "body": text or None,
        "isBase64Encoded": is_base64,
    }


def _joined(request: WireRequest) -> dict[str, str]:
    return {name: ",".join(values) for name, values in request.query.items()}


def _text(body: bytes | None) -> tuple[str, bool]:
    try:
        return (body or b"").decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body or b"").decode(), True


# ---------------------------------------------------------------- responses


def _response(outcome: Outcome, *, may_be_bare: bool) -> WireResponse:
    try:
        if outcome.error is None:
            return _translated(json.loads(outcome.payload), may_be_bare=may_be_bare)
    except (AttributeError, TypeError, ValueError):  # a malformed result
        pass
    return _json(502, {"message": "Internal Server Error" if may_be_bare else "Internal server error"})


def _translated(result: Any, *, may_be_bare: bool) -> WireResponse:
    is_bare = not isinstance(result, Mapping) or "statusCode" not in result
    if is_bare and may_be_bare:
        return _json(200, result)
    body = result.get("body") or ""
    if is_bare or not (isinstance(body, str) or may_be_bare):
        raise TypeError("a REST API wants a status, and a string as the body")
    text = body if isinstance(body, str) else json.dumps(body)
    data = base64.b64decode(text) if result.get("isBase64Encoded") else text.encode()
    pairs = [(str(name), str(value)) for name, value in (result.get("headers") or {}).items()]
    for name, values in (result.get("multiValueHeaders") or {}).items():
        pairs += [(str(name), str(value)) for value in values]
    pairs += [("set-cookie", str(each)) for each in result.get("cookies") or ()]
    if all(name.lower() != "content-type" for name, _ in pairs):
        pairs.append(("content-type", "application/json"))
    return _with_length(int(result["statusCode"]), pairs, data)


def _json(status: int, value: Any) -> WireResponse:
    data = json.dumps(value, ensure_ascii=False).encode()
    return _with_length(status, [("content-type", "application/json")], data)


def _with_length(status: int, pairs: list[tuple[str, str]], data: bytes) -> WireResponse:
    kept = [(name, value) for name, value in pairs if name.lower() != "content-length"]
    return WireResponse(status, (*kept, ("content-length", str(len(data)))), data)
