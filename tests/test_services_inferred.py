"""Requests that no client of botocore's has made are named by what they look like, as far as that tells.

The floor is counted over all services: what a client sends, sent again over plain HTTP to AWS's host, and to the
endpoint, which has no name of a service's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointResolutionError

from aiomoto import Call, MockAWS, mock_aws
from tests.every_service import Named, callable_operations, endpoint_of, services, some_services
from tests.wire import send

Resend = Callable[[MockAWS, Call], None]


def to_aws(aws: MockAWS, call: Call) -> None:
    """Send a request again, without its client."""
    urllib3.request(call.method, call.url, headers=headers_of(call), body=call.request_body, retries=False)


def to_the_endpoint(aws: MockAWS, call: Call) -> None:
    """Send it to the endpoint, as a client of another language would."""
    split = urlsplit(call.url)
    target = split._replace(scheme="", netloc="", path=split.path or "/").geturl()
    send(aws.endpoint.url, call.method, target, call.request_body, headers_of(call), None)


def headers_of(call: Call) -> dict[str, str]:
    framing = ("host", "content-length", "transfer-encoding")
    return {name: value for name, value in call.headers.items() if name.lower() not in framing}


def named(call: Call) -> Named:
    return Named(str(call.service), str(call.operation))


def ask(aws: MockAWS, client: Any) -> Call:
    """Let a client call one operation."""
    for _, method, arguments in callable_operations(client):
        with suppress(ClientError, EndpointResolutionError):
            getattr(client, method)(**arguments)
        if len(aws.calls):
            # The operation may be another: Timestream's clients ask for an endpoint first.
            assert aws.calls.last.service == client.meta.service_model.service_name
            break
    return aws.calls.last


PLAIN = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
SENT_AGAIN = {"AWS": to_aws, "the endpoint": to_the_endpoint}


def misnamed(names: list[str]) -> dict[str, list[str]]:
    """The services whose requests are called otherwise when they are sent again, by where that was."""
    session = boto3.Session(region_name="us-east-1")
    wrong: dict[str, list[str]] = {place: [] for place in SENT_AGAIN}
    with mock_aws(record_bodies=True) as aws:
        aws.faults.add(error="AccessDenied")
        for service in names:
            aws.calls.clear()
            call = ask(aws, session.client(service, endpoint_url=endpoint_of(service), config=PLAIN))
            for place, resend in SENT_AGAIN.items():
                resend(aws, call)
                if named(aws.calls.last) != named(call):
                    wrong[place].append(service)
    return wrong


# Those that nothing tells apart: docdb and neptune have all that is on the wire from rds, greengrassv2 some of it from
# greengrass. The endpoint has no host either, which is all that unsigned requests (sso-oidc) have to show.
@pytest.mark.slow
def test_nearly_every_service_is_named_by_what_its_requests_look_like() -> None:
    wrong = misnamed(services())

    assert len(services()) > 400
    assert len(wrong["AWS"]) <= 8, wrong
    assert len(wrong["the endpoint"]) <= 14, wrong


@pytest.mark.thorough
def test_services_of_every_kind_are_named_by_what_their_requests_look_like() -> None:
    assert misnamed(some_services()) == {
        "AWS": ["docdb", "neptune"],
        "the endpoint": ["docdb", "neptune", "sso", "sso-oidc"],
    }
