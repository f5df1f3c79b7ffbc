"""The contract: what a client sees of Moto in process is what it would see of the same answers over a socket.

The answers are recorded once for each case from Moto's own mock, with boto3 and without aiomoto. A real server on the
loopback interface gives them to real clients; the mocked clients get theirs through aiomoto. Everybody has to see the
same: the parsed response with its metadata, the body, or the error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, closing, suppress
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import moto
import pytest
import requests  # type: ignore[import-untyped]
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import STACKS, Stack
from tests.contract_cases import CASES, KEYS, REGION, Case, boto3_client
from tests.loopback import Answer, LoopbackServer, loopback_server

# One session for all of them: a new one parses its service models anew.
SESSION = get_session()


class Seen(NamedTuple):
    """What a client makes of an answer: the response and its body, or the error."""

    response: Any
    body: bytes | None = None
    error: str | None = None
    error_types: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as running:
        yield running


# Bodies, their absence, errors and headers of each kind: what an HTTP library may read in its own way.
_READ_BY_LIBRARIES = ("s3-get", "s3-head", "s3-put", "s3-delete", "dynamodb-get", "sqs-receive", "iam-", "lambda-no")


def _each_case_on_each_loop() -> Iterator[Any]:
    for stack in {stack.loop: stack for stack in reversed(STACKS)}.values():
        for name, case in CASES.items():
            is_repeated = stack != STACKS[0] and not name.startswith(_READ_BY_LIBRARIES)
            marks = [pytest.mark.thorough] if is_repeated else []
            yield pytest.param(stack, case, id=f"{stack.loop}-{name}", marks=marks)


@pytest.mark.anyio
@pytest.mark.parametrize(("stack", "case"), list(_each_case_on_each_loop()))
async def test_aiobotocore_sees_in_process_what_it_and_boto3_see_over_a_socket(
    case: Case, stack: Stack, server: LoopbackServer
) -> None:
    with mock_aws():
        arguments = _prepare(case)
        async with _client(case.service, stack) as mocked:
            in_process = await _observe_async(mocked, case, arguments)
    server.answer, arguments = _record(case)
    async with _client(case.service, stack, endpoint_url=server.url) as real:
        over_socket = await _observe_async(real, case, arguments)

    assert in_process == over_socket == _boto3_over_socket(case, server)


# Clients with this host are let out, through their real session: they go to the endpoint over a socket.
LET_OUT: dict[str, Any] = {"core": {"passthrough": {"urls": ["http://localhost:"]}}}


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_boto3_sees_in_process_and_over_the_endpoint_what_it_sees_over_a_socket(
    case: Case, server: LoopbackServer
) -> None:
    with mock_aws():
        in_process = _observe(boto3_client(case.service), case, _prepare(case))
    with mock_aws(config=LET_OUT) as aws:
        arguments = _prepare(case)
        url = aws.endpoint.url.replace("127.0.0.1", "localhost")
        with closing(boto3_client(case.service, endpoint_url=url)) as real:
            over_endpoint = _observe(real, case, arguments)

    assert in_process == over_endpoint == _boto3_over_socket(case, server)
    assert _record(case)[0].status == case.status


def _client(service: str, stack: Stack, **kwargs: Any) -> AbstractAsyncContextManager[Any]:
    config = AioConfig(http_session_cls=stack.session_class)
    context: AbstractAsyncContextManager[Any] = SESSION.create_client(
        service, region_name=REGION, config=config, verify=False, **KEYS, **kwargs
    )
    return context


@cache
def _boto3_over_socket(case: Case, server: LoopbackServer) -> Seen:
    server.answer, arguments = _record(case)
    real = boto3_client(case.service, endpoint_url=server.url, verify=False)
    try:
        return _observe(real, case, arguments)
    finally:
        real.close()


def _prepare(case: Case) -> dict[str, Any]:
    """Set the scene, with the same identifiers each time, inside whichever mock is live."""
    requests.post("http://motoapi.amazonaws.com/moto-api/seed?a=42", timeout=60)
    arguments = case.prepare()
    requests.post("http://motoapi.amazonaws.com/moto-api/seed?a=43", timeout=60)
    return arguments


@cache
def _record(case: Case) -> tuple[Answer, dict[str, Any]]:
    """The answer of Moto's own mock, and the arguments that led to it."""
    answers: list[Answer] = []

    def keep(response_dict: Any, **_: Any) -> None:
        body = response_dict["body"]
        headers = tuple((name, str(value)) for name, value in response_dict["headers"].items())
        answers.append(Answer(response_dict["status_code"], headers, body if isinstance(body, bytes) else body.read()))

    with moto.mock_aws():
        arguments = _prepare(case)
        recorded = boto3_client(case.service)
        recorded.meta.events.register("response-received", keep)
        with suppress(ClientError):
            getattr(recorded, case.operation)(**arguments)
    (answer,) = answers
    return answer, arguments


async def _observe_async(client: Any, case: Case, arguments: dict[str, Any]) -> Seen:
    try:
        response = await getattr(client, case.operation)(**arguments)
    except ClientError as error:
        return _error_seen(error)
    body = response.pop("Body", None)
    chunks = None if body is None else [chunk async for chunk in body.iter_chunks(100_000)]
    return Seen(_comparable(response), None if chunks is None else b"".join(chunks))


def _observe(client: Any, case: Case, arguments: dict[str, Any]) -> Seen:
    try:
        response = getattr(client, case.operation)(**arguments)
    except ClientError as error:
        return _error_seen(error)
    body = response.pop("Body", None)
    return Seen(_comparable(response), None if body is None else b"".join(body.iter_chunks(100_000)))


def _error_seen(error: ClientError) -> Seen:
    return Seen(_comparable(error.response), None, str(error), tuple(kind.__name__ for kind in type(error).__mro__))


# A server has to say how long an answer is; Moto does so only where S3 promises it.
_TRANSPORT_HEADERS = {"content-length"}
# What no seed makes the same twice.
_VOLATILE = {"date", "last-modified", "LastModified", "UploadId"}


def _comparable(value: Any, name: str = "") -> Any:
    if name in _VOLATILE or isinstance(value, datetime):
        return type(value).__name__
    if name == "HTTPHeaders":
        return {key: _comparable(each, key) for key, each in value.items() if key not in _TRANSPORT_HEADERS}
    if isinstance(value, dict):
        return {key: _comparable(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    return value
