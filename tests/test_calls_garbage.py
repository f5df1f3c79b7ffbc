"""The log can be read whatever was sent, and no rule makes a call fail that it is not for."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from hypothesis import given, settings
from hypothesis import strategies as st

from aiomoto import AiomotoError, Call, CallLog, MockAWS, mock_aws
from tests.wire import send, signed

REGION = "us-east-1"
ONCE = Config(retries={"total_max_attempts": 1})
# ``events`` is for the functions of aws.answers, as ``moto()`` is.
FACTS = [
    name for name, value in vars(Call).items() if not name.startswith("_") and name != "events" and not callable(value)
]


def read_all(calls: CallLog) -> None:
    """Ask the log for all that it can say. It may refuse to say what was in a body that it has not kept."""
    str(calls).encode()
    repr(calls).encode()
    for call in calls:
        facts = {name: getattr(call, name) for name in FACTS if name != "params"}
        assert facts["attempt"] >= 1
        f"{call} {call!r} {facts}".encode()
    asked: list[Callable[[], object]] = [lambda call=call: call.params for call in calls]  # type: ignore[misc]
    for service, operation, params in ASKED:
        asked += [partial(calls.filter, service, operation, **params)]
        asked += [partial(calls.assert_not_called, service, operation, **params)]
    for ask in asked:
        try:
            ask()
        except AssertionError:
            pass
        except AiomotoError as error:
            assert "record_bodies=True" in str(error)  # noqa: PT017


ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "PutItem", {"TableName": "t"}),
    ("s3", "ListObjectsV2", {"MaxKeys": 7, "Bucket": "photos"}),
    ("s3", "PutObjectTagging", {"Tagging": {"TagSet": []}}),
    ("iam", "CreateUser", {"UserName": "ada"}),
    ("ec2", "DescribeInstances", {"Filters": [{"Name": "state", "Values": ["on"]}]}),
    ("cloudwatch", "PutMetricData", {"Namespace": "shop"}),
    ("lambda", "Invoke", {"FunctionName": "another"}),
]


# ---------------------------------------------------------------- requests that make no sense

TARGET = {"X-Amz-Target": "DynamoDB_20120810.PutItem", "Content-Type": "application/x-amz-json-1.0"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CBOR = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
GZIP = {"Content-Encoding": "gzip"}
METRICS = "/service/GraniteServiceVersion20100801/operation/PutMetricData"

ODD: dict[str, tuple[str, str, str, dict[str, str], bytes]] = {
    "count of attempts": ("s3", "GET", "/photos", {"amz-sdk-request": "attempt=x"}, b""),
    "count of attempts, empty": ("s3", "GET", "/photos", {"amz-sdk-request": "attempt="}, b""),
    "count of attempts, in other digits": ("s3", "GET", "/photos", {"amz-sdk-request": "attempt=\u00b2"}, b""),
    "count of attempts, too long": ("s3", "GET", "/photos", {"amz-sdk-request": f"attempt={'9' * 5000}"}, b""),
    "no JSON": ("dynamodb", "POST", "/", TARGET, b"not json"),
    "a JSON list": ("dynamodb", "POST", "/", TARGET, b"[]"),
    "JSON of other kinds": ("dynamodb", "POST", "/", TARGET, b'{"TableName": 5, "Item": [1]}'),
    "deep JSON": ("dynamodb", "POST", "/", TARGET, b"[" * 100_000),
    "no UTF-8": ("dynamodb", "POST", "/", TARGET, b"\xff\xfe"),
    "no form": ("iam", "POST", "/", FORM, b"\xff=%ff&&&=;&Action=CreateUser&UserName.x=1"),
    "odd numbers": ("ec2", "POST", "/", FORM, "Action=DescribeInstances&Filter.\u00b2.Name=a&Filter.1=b".encode()),
    "deep form": ("ec2", "POST", "/", FORM, b"Action=DescribeInstances&Filter" + b".1" * 50_000 + b"=x"),
    "no CBOR": ("monitoring", "POST", METRICS, CBOR, b"\xff\x00\x9f"),
    "no gzip": ("monitoring", "POST", METRICS, CBOR | GZIP, b"\x1f\x8b\x08garbage"),
    "gzip that is cut": ("monitoring", "POST", "/", FORM | GZIP, gzip.compress(b"Action=PutMetricData" * 99)[:-9]),
    "no XML": ("s3", "PUT", "/photos/k?tagging", {}, b"<Tagging><TagSet>"),
    "no number": ("s3", "GET", "/photos?list-type=2&max-keys=many", {}, b""),
    "no date": ("s3", "PUT", "/photos/k", {"Expires": "soon", "If-Modified-Since": "then"}, b"x"),
    "no base64": ("lambda", "POST", "/2015-03-31/functions/f/invocations", {"X-Amz-Client-Context": "%"}, b"x"),
    "unknown service": ("x" * 300, "POST", "/", TARGET, b"{}"),
    "unknown operation": ("dynamodb", "POST", "/", {"X-Amz-Target": "\u00ff.\u00ff"}, b"{}"),
}


@pytest.mark.parametrize(("service", "method", "target", "headers", "body"), ODD.values(), ids=ODD)
def test_odd_request_is_logged_and_can_be_read(
    service: str, method: str, target: str, headers: dict[str, str], body: bytes
) -> None:
    with mock_aws() as aws:
        only_conditions_of(aws)
        assert send(aws.endpoint.url, method, target, body, headers, service).status == 418

    assert len(aws.calls) == 1
    read_all(aws.calls)


def only_conditions_of(aws: MockAWS) -> None:
    """Have each request compared with parameters that it does not have, and answered without Moto."""
    for service, operation, params in ASKED:
        aws.faults.add(service, operation, where=params, error="AccessDenied")
    aws.faults.add(where={"TableName": "t"}, error="AccessDenied")
    aws.faults.add(status=418)


_text = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=12)
_header = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12)
_body = st.one_of(
    st.binary(max_size=60),
    st.recursive(st.none() | st.integers() | _text, lambda inner: st.lists(inner) | st.dictionaries(_text, inner))
    .map(json.dumps)
    .map(str.encode),
    st.binary(max_size=40).map(gzip.compress),
    st.dictionaries(st.sampled_from(["Action", "Version", "Filter.1.Name", "Filter.1"]) | _text, _text).map(
        lambda form: "&".join(f"{quote(name)}={quote(value)}" for name, value in form.items()).encode()
    ),
)
_headers = st.dictionaries(
    st.sampled_from(["amz-sdk-request", "Content-Type", "Content-Encoding", "x-amz-meta-a", "X-Amz-Target", "Expires"]),
    st.sampled_from(["attempt=x", "application/x-www-form-urlencoded", "gzip", "application/json"]) | _header,
)


@pytest.mark.thorough
def test_log_of_random_requests_can_be_read() -> None:
    services = st.sampled_from(["s3", "dynamodb", "iam", "ec2", "monitoring", "lambda", "sqs", "rds", "nothing"])
    targets = st.tuples(_text, st.dictionaries(_text, _text, max_size=2)).map(
        lambda pair: (
            f"/{quote(pair[0])}?" + "&".join(f"{quote(name)}={quote(value)}" for name, value in pair[1].items())
        )
    )

    with mock_aws() as aws:
        only_conditions_of(aws)
        with closing(HTTPConnection(urlsplit(aws.endpoint.url).netloc, timeout=60)) as connection:

            @settings(max_examples=50, deadline=None, database=None)
            @given(services, st.sampled_from(["GET", "PUT", "POST"]), targets, _headers, _body)
            def ask(service: str, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
                encoded = {name: value.strip().encode("latin-1") for name, value in headers.items()}
                connection.request(method, target, body, {**signed(service), **encoded})  # type: ignore[arg-type]
                response = connection.getresponse()
                response.read()
                assert response.status == 418

            ask()

        assert len(aws.calls) >= 50
        read_all(aws.calls)


# ---------------------------------------------------------------- what clients send


DATA = [{"MetricName": f"metric-{number}", "Value": 1.0, "Unit": "Count" * 20} for number in range(200)]


def test_compressed_body_is_read() -> None:
    with mock_aws() as aws:
        unlike = aws.faults.add("cloudwatch", "PutMetricData", where={"Namespace": "other"}, error="Throttling")
        alike = aws.faults.add("cloudwatch", where={"Namespace": "refused"}, error="AccessDenied", status=403)
        cloudwatch = boto3.client("cloudwatch", region_name=REGION, config=ONCE)
        cloudwatch.put_metric_data(Namespace="shop", MetricData=DATA)
        with pytest.raises(ClientError, match="AccessDenied"):
            cloudwatch.put_metric_data(Namespace="refused", MetricData=DATA)

    call = aws.calls.assert_called("cloudwatch", "PutMetricData", Namespace="shop", MetricData=DATA)
    assert call.headers["Content-Encoding"] == "gzip"
    assert (unlike.hits, alike.hits) == (0, 1)


def test_compressed_form_of_no_client_is_named_and_read() -> None:
    body = gzip.compress(b"Action=PutMetricData&Version=2010-08-01&Namespace=shop")
    with mock_aws() as aws:
        aws.faults.add(status=418)
        send(aws.endpoint.url, "POST", "/", body, FORM | GZIP, "monitoring")

    assert aws.calls.assert_called("cloudwatch", "PutMetricData", Namespace="shop").status == 418


@pytest.mark.parametrize("service", ["s3", "iam", "ec2", "dynamodb"])
def test_answer_that_does_not_parse_has_its_status_for_a_code(service: str) -> None:
    with mock_aws() as aws:
        aws.faults.add(status=502)
        client = boto3.client(service, region_name=REGION, config=ONCE)
        first = {"s3": "list_buckets", "iam": "list_users", "ec2": "describe_vpcs", "dynamodb": "list_tables"}[service]
        with pytest.raises((ClientError, ResponseParserError)):
            getattr(client, first)()

    assert aws.calls.last.error_code == "502"
    read_all(aws.calls)


# ---------------------------------------------------------------- conditions that raise


def raise_error(call: Call) -> bool:
    raise ZeroDivisionError("of the test's own")


WHERES: list[Callable[[Call], bool]] = [raise_error, lambda call: call.params["Body"] == b""]


@pytest.mark.parametrize("where", WHERES)
def test_error_of_a_condition_names_its_rule(where: Callable[[Call], bool]) -> None:
    with mock_aws() as aws:
        aws.faults.add("s3", "ListBuckets", where=where, error="SlowDown")
        with pytest.raises(
            AiomotoError, match=r"where function of <Fault s3.ListBuckets where .*> raised (Zero|Key)"
        ) as caught:
            boto3.client("s3", region_name=REGION).list_buckets()

    assert isinstance(caught.value.__cause__, (ZeroDivisionError, KeyError))
    assert aws.calls.last.failure == "AiomotoError"
    assert len(aws.calls) == 1


def test_error_of_a_condition_is_an_answer_of_the_endpoint() -> None:
    with mock_aws() as aws:
        aws.faults.add(where=raise_error, error="SlowDown", status=503)
        answer = send(aws.endpoint.url, "GET", "/photos")

    assert answer.status == 400
    assert b"of the test's own" in answer.body.replace(b"&#x27;", b"'")
