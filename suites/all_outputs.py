"""Serialise random outputs of every operation and every error that botocore has, and read them as a client does.

python suites/all_outputs.py [rounds] [service ...]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' random outputs

from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.endpoint import convert_to_response_dict
from botocore.eventstream import EventStream
from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import create_parser
from botocore.response import StreamingBody
from botocore.session import get_session

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.output_check import check_output
from aiomoto._aws.outputs import response_for
from aiomoto._aws.services import service_model, services
from aiomoto._wire.message import WireRequest, WireResponse
from tests.outputs import differences, random_members, random_output
from tests.reporting import report

PROTOCOLS = ("query", "ec2", "json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor")

# What a client cannot return, whoever answers: a pattern of service, operation, protocol and difference.
EXCEPTIONS = {
    "XML has no sign of an empty flattened list or map": r"(query|rest-xml) \S+ is missing; expected (\[\]|\{\})",
    "S3's clients add ExpiresString to Expires": r"^s3 \w+ rest-xml \.ExpiresString is extra",
    "S3's clients return no region for an empty one": r"^s3 GetBucketLocation \S+ \.LocationConstraint: expected ''",
    "S3's clients ask for keys in lists that are URL-encoded": r"^s3 ListObject\S+ rest-xml ArgumentError",
    "two members have one name on the wire": r"^s3 GetBucketNotification rest-xml \.\w+\.Events?\b",
    "clients return all headers in this member": r"^dataexchange SendApiAsset \S+ \.ResponseHeaders",
    "SQS's clients look for a code that SQS does not send": r"^sqs \w+ json \.message is missing",
    "the error's own code has the same name": r"^cloudsearch BaseException query \.Code",
}
REQUIRED = 99.5  # per cent


def main() -> None:
    """Print a summary, and exit with 1 if too many outputs differ."""
    rounds, *names = sys.argv[1:] or ["1"]
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(_run, names or services(), [int(rounds)] * len(names or services()), chunksize=4))
    outputs = report("outputs", [line for lines, _ in found for line in lines], EXCEPTIONS)
    errors = report("errors", [line for _, lines in found for line in lines], EXCEPTIONS)
    sys.exit(min(outputs, errors) < REQUIRED)


# ---------------------------------------------------------------- one service


def _run(name: str, rounds: int) -> tuple[list[str], list[str]]:
    service = service_model(name)
    return _outputs(service, rounds), _errors(service, rounds)


def _outputs(service: ServiceModel, rounds: int) -> list[str]:
    operations = [service.operation_model(name) for name in service.operation_names]
    return [
        _output_line(service, operation.name, protocol, seed)
        for operation in operations
        for protocol in _protocols(service)
        for seed in range(rounds)
    ]


def _output_line(service: ServiceModel, name: str, protocol: str, seed: int) -> str:
    """Describe how an output differs; an empty string if it does not."""
    operation = service.operation_model(name)
    output = random_output(operation, protocol, Random(f"{service.service_name} {name} {protocol} {seed}"))
    try:
        check_output(operation, output)
        response = response_for(operation, protocol, output)
        found = next(differences(output, _received(operation, protocol, response)), "")
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    return f"{service.service_name} {name} {protocol} {found}" if found else ""


def _errors(service: ServiceModel, rounds: int) -> list[str]:
    return [
        _error_line(service, index, protocol, seed)
        for index in range(len(service.error_shapes))
        for protocol in _protocols(service)
        for seed in range(rounds)
    ]


def _error_line(service: ServiceModel, index: int, protocol: str, seed: int) -> str:
    shape = service.error_shapes[index]
    name = service.service_name
    members = random_members(shape, protocol, Random(f"{name} {shape.name} {protocol} {seed}"))
    try:
        error = ErrorResponse(shape.name, members=members)
        error.check(name)
        response = error.response(WireRequest("POST", "https://example.test", {}), name, protocol)
        parsed = _received_error(service, protocol, response)
        found = next(differences(members, {key: value for key, value in parsed.items() if key != "Error"}), "")
    except Exception as problem:
        found = f"{type(problem).__name__}: {problem}"
    return f"{name} {shape.name} {protocol} {found}" if found else ""


def _protocols(service: ServiceModel) -> Iterator[str]:
    """All protocols that a client may speak with the service."""
    listed = service.metadata.get("protocols", [service.metadata["protocol"]])
    return (protocol for protocol in listed if protocol in PROTOCOLS)


# ---------------------------------------------------------------- what a client returns


@lru_cache(maxsize=1)
def _events() -> BaseEventHooks:
    return get_session().get_component("event_emitter")


def _received(operation: OperationModel, protocol: str, response: WireResponse) -> dict[str, Any]:
    """Return what a client returns for a response, without ``ResponseMetadata``; bodies and events are read."""
    body = b"".join(piece.data for piece in response.pieces())
    http = AWSResponse("https://example.test", response.status, HeadersDict(response.headers), _Raw(body))
    raw = convert_to_response_dict(http, operation)
    event = f"{operation.service_model.service_id.hyphenize()}.{operation.name}"
    extra: dict[str, Any] = {}
    _events().emit(
        f"before-parse.{event}", operation_model=operation, response_dict=raw, customized_response_dict=extra
    )
    parsed: dict[str, Any] = create_parser(protocol).parse(raw, operation.output_shape)
    parsed |= extra
    context = {"encoding_type_auto_set": True}
    _events().emit(f"after-call.{event}", http_response=http, parsed=parsed, model=operation, context=context)
    parsed.pop("ResponseMetadata", None)  # parsers of CBOR add none to an operation without output
    return {name: _whole(value) for name, value in parsed.items()}


def _whole(value: Any) -> Any:
    if isinstance(value, EventStream):
        return list(value)
    return value.read() if isinstance(value, StreamingBody) else value


class _Raw(BytesIO):
    """A body as urllib3 gives it to botocore."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _received_error(service: ServiceModel, protocol: str, response: WireResponse) -> dict[str, Any]:
    """Return what a client puts into its ``ClientError``, without ``ResponseMetadata``."""
    raw = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    parsed: dict[str, Any] = create_parser(protocol).parse(raw, None)
    if (shape := service.shape_for_error_code(parsed["Error"]["Code"])) is not None:
        parsed |= create_parser(protocol).parse(raw, shape)
    del parsed["ResponseMetadata"]
    return parsed


if __name__ == "__main__":
    main()
