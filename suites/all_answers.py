"""Script a random output of every operation, and every modelled error, and call them with real clients.

python suites/all_answers.py [service ...]
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from inspect import isawaitable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' random outputs

import boto3
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import MockAWS, mock_aws
from tests.every_service import endpoint_of, required, session
from tests.outputs import differences, random_members, random_output

# What no answer can change, whoever gives it: a pattern of client, service, operation and what happened.
EXCEPTIONS = {
    "aiobotocore cannot read event streams over httpx": r"^httpx .* (ResponseNotRead|NotImplementedError): ",
    "XML has no sign of an empty flattened list or map": r"is missing; expected (\[\]|\{\})",
    "the client looks for a bearer token": r" (NoAuthTokenError|TokenRetrievalError): ",
    "the client signs with awscrt, which is not installed": r" MissingDependencyException: ",
    "the client finds no endpoint for these parameters": r" (EndpointResolutionError|ParamValidationError): ",
    "the client checks the body by a random checksum": r" (FlexibleChecksumError|Error: Incorrect padding)",
    "S3's clients add ExpiresString to Expires": r" s3 \w+ \.ExpiresString is extra",
    "two members have one name on the wire": r" s3 GetBucketNotification ",
    "clients return all headers in this member": r" dataexchange SendApiAsset \.ResponseHeaders",
    "two errors have one code": r" \.class: expected",
}
REQUIRED = 99.5  # per cent
REGION = "us-east-1"
CONFIG: dict[str, Any] = {"retries": {"total_max_attempts": 1}, "parameter_validation": False}


class Case(NamedTuple):
    """One answer: its name, the operation that is called, and what is scripted."""

    name: str
    operation: str
    answer: Any
    expected: dict[str, Any]


class Result(NamedTuple):
    """What became of a number of answers."""

    equal: int
    differences: list[str]


def main() -> None:
    """Print a summary, and exit with 1 if too many answers differ."""
    names = sys.argv[1:] or session().get_available_services()
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(_run, names, chunksize=4))
    shares = [_report(kind, [result[kind] for result in found]) for kind in ("outputs", "errors")]
    sys.exit(min(shares) < REQUIRED)


def _report(kind: str, results: list[Result]) -> float:
    equal = sum(result.equal for result in results)
    different = [line for result in results for line in result.differences]
    share = 100 * equal / ((equal + len(different)) or 1)
    print(f"{equal} of {equal + len(different)} {kind} come back the same: {share:.2f} %")
    for reason, count in Counter(map(_reason, different)).most_common():
        print(f"{count:8} {reason}")
    for line in different:
        if _reason(line) == _UNEXPLAINED:
            print(f"         {line}")
    return share


_UNEXPLAINED = "differ for another reason:"


def _reason(line: str) -> str:
    return next((reason for reason, pattern in EXCEPTIONS.items() if re.search(pattern, line)), _UNEXPLAINED)


# ---------------------------------------------------------------- one service

Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


def _run(service: str) -> dict[str, Result]:
    lines: dict[str, list[str]] = {"outputs": [], "errors": []}
    with mock_aws() as aws:
        asyncio.run(_try(service, aws, lines))
    return {kind: Result(found.count(""), [line for line in found if line]) for kind, found in lines.items()}


async def _try(service: str, aws: MockAWS, lines: dict[str, list[str]]) -> None:
    for name, open_client in (("boto3", _boto3), ("aiohttp", _aiohttp), ("httpx", _httpx)):
        async with open_client(service) as client:
            for case in _outputs(client, service):
                lines["outputs"].append(await _line(name, client, aws, service, case))
            for case in _errors(client, service):
                lines["errors"].append(await _line(name, client, aws, service, case))


async def _line(library: str, client: Any, aws: MockAWS, service: str, case: Case) -> str:
    """Describe how an answer differs; an empty string if it does not."""
    shape = client.meta.service_model.operation_model(case.operation).input_shape
    try:
        with aws.answers.add(service, case.operation, case.answer, optional=True):
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
async def _aio(service: str, session_class: type) -> AsyncIterator[Any]:
    config = AioConfig(**CONFIG, http_session_cls=session_class)
    endpoint = endpoint_of(service)
    async with get_session().create_client(service, REGION, endpoint_url=endpoint, config=config) as client:
        yield client


def _aiohttp(service: str) -> Any:
    return _aio(service, AIOHTTPSession)


def _httpx(service: str) -> Any:
    return _aio(service, HttpxSession)


if __name__ == "__main__":
    main()
