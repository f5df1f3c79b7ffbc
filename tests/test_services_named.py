"""Each of botocore's services is called by its own name, whichever client calls it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from inspect import isawaitable
from typing import Any

import boto3
import pytest
from aiobotocore import httpxsession
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointResolutionError

from aiomoto import AioSession, MockAWS, RequestBlockedError, mock_aws
from tests.every_service import Named, callable_operations, endpoint_of, services, some_services

pytestmark = pytest.mark.thorough

Opener = Callable[..., AbstractAsyncContextManager[Any]]
PLAIN: dict[str, Any] = {"parameter_validation": False, "retries": {"total_max_attempts": 1}}


def boto3_clients() -> Opener:
    session = boto3.Session(region_name="us-east-1")

    @asynccontextmanager
    async def open_client(service: str, **kwargs: Any) -> AsyncIterator[Any]:
        yield session.client(service, config=Config(**PLAIN), **kwargs)

    return open_client


def aiobotocore_clients(session: Any, **options: Any) -> Opener:
    config = AioConfig(**PLAIN, **options)

    def open_client(service: str, **kwargs: Any) -> AbstractAsyncContextManager[Any]:
        context: AbstractAsyncContextManager[Any] = session.create_client(
            service, region_name="us-east-1", config=config, **kwargs
        )
        return context

    return open_client


CLIENTS: dict[str, Callable[[], Opener]] = {
    "boto3": boto3_clients,
    "aiohttp": lambda: aiobotocore_clients(get_session()),
    "wired": lambda: aiobotocore_clients(AioSession()),
}
if httpxsession.httpx is not None:
    CLIENTS["httpx"] = lambda: aiobotocore_clients(get_session(), http_session_cls=httpxsession.HttpxSession)


async def call_one(aws: MockAWS, client: Any) -> Named | None:
    """Call the first operation of a client that can be called, which a rule for it answers."""
    service = client.meta.service_model.service_name
    code: Any = None
    for operation, method, arguments in callable_operations(client):
        with aws.faults.add(service, operation, error="AccessDenied") as rule:
            try:
                answer = getattr(client, method)(**arguments)
                code = await answer if isawaitable(answer) else answer
            except EndpointResolutionError:  # it asks for an ARN of its own kind
                continue
            except ClientError as error:
                code = error.response["Error"]["Code"]
        assert (rule.hits, code) == (1, "AccessDenied"), (service, operation)
        return Named(service, operation)
    return None


async def check(kind: str, names: list[str]) -> None:
    async with mock_aws() as aws:
        open_client = CLIENTS[kind]()
        called: list[Named] = []
        uncalled: list[str] = []
        for service in names:
            async with open_client(service, endpoint_url=endpoint_of(service)) as client:
                if named := await call_one(aws, client):
                    called.append(named)
                else:
                    uncalled.append(service)

    assert uncalled == []
    assert [Named(str(call.service), str(call.operation)) for call in aws.calls if call.fault] == called


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", CLIENTS)
async def test_service_is_called_by_its_own_name(kind: str) -> None:
    await check(kind, some_services())


# All of their models have to be parsed, which takes far longer than the calls.
@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("kind", CLIENTS)
async def test_every_service_is_called_by_its_own_name(kind: str) -> None:
    assert len(services()) > 400
    await check(kind, services())


# A name that is called is one that can be asserted on: the two are told by the same model.
@pytest.mark.parametrize(("service", "operation"), [("mwaa", "ListEnvironments"), ("docdb", "DescribeDBClusters")])
def test_what_was_called_under_its_own_name_was_called(service: str, operation: str) -> None:
    with mock_aws() as aws:
        client = boto3.client(service, region_name="us-east-1")
        with suppress(ClientError, RequestBlockedError):
            getattr(client, xform_name(operation))()

    assert aws.calls.assert_called(service, operation).service == service
    with pytest.raises(AssertionError, match=f"{service}.{operation}"):
        aws.calls.assert_not_called(service, operation)


def test_client_from_before_the_mock_names_its_service_too() -> None:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("neptune", region_name="us-east-1", **keys)
    with mock_aws() as aws:
        client.describe_db_clusters()

    assert [(call.service, call.operation) for call in aws.calls] == [("neptune", "DescribeDBClusters")]


BLOCKED = [
    ("mwaa", "ListEnvironments", {}),
    ("location", "ListMaps", {}),
    ("s3outposts", "ListEndpoints", {}),
    ("qconnect", "ListAssistants", {}),
    ("sso-oidc", "CreateToken", {"clientId": "x", "clientSecret": "x", "grantType": "x"}),
]


@pytest.mark.parametrize("endpoint_url", [None, "http://localhost:4566"])
@pytest.mark.parametrize(("service", "operation", "arguments"), BLOCKED, ids=[name for name, _, _ in BLOCKED])
def test_error_for_a_service_that_moto_lacks_names_it_as_botocore_does(
    service: str, operation: str, arguments: dict[str, str], endpoint_url: str | None
) -> None:
    with mock_aws():
        client = boto3.client(service, region_name="us-east-1", endpoint_url=endpoint_url)
        with pytest.raises(RequestBlockedError, match=f"^{service} {operation} "):
            getattr(client, xform_name(operation))(**arguments)


@pytest.mark.asyncio
async def test_wired_session_does_not_take_s3_on_outposts_for_s3() -> None:
    async with AioSession().create_client("s3outposts", region_name="us-east-1") as client:
        with pytest.raises(RequestBlockedError, match=r"^s3outposts ListEndpoints "):
            await client.list_endpoints()


@pytest.mark.asyncio
async def test_each_attempt_is_named() -> None:
    async with mock_aws(sleep="instant") as aws, get_session().create_client("mwaa", region_name="us-east-1") as mwaa:
        aws.faults.add("mwaa", error="ThrottlingException", status=400, times=2)
        aws.faults.add("mwaa", error="AccessDenied")
        with pytest.raises(ClientError, match="AccessDenied"):
            await mwaa.list_environments()

    attempts = [(call.service, call.operation, call.attempt) for call in aws.calls]
    assert attempts == [("mwaa", "ListEnvironments", number) for number in (1, 2, 3)]
