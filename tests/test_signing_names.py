"""Requests of every botocore service, at AWS's host and at an endpoint that tells nothing of the service.

There the signature, the path and the operation's name decide: a table of signing names, compared here with botocore's
own models.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import EndpointResolutionError
from moto.backend_index import backend_url_patterns

from tests.every_service import required
from tests.test_router import Target, by_motos_scan, by_our_router


class Call(NamedTuple):
    """One operation of a botocore service, and where its request leads."""

    service: str
    operation: str
    known: bool  # whether Moto has a pattern for the AWS host
    scan: Target | None  # what Moto's scan finds for the AWS host
    aws: Target | None
    custom: Target | None


class _Prepared(Exception):
    """Stops a client that has prepared its request."""


class Sample(NamedTuple):
    """How much to look at: one service of so many, so many operations of each, and how many are at least found."""

    step: int
    operations: int
    least: int


@cache
def calls(sample: Sample) -> list[Call]:
    """Let clients prepare requests of operations of services, spread over them all.

    The services are those that sign with a name which one of Moto's services has too.
    """
    session = botocore.session.get_session()
    available = enumerate(session.get_available_services())
    services = [service for number, service in available if number % sample.step == 0 or service in ALWAYS]
    clients = {service: _client(session, service, HOSTS.get(service)) for service in services}
    names = {client.meta.service_model.signing_name for client in clients.values() if _known(client.meta.endpoint_url)}
    found: list[Call] = []
    for service, client in clients.items():
        if client.meta.service_model.signing_name in names:
            found.extend(_calls_of(client, _client(session, service, "http://localhost:4566"), sample.operations))
    return found


def _calls_of(aws: Any, custom: Any, most: int) -> Iterator[Call]:
    model = aws.meta.service_model
    operations = [name for name in model.operation_names if hasattr(aws, xform_name(name))]
    for operation in operations[:: max(1, len(operations) // most)]:
        try:
            here, there = (_prepare(client, operation) for client in (aws, custom))
        except EndpointResolutionError:  # it asks for an ARN of its own kind
            continue
        targets = by_motos_scan(here.url), _route(here), _route(there)
        yield Call(model.service_name, operation, _known(here.url), *targets)


# Moto's pattern for S3 takes their hosts too, though nothing that it answers is an answer of theirs.
LIKE_S3 = {"s3files", "s3outposts"}
# Some that Moto does not have, though it has others that sign as they do.
LACKING = {"bedrock-agent-runtime", "mailmanager", "marketplace-agreement"}
ALWAYS = LIKE_S3 | LACKING | {"s3", "bedrock-agent", "meteringmarketplace", "ses"}


# Not the region's host: each stream has one of its own.
HOSTS = {"kinesis-video-archived-media": "https://b-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com"}


def _known(url: str) -> bool:
    return any(pattern.match(url) for _, pattern in backend_url_patterns)


def _client(session: Any, service: str, endpoint_url: str | None) -> Any:
    def stop(request: Any, **_: Any) -> None:
        raise _Prepared(request)

    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    # The path style, since a path is all that a bucket's name is in at the other endpoint.
    config = Config(parameter_validation=False, s3={"addressing_style": "path"})
    # Not us-east-1, where SimpleDB has a host without region that Moto does not know.
    client = session.create_client(service, "us-west-2", endpoint_url=endpoint_url, config=config, **keys)
    client.meta.events.register("before-send", stop)
    return client


def _prepare(client: Any, operation: str) -> Any:
    shape = client.meta.service_model.operation_model(operation).input_shape
    with pytest.raises(_Prepared) as stopped:
        getattr(client, xform_name(operation))(**(required(shape) if shape else {}))
    return stopped.value.args[0]


def _route(request: Any) -> Target | None:
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    body = request.body.encode() if isinstance(request.body, str) else request.body
    # An upload's body is left out: it names no operation.
    return by_our_router(
        request.url, method=request.method, headers=headers, body=body if isinstance(body, bytes) else b""
    )


# Method, path and signing name are those of an operation that Moto has: where the host tells nothing, nothing does.
TAGGERS = ("bedrock-agent-runtime", "bedrock-data-automation", "lex-models")
ALIKE = {
    ("bedrock-agent-runtime", "InvokeInlineAgent"),
    *((service, f"{verb}Resource") for service in TAGGERS for verb in ("Tag", "Untag", "ListTagsFor")),
}

SAMPLES = [
    pytest.param(Sample(9, operations=3, least=60), marks=pytest.mark.thorough, id="some"),
    pytest.param(Sample(1, operations=1000, least=5000), marks=pytest.mark.slow, id="all"),
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_real_request_leads_to_the_handler_that_moto_finds(sample: Sample) -> None:
    known = [call for call in calls(sample) if call.known]

    assert len(known) > sample.least
    assert [call for call in known if call.aws != call.scan and call.service not in LIKE_S3] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_service_whose_host_only_begins_like_that_of_s3_leads_nowhere(sample: Sample) -> None:
    alike = [call for call in calls(sample) if call.service in LIKE_S3]

    assert {call.service for call in alike if call.scan} == {"s3outposts"}
    assert [call for call in alike if call.aws or call.custom] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_custom_endpoint_leads_to_the_handler_of_the_services_own_host(sample: Sample) -> None:
    known = [call for call in calls(sample) if call.known]

    assert len(known) > sample.least
    assert [call for call in known if _handler(call.custom) != _handler(call.aws)] == []


def services_in_moto(sample: Sample) -> set[str]:
    return {call.service for call in calls(sample) if call.known}


def _handler(target: Target | None) -> str | None:
    # Not the service: classic and new load balancers have one handler, and so have both halves of Timestream.
    return target.handler if target else None


@pytest.mark.parametrize("sample", SAMPLES)
def test_host_of_a_service_that_moto_lacks_leads_nowhere(sample: Sample) -> None:
    lacking = [call for call in calls(sample) if call.service not in services_in_moto(sample)]

    assert {call.service for call in lacking} >= LACKING
    assert [call for call in lacking if call.aws] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_service_that_moto_lacks_is_not_taken_at_a_custom_endpoint_for_one_that_signs_alike(sample: Sample) -> None:
    lacking = [call for call in calls(sample) if call.service not in services_in_moto(sample)]

    assert [call for call in lacking if call.custom and call[:2] not in ALIKE] == []
