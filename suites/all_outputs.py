"""Serialise random outputs of every operation and every error that botocore has, and read them as a client does.

python suites/all_outputs.py [rounds] [service ...]
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' random outputs

from botocore.model import ServiceModel

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.output_check import check_output
from aiomoto._aws.outputs import response_for
from aiomoto._aws.services import service_model, services
from aiomoto._wire.message import WireRequest
from tests.outputs import PROTOCOLS, differences, random_members, random_output, received, received_error

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


class Result(NamedTuple):
    """What became of a number of outputs."""

    equal: int
    streams: int
    differences: list[str]


def main() -> None:
    """Print a summary, and exit with 1 if too many outputs differ."""
    rounds, *names = sys.argv[1:] or ["1"]
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(_run, names or services(), [int(rounds)] * len(names or services()), chunksize=4))
    outputs = _report("outputs", [result for result, _ in found])
    errors = _report("errors", [result for _, result in found])
    sys.exit(min(outputs, errors) < REQUIRED)


def _report(kind: str, results: list[Result]) -> float:
    equal = sum(result.equal for result in results)
    streams = sum(result.streams for result in results)
    different = [line for result in results for line in result.differences]
    share = 100 * equal / ((equal + len(different)) or 1)
    print(f"{equal} of {equal + len(different)} {kind} come back the same: {share:.2f} %")
    if streams:
        print(f"{streams:8} have an event stream")
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


def _run(name: str, rounds: int) -> tuple[Result, Result]:
    service = service_model(name)
    return _outputs(service, rounds), _errors(service, rounds)


def _outputs(service: ServiceModel, rounds: int) -> Result:
    operations = [service.operation_model(name) for name in service.operation_names]
    streams = sum(operation.has_event_stream_output for operation in operations)
    lines = [
        _output_line(service, operation.name, protocol, seed)
        for operation in operations
        for protocol in _protocols(service)
        for seed in range(rounds)
    ]
    return Result(lines.count(""), streams, [line for line in lines if line])


def _output_line(service: ServiceModel, name: str, protocol: str, seed: int) -> str:
    """Describe how an output differs; an empty string if it does not."""
    operation = service.operation_model(name)
    output = random_output(operation, protocol, Random(f"{service.service_name} {name} {protocol} {seed}"))
    try:
        check_output(operation, output)
        response = response_for(operation, protocol, output)
        found = next(differences(output, received(operation, protocol, response)), "")
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    return f"{service.service_name} {name} {protocol} {found}" if found else ""


def _errors(service: ServiceModel, rounds: int) -> Result:
    lines = [
        _error_line(service, index, protocol, seed)
        for index in range(len(service.error_shapes))
        for protocol in _protocols(service)
        for seed in range(rounds)
    ]
    return Result(lines.count(""), 0, [line for line in lines if line])


def _error_line(service: ServiceModel, index: int, protocol: str, seed: int) -> str:
    shape = service.error_shapes[index]
    name = service.service_name
    members = random_members(shape, protocol, Random(f"{name} {shape.name} {protocol} {seed}"))
    try:
        error = ErrorResponse(shape.name, members=members)
        error.check(name)
        response = error.response(WireRequest("POST", "https://example.test", {}), name, protocol)
        parsed = received_error(service, protocol, response)
        found = next(differences(members, {key: value for key, value in parsed.items() if key != "Error"}), "")
    except Exception as problem:
        found = f"{type(problem).__name__}: {problem}"
    return f"{name} {shape.name} {protocol} {found}" if found else ""


def _protocols(service: ServiceModel) -> Iterator[str]:
    """All protocols that a client may speak with the service."""
    listed = service.metadata.get("protocols", [service.metadata["protocol"]])
    return (protocol for protocol in listed if protocol in PROTOCOLS)


if __name__ == "__main__":
    main()
