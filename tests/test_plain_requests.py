"""Requests without an SDK, over each HTTP library, get what Moto's own mock answers to the requests library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

import boto3
import moto
import pytest
import requests  # type: ignore[import-untyped]
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.http_clients import Form, Library, over_aiohttp

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
# One session for all of them: a new one parses its service models anew.
BOTO3 = boto3.Session("FOOBARKEY", "FOOBARSECRET", region_name=REGION)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Sent(NamedTuple):
    """A request."""

    method: str
    url: str
    headers: Mapping[str, str] = MappingProxyType({})
    content: bytes | None = None
    form: Form | None = None


class Seen(NamedTuple):
    """What a library makes of the answer, without what no seed makes the same twice."""

    status: int
    headers: dict[str, str]
    body: bytes


def _s3() -> Any:
    s3 = BOTO3.client("s3")
    s3.create_bucket(Bucket="plain")
    s3.put_bucket_acl(Bucket="plain", ACL="public-read-write")
    s3.put_object(Bucket="plain", Key="a b+c/ü", Body=b"one\ntwo", ACL="public-read", Metadata={"Team": "X"})
    return s3


def presigned(operation: str, method: str, content: bytes | None = None, **params: Any) -> Callable[[], Sent]:
    def prepare() -> Sent:
        url = _s3().generate_presigned_url(operation, Params={"Bucket": "plain", **params})
        return Sent(method, url, {}, content)

    return prepare


def at_bucket(method: str, target: str, headers: dict[str, str] | None = None, content: bytes | None = None) -> Any:
    def prepare() -> Sent:
        _s3()
        return Sent(method, f"https://plain.s3.amazonaws.com{target}", headers or {}, content)

    return prepare


def presigned_form(**kwargs: Any) -> Callable[[], Sent]:
    def prepare() -> Sent:
        post = _s3().generate_presigned_post("plain", **kwargs)
        return Sent("POST", post["url"], form=Form(post["fields"], b"of a form"))

    return prepare


def queue_form(**fields: str) -> Callable[[], Sent]:
    def prepare() -> Sent:
        BOTO3.client("sqs").create_queue(QueueName="jobs")
        return Sent("POST", "https://sqs.us-east-1.amazonaws.com/", FORM, urlencode(fields).encode())

    return prepare


def json_request(service: str, target: str, content: bytes) -> Callable[[], Sent]:
    def prepare() -> Sent:
        BOTO3.client("dynamodb").create_table(
            TableName="plain",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
        return Sent("POST", f"https://{service}.us-east-1.amazonaws.com/", headers, content)

    return prepare


def _events() -> Sent:
    config: dict[str, Any] = {
        name: []
        for name in ("authProviders", "connectionAuthModes", "defaultPublishAuthModes", "defaultSubscribeAuthModes")
    }
    try:
        api = BOTO3.client("appsync").create_api(name="chat", eventConfig=config)["api"]
    except ClientError:
        pytest.skip("this Moto has no event APIs")
    content = b'{"channel": "/default/room", "events": ["{}"]}'
    return Sent("POST", f"https://{api['dns']['HTTP']}/event", {"Content-Type": "application/json"}, content)


DELETIONS = b"<Delete><Object><Key>a b+c/\xc3\xbc</Key></Object></Delete>"
CASES: dict[str, Callable[[], Sent]] = {
    "get": presigned("get_object", "GET", Key="a b+c/ü"),
    "get-range-of-nothing": presigned("get_object", "GET", Key="none?&=#"),
    "list": presigned("list_objects_v2", "GET", Prefix="a b+c"),
    "put": presigned("put_object", "PUT", b"\x00\xff\r\n", Key="new/ü +"),
    "put-form-looking": presigned("put_object", "PUT", b"key=value&other=1", Key="new"),
    "delete": presigned("delete_object", "DELETE", Key="a b+c/ü"),
    "get-unsigned": at_bucket("GET", "/a%20b%2Bc/%C3%BC"),
    "list-unsigned": at_bucket("GET", "/?list-type=2&prefix=a%20b"),
    "put-unsigned": at_bucket("PUT", "/unsigned", {"Content-Type": "text/plain"}, b"text"),
    "post-form": at_bucket("POST", "/", FORM, b"key=from-a-form&file=data"),
    "post-form-without-key": at_bucket("POST", "/", FORM, b"a=1"),
    "post-xml": at_bucket("POST", "/?delete", {"Content-Type": "application/xml"}, DELETIONS),
    "post-multipart": presigned_form(Key="from-a-form"),
    "post-multipart-filename": presigned_form(Key="up/${filename}"),
    "query": queue_form(Action="ListQueues", Version="2012-11-05"),
    "query-that-is-wrong": queue_form(Action="GetQueueUrl", Version="2012-11-05", QueueName="none"),
    "json": json_request("dynamodb", "DynamoDB_20120810.ListTables", b"{}"),
    "json-that-is-wrong": json_request("dynamodb", "DynamoDB_20120810.DescribeTable", b'{"TableName": "none"}'),
    "events": _events,
    "caller": lambda: Sent("GET", "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"),
    "metadata": lambda: Sent("GET", "http://169.254.169.254/latest/meta-data/iam/security-credentials/"),
    "motos-own": lambda: Sent("GET", "http://motoapi.amazonaws.com/moto-api/config"),
}


def _seed(seed: int) -> None:
    requests.post(f"http://motoapi.amazonaws.com/moto-api/seed?a={seed}", timeout=60)


@contextmanager
def _prepared(name: str) -> Iterator[Sent]:
    _seed(42)
    sent = CASES[name]()
    _seed(43)
    yield sent


@cache
def motos_answer(name: str) -> Seen | str:
    with moto.mock_aws(), _prepared(name) as sent:
        arguments: dict[str, Any] = {"data": sent.content}
        if sent.form:
            arguments = {"data": dict(sent.form.fields), "files": {"file": ("name.txt", sent.form.file)}}
        try:
            response = requests.request(sent.method, sent.url, headers=sent.headers, timeout=60, **arguments)
        except Exception as error:
            return type(error).__name__
        headers = {name.lower(): value for name, value in response.headers.items()}
        return _seen(response.status_code, headers, response.content)


# Times, and identifiers that no seed is for.
_VOLATILE = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _seen(status: int, headers: dict[str, str], body: bytes) -> Seen:
    # The requests library's mock adds a content type of its own where Moto answers none.
    kept = {name: value for name, value in headers.items() if name in ("etag", "location", "x-amz-meta-team")}
    return Seen(status, kept, _VOLATILE.sub(b"<>", body))


@over_aiohttp
@pytest.mark.parametrize("name", CASES)
async def test_the_answer_is_that_of_motos_own_mock(name: str, http: Library) -> None:
    await assert_answered_as_by_moto(name, http)


@pytest.mark.parametrize("name", ["get", "put", "delete", "post-multipart", "query-that-is-wrong"])
async def test_each_library_has_it(name: str, http: Library) -> None:
    await assert_answered_as_by_moto(name, http)


async def assert_answered_as_by_moto(name: str, http: Library) -> None:
    expected = motos_answer(name)
    with mock_aws(), _prepared(name) as sent:
        try:
            answer = await http.send(sent.method, sent.url, headers=sent.headers, content=sent.content, form=sent.form)
        except Exception as error:
            assert type(error).__name__ == expected  # noqa: PT017  (where Moto raises, so do we)
        else:
            assert _seen(*answer) == expected
