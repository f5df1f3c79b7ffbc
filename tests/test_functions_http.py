"""HTTP requests reach functions: function URLs, and proxy integrations of REST APIs, by any library."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from typing import Any

import aiohttp
import pytest
import requests

from aiomoto import mock_aws
from tests.functions import ACCOUNT, REGION, client


def function_url() -> str:
    url: str = client("lambda").create_function_url_config(FunctionName="orders", AuthType="NONE")["FunctionUrl"]
    return url.rstrip("/")


def test_a_function_url_runs_the_function() -> None:
    """The event is that of https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html."""
    with mock_aws() as aws:
        aws.functions["orders"] = lambda event, context: {
            "statusCode": 201,
            "headers": {"X-Order": "7"},
            "cookies": ["a=1"],
            "body": "created",
        }
        url = function_url()
        headers = {"Cookie": "session=1; theme=dark", "User-Agent": "test"}
        response = requests.post(f"{url}/orders?kind=a&kind=b", data="{}", headers=headers)
        [invocation] = aws.functions.invocations
    assert (response.status_code, response.text, response.headers["X-Order"]) == (201, "created", "7")
    assert response.cookies["a"] == "1"
    event = invocation.event
    context = event.pop("requestContext")
    host = url.removeprefix("https://")
    sent = event.pop("headers")
    assert (sent["host"], sent["user-agent"]) == (host, "test")
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/orders",
        "rawQueryString": "kind=a&kind=b",
        "cookies": ["session=1", "theme=dark"],
        "queryStringParameters": {"kind": "a,b"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context.pop("time"))
    assert isinstance(context.pop("timeEpoch"), int)
    assert context.pop("requestId")
    assert context == {
        "accountId": "anonymous",
        "apiId": host.partition(".")[0],
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": "POST",
            "path": "/orders",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "test",
        },
        "routeKey": "$default",
        "stage": "$default",
    }


def test_a_bare_result_is_the_body() -> None:
    with mock_aws() as aws:
        aws.functions["orders"] = lambda event, context: {"orders": [7]}
        with urllib.request.urlopen(function_url()) as response:
            assert (response.status, response.headers["content-type"]) == (200, "application/json")
            assert json.loads(response.read()) == {"orders": [7]}


def test_a_function_that_fails_is_a_bad_gateway() -> None:
    def fail(event: Any, context: Any) -> None:
        raise ValueError("no order")

    with mock_aws() as aws:
        aws.functions["orders"] = fail
        response = requests.get(function_url())
        assert (response.status_code, response.json()) == (502, {"message": "Internal Server Error"})


@pytest.mark.anyio
async def test_an_async_function_answers_an_async_library() -> None:
    async def orders(event: Any, context: Any) -> Any:
        return {"statusCode": 200, "body": "b25l", "isBase64Encoded": True}

    async with mock_aws() as aws, aiohttp.ClientSession() as session:
        aws.functions["orders"] = orders
        async with session.get(function_url()) as response:
            assert (response.status, await response.text()) == (200, "one")


def create_api(function: str) -> str:
    api = client("apigateway")
    name: str = api.create_rest_api(name="shop")["id"]
    [root] = api.get_resources(restApiId=name)["items"]
    orders = api.create_resource(restApiId=name, parentId=root["id"], pathPart="orders")["id"]
    order = api.create_resource(restApiId=name, parentId=orders, pathPart="{order-id}")["id"]
    for resource, method in ((orders, "POST"), (order, "ANY")):
        api.put_method(restApiId=name, resourceId=resource, httpMethod=method, authorizationType="NONE")
        api.put_integration(
            restApiId=name,
            resourceId=resource,
            httpMethod=method,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations",
        )
    api.create_deployment(restApiId=name, stageName="live", variables={"colour": "blue"})
    return f"https://{name}.execute-api.{REGION}.amazonaws.com/live"


def test_a_proxy_integration_of_a_rest_api_runs_the_function() -> None:
    """The event is that of
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html.
    """
    with mock_aws() as aws:
        aws.functions["orders"] = lambda event, context: {
            "statusCode": 200,
            "body": json.dumps(event["pathParameters"]),
            "multiValueHeaders": {"X-Tag": ["a"]},
        }
        url = create_api(aws.functions.arn("orders"))
        response = requests.put(f"{url}/orders/a%20b?kind=a&kind=b", data="{}", headers={"X-Test": "1"})
        [invocation] = aws.functions.invocations
    assert (response.json(), response.headers["X-Tag"]) == ({"order-id": "a b"}, "a")
    event = invocation.event
    context, headers = event.pop("requestContext"), event.pop("headers")
    assert event.pop("multiValueHeaders") == {name: [value] for name, value in headers.items()}
    assert {name.lower(): value for name, value in headers.items()}["x-test"] == "1"
    assert [name for name in headers if name.lower() == "host"] == ["Host"]
    assert event == {
        "resource": "/orders/{order-id}",
        "path": "/orders/a%20b",
        "httpMethod": "PUT",
        "queryStringParameters": {"kind": "b"},
        "multiValueQueryStringParameters": {"kind": ["a", "b"]},
        "pathParameters": {"order-id": "a b"},
        "stageVariables": {"colour": "blue"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert (context["accountId"], context["stage"], context["resourcePath"]) == (ACCOUNT, "live", "/orders/{order-id}")
    assert (context["path"], context["httpMethod"]) == ("/live/orders/a%20b", "PUT")


def test_a_malformed_result_of_a_rest_api_is_a_bad_gateway() -> None:
    with mock_aws() as aws:
        aws.functions["orders"] = lambda event, context: results.pop()
        url = create_api(aws.functions.arn("orders"))
        results = ["no status", {"statusCode": "ok"}, {"statusCode": 200, "body": {"not": "a string"}}]
        for _ in range(3):
            response = requests.post(f"{url}/orders")
            assert (response.status_code, response.json()) == (502, {"message": "Internal server error"})


@pytest.mark.parametrize(
    "result", [{"statusCode": 200, "headers": ["a"]}, {"statusCode": 200, "isBase64Encoded": True}]
)
def test_a_malformed_result_of_a_function_url_is_a_bad_gateway(result: Any) -> None:
    with mock_aws() as aws:
        aws.functions["orders"] = lambda event, context: {"body": "x", **result}
        response = requests.get(function_url())
        assert (response.status_code, response.json()) == (502, {"message": "Internal Server Error"})


def test_a_response_stream_behind_a_function_url_is_a_bad_gateway() -> None:
    def stream(event: Any, context: Any) -> Any:
        yield "one"

    with mock_aws() as aws:
        aws.functions["orders"] = stream
        assert requests.get(function_url()).status_code == 502
