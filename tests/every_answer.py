"""Script random outputs and modelled errors of a service, call its operations with each client, and compare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from inspect import isawaitable
from random import Random
from typing import Any, NamedTuple

import boto3
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession, httpx
from aiobotocore.session import get_session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import MockAWS, mock_aws
from tests.every_service import endpoint_of, required
from tests.outputs import differences, random_members, random_output

REGION = "us-east-1"
CONFIG: dict[str, Any] = {"retries": {"total_max_attempts": 1}, "parameter_validation": False}


# What no answer can change, whoever gives it: a pattern of client, service, operation and what happened.
EXCEPTIONS = {
    "aiobotocore cannot read event streams over httpx": r"^httpx .* (ResponseNotRead|NotImplementedError): ",
    "XML has no sign of an empty flattened list or map": r"is missing; expected (\[\]|\{\})",
    "the client looks for a bearer token": r" (NoAuthTokenError|TokenRetrievalError): ",
    "the client signs with awscrt, which is not installed": r" MissingDependencyException: ",
    "the client finds no endpoint for these parameters": r" (EndpointResolutionError|ParamValidationError): ",
    "the client looks for another endpoint, and retries for as long as it is told to": r" InvalidEndpointException ",
    "the client checks the body by a random checksum": r" (FlexibleChecksumError|Error: Incorrect padding)",
    "S3's clients add ExpiresString to Expires": r" s3 \w+ \.ExpiresString is extra",
    "two members have one name on the wire": r" s3 GetBucketNotification ",
    "clients return all headers in this member": r" dataexchange SendApiAsset \.ResponseHeaders",
    "the client takes its host from a parameter": r" machinelearning Predict AttributeError: ",
    "the error's own code has the same name": r" cloudsearch BaseException \.Code",
    "two errors have one code": r" \.class: expected",
}


class Case(NamedTuple):
    """One answer: its name, the operation that is called, what is scripted, and what is to come back."""

    name: str
    operation: str
    answer: Any
    expected: dict[str, Any]


class Found(NamedTuple):
    """For each answer a line that says how it differs; an empty one if it does not."""

    outputs: list[str]
    errors: list[str]


def compare(service: str, sample: int | None = None) -> Found:
    """Compare all answers of a service, or a random sample of so many outputs and errors."""
    found = Found([], [])
    with mock_aws() as aws:
        asyncio.run(_compare(service, sample, aws, found))
    return found


async def _compare(service: str, sample: int | None, aws: MockAWS, found: Found) -> None:
    for name, open_client in CLIENTS.items():
        async with open_client(service) as client:
            for cases, lines in ((_outputs, found.outputs), (_errors, found.errors)):
                each = list(cases(client, service))
                for case in each if sample is None else Random(service).sample(each, min(sample, len(each))):
                    lines.append(await _line(name, client, aws, service, case))
                    aws.calls.clear()


# More than any client makes but one that looks for an endpoint: botocore's endpoint discovery retries without end.
_ATTEMPTS = 20


async def _line(library: str, client: Any, aws: MockAWS, service: str, case: Case) -> str:
    """Describe how an answer differs; an empty string if it does not."""
    shape = client.meta.service_model.operation_model(case.operation).input_shape
    try:
        with aws.answers.add(service, case.operation, case.answer, times=_ATTEMPTS, optional=True):
            received = await _received(getattr(client, xform_name(case.operation)), required(shape) if shape else {})
        found = next(differences(case.expected, received), "")
    except NotImplementedError as error:
        found = f"event stream: {error}"
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    return f"{library} {service} {case.name} {found}" if found else ""


async def _received(method: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        response = method(**arguments)
        response = await response if isawaitable(response) else response
    except ClientError as error:
        return _told(type(error).__name__, error.response["Error"].get("Message", ""), error.response)
    return {name: await _whole(value) for name, value in response.items() if name != "ResponseMetadata"}


def _told(name: str, message: str, members: dict[str, Any]) -> dict[str, Any]:
    """What an error tells: its class, its message, and its members. Only some protocols repeat the message there."""
    others = {key: value for key, value in members.items() if key not in ("Error", "ResponseMetadata")}
    return {"class": name, "text": message} | {key: value for key, value in others.items() if key.lower() != "message"}


async def _whole(value: Any) -> Any:
    if hasattr(value, "read"):
        data = value.read()
        return await data if isawaitable(data) else data
    if hasattr(value, "get_initial_response"):
        return [event async for event in value] if hasattr(value, "__anext__") else list(value)
    return value


def _outputs(client: Any, service: str) -> Iterable[Case]:
    model = client.meta.service_model
    for name in model.operation_names:
        if hasattr(client, xform_name(name)):
            random = Random(f"{service} {name}")
            output = random_output(model.operation_model(name), model.resolved_protocol, random)
            yield Case(name, name, output, output)


def _errors(client: Any, service: str) -> Iterable[Case]:
    model = client.meta.service_model
    operation = next(name for name in model.operation_names if hasattr(client, xform_name(name)))
    for shape in model.error_shapes:
        random = Random(f"{service} {shape.name}")
        given = random_members(shape, model.resolved_protocol, random)
        members = {key: value for key, value in given.items() if key.lower() not in ("message", "code")}
        error = ClientError({"Error": {"Code": shape.name, "Message": _TEXT}, **members}, operation)
        yield Case(shape.name, operation, error, _told(shape.name, _TEXT, members))


_TEXT = "Why <not>? é & ö"


# ---------------------------------------------------------------- clients


@asynccontextmanager
async def _boto3(service: str) -> AsyncIterator[Any]:
    client = boto3.client(service, REGION, endpoint_url=endpoint_of(service), config=Config(**CONFIG))
    yield client
    client.close()


@asynccontextmanager
async def _aiobotocore(service: str, session_class: type) -> AsyncIterator[Any]:
    config = AioConfig(**CONFIG, http_session_cls=session_class)
    endpoint = endpoint_of(service)
    async with get_session().create_client(service, REGION, endpoint_url=endpoint, config=config) as client:
        yield client


CLIENTS: dict[str, Callable[[str], Any]] = {
    "boto3": _boto3,
    "aiohttp": lambda service: _aiobotocore(service, AIOHTTPSession),
}
if httpx is not None:
    CLIENTS["httpx"] = lambda service: _aiobotocore(service, HttpxSession)
