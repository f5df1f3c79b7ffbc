"""One call to each of botocore's services, by whichever client."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import botocore.session
from botocore import xform_name


class Named(NamedTuple):
    """An operation by botocore's names."""

    service: str
    operation: str


# Where a client asks for more than a region: each search domain has an endpoint of its own.
_ENDPOINTS = {"cloudsearchdomain": "https://search-x.us-east-1.cloudsearch.amazonaws.com"}
# What they sign with a test does not have: a bearer token, and awscrt's asymmetric signatures.
_UNSIGNABLE = {"codecatalyst", "cloudfront-keyvaluestore"}

# One for each protocol, and those that share something with others: a host, a signing name, a name in Moto.
_SOME = [
    "appconfigdata",
    "bedrock-agent-runtime",
    "cloudcontrol",
    "cloudhsm",
    "cloudwatch",
    "connectparticipant",
    "docdb",
    "dynamodb",
    "ec2",
    "es",
    "iam",
    "iot-data",
    "keyspaces",
    "kinesis-video-media",
    "lambda",
    "lex-models",
    "location",
    "mailmanager",
    "mturk",
    "mwaa",
    "neptune",
    "opensearch",
    "pinpoint-email",
    "s3",
    "s3control",
    "s3outposts",
    "sagemaker-edge",
    "sdb",
    "ses",
    "sso",
    "sso-oidc",
    "stepfunctions",
    "timestream-query",
]


@cache
def session() -> Any:
    """botocore's session, for the names and models of its services."""
    return botocore.session.get_session()


def services() -> list[str]:
    """botocore's services, those whose requests can be signed with a pair of keys."""
    return [name for name in session().get_available_services() if name not in _UNSIGNABLE]


def some_services() -> list[str]:
    """A few of them: the models of all take half a minute to parse."""
    return [name for name in _SOME if name in services()]


def endpoint_of(service: str) -> str | None:
    """The endpoint that a client of the service has to be given, if it has."""
    return _ENDPOINTS.get(service)


def callable_operations(client: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Operations of a client that anybody can call: their names, the methods that call them, and arguments."""
    model = client.meta.service_model
    for name in model.operation_names:
        operation = model.operation_model(name)
        has_host_of_its_own = "{" in (operation.endpoint or {}).get("hostPrefix", "")
        if not operation.has_event_stream_input and not has_host_of_its_own and hasattr(client, xform_name(name)):
            shape = operation.input_shape
            yield name, xform_name(name), required(shape) if shape else {}


def required(shape: Any, name: str = "") -> Any:
    """A value with all that is required, and nothing else."""
    if shape.type_name == "structure":
        return {member: required(shape.members[member], member) for member in shape.required_members}
    if shape.type_name == "string":
        if name.lower().endswith("accountid"):
            return "123456789012"
        return "arn:aws:kinesis:us-east-1:123456789012:stream/x" if name.lower().endswith("arn") else "xxx"
    plain = {"list": [], "map": {}, "blob": b"", "timestamp": 0, "boolean": True}
    return plain.get(shape.type_name, 1)
