"""Strict mode: signatures in the Authorization header, of clients that are none of botocore's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp
import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from aiomoto import MockAWS, mock_aws

URL = "https://lake.s3.amazonaws.com/a%20b%2B%C3%A9/k"
MISMATCH = (403, "SignatureDoesNotMatch")
# Those that a mock puts into the environment
KEYS = Credentials("FOOBARKEY", "FOOBARSECRET")


@pytest.fixture(autouse=True)
def aws() -> Iterator[MockAWS]:
    with mock_aws(strict=True) as aws:
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="a b+é/k", Body=b"0123")
        yield aws


def signed(
    method: str,
    url: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    keys: Credentials = KEYS,
    service: str = "s3",
    streamed: bool = False,
) -> dict[str, str]:
    """The headers of a request, signed."""
    request = AWSRequest(method, url, dict(headers or {}), body)
    request.context["has_streaming_input"] = streamed
    if service == "s3":
        S3SigV4Auth(keys, service, "us-east-1").add_auth(request)
    else:
        SigV4Auth(keys, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def outcome(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, str]:
    response = requests.request(method, url, headers=dict(headers), data=body, timeout=10)
    code = response.text.partition("<Code>")[2].partition("</Code>")[0]
    return response.status_code, code


@pytest.mark.parametrize(
    ("method", "url", "body", "headers"),
    [
        ("GET", URL, b"", {}),
        ("GET", "https://lake.s3.amazonaws.com/", b"", {}),
        ("GET", "https://lake.s3.amazonaws.com/?list-type=2&prefix=a%20b%2B&encoding-type=url&delimiter=", b"", {}),
        ("GET", "https://s3.us-east-1.amazonaws.com:443/lake?versions", b"", {}),
        ("PUT", "https://lake.s3.amazonaws.com/new", b"x", {"x-amz-meta-a": "b   c", "content-type": "text/csv"}),
        ("DELETE", URL, b"", {"Date": ""}),
    ],
)
def test_request_that_is_signed_right(method: str, url: str, body: bytes, headers: dict[str, str]) -> None:
    status, code = outcome(method, url, signed(method, url, body, headers), body)

    assert (status in (200, 204), code) == (True, "")


def test_request_that_is_sent_otherwise_than_signed() -> None:
    headers = signed("GET", URL)

    assert outcome("GET", URL, headers) == (200, "")
    assert outcome("DELETE", URL, headers) == MISMATCH
    assert outcome("GET", f"{URL}?versionId=1", headers) == MISMATCH
    assert outcome("GET", URL.replace("/k", "/secret"), headers) == MISMATCH
    assert outcome("GET", URL, signed("GET", URL, keys=Credentials("FOOBARKEY", "another"))) == MISMATCH
    headers = signed("PUT", URL, b"x", {"content-type": "text/csv"})
    assert outcome("PUT", URL, headers | {"content-type": "text/html"}, b"x") == MISMATCH


def test_headers_that_s3_needs_signed() -> None:
    headers = signed("PUT", URL, b"x")

    assert outcome("PUT", URL, headers | {"x-amz-acl": "public-read"}, b"x") == (403, "AccessDenied")
    assert outcome("PUT", URL, headers | {"x-trace": "1"}, b"x") == (200, "")
    headers.pop("X-Amz-Content-SHA256")
    assert outcome("PUT", URL, headers, b"x") == (400, "InvalidRequest")


def test_body_that_is_another() -> None:
    headers = signed("PUT", URL, b"x")
    # With a checksum, botocore's signers leave the body out
    unsigned = signed("PUT", URL, b"x", {"Content-MD5": "nV/B2FBM8xTH0e9nPZYL8w=="}, streamed=True)

    assert outcome("PUT", URL, headers, b"y") == (400, "XAmzContentSHA256Mismatch")
    assert unsigned["X-Amz-Content-SHA256"] == "UNSIGNED-PAYLOAD"
    assert outcome("PUT", URL, unsigned | {"Content-MD5": "QSkJD0lHFOLrAkrIUXbnIQ=="}, b"y") == MISMATCH


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("AWS4-HMAC-SHA256 Credential=FOOBARKEY/20260101/us-east-1/s3/aws4_request", "AuthorizationHeaderMalformed"),
        ("AWS4-HMAC-SHA256 Credential=FOOBARKEY, SignedHeaders=host, Signature=0", "AuthorizationHeaderMalformed"),
    ],
)
def test_malformed_header(authorization: str, code: str) -> None:
    headers = signed("GET", URL) | {"Authorization": authorization}

    assert outcome("GET", URL, headers) == (400, code)


def test_services_with_json() -> None:
    url, body = "https://sqs.us-east-1.amazonaws.com/", b"{}"
    headers = {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"}
    headers = signed("POST", url, body, headers, service="sqs")

    def error(body: bytes, **others: str) -> tuple[int, str]:
        response = requests.post(url, body, headers=headers | others, timeout=10)
        return response.status_code, response.json().get("__type", "")

    assert error(body) == (200, "")
    assert error(b'{"MaxResults": 1}') == (400, "InvalidSignatureException")
    assert error(body, Authorization="AWS4-HMAC-SHA256 Credential=x") == (400, "IncompleteSignatureException")


def test_services_with_forms() -> None:
    url, body = "https://sts.us-east-1.amazonaws.com/", b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers = signed("POST", url, body, headers, service="sts")

    assert outcome("POST", url, headers, body) == (200, "")
    assert outcome("POST", url, headers, body + b"&x=1") == MISMATCH


@pytest.mark.asyncio
async def test_other_http_libraries() -> None:
    headers = signed("GET", URL)
    async with aiohttp.ClientSession() as session, session.get(URL, headers=headers) as response:
        assert (response.status, await response.read()) == (200, b"0123")
    httpx = pytest.importorskip("httpx")
    async with httpx.AsyncClient() as client:
        assert (await client.get(URL, headers=headers)).content == b"0123"
        assert (await client.delete(URL, headers=headers)).status_code == 403


# ---------------------------------------------------------------- keys


def session_keys() -> Mapping[str, str]:
    sts: Any = boto3.client("sts", region_name="us-east-1")
    keys: Mapping[str, str] = sts.assume_role(
        RoleArn="arn:aws:iam::123456789012:role/reader", RoleSessionName="session"
    )["Credentials"]
    return keys


def test_keys_of_a_role_need_their_token() -> None:
    keys = session_keys()
    right = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    no_token = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"])
    wrong = Credentials(keys["AccessKeyId"], "another", keys["SessionToken"])

    assert outcome("GET", URL, signed("GET", URL, keys=right)) == (200, "")
    assert outcome("GET", URL, signed("GET", URL, keys=no_token)) == (403, "InvalidAccessKeyId")
    assert outcome("GET", URL, signed("GET", URL, keys=wrong)) == MISMATCH


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [("s3", "list_buckets", "InvalidAccessKeyId"), ("sqs", "list_queues", "UnrecognizedClientException")],
)
def test_clients_of_boto3_need_it_too(service: Any, operation: str, code: str) -> None:
    keys = session_keys()
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    with_token: Any = boto3.Session(*(keys[name] for name in names), "us-east-1").client(service)
    without: Any = boto3.Session(*(keys[name] for name in names[:2]), None, "us-east-1").client(service)

    assert getattr(with_token, operation)()["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(without.exceptions.ClientError, match=code):
        getattr(without, operation)()


def test_keys_of_a_user() -> None:
    iam: Any = boto3.client("iam", region_name="us-east-1")
    iam.create_user(UserName="ada")
    keys = iam.create_access_key(UserName="ada")["AccessKey"]
    right = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"])

    assert outcome("GET", URL, signed("GET", URL, keys=right)) == (200, "")
    assert outcome("GET", URL, signed("GET", URL, keys=Credentials(keys["AccessKeyId"], "another"))) == MISMATCH
    s3 = boto3.Session(keys["AccessKeyId"], "another", region_name="us-east-1").client("s3")
    with pytest.raises(s3.exceptions.ClientError, match="SignatureDoesNotMatch"):
        s3.list_buckets()


def test_keys_that_a_test_has_made_up_are_not_checked() -> None:
    assert outcome("GET", URL, signed("GET", URL, keys=Credentials("ada", "lovelace"))) == (200, "")


# ---------------------------------------------------------------- signed chunks


def chunked(date: str, seed: str, chunks: list[bytes], trailer: str = "") -> bytes:
    """A body in chunks, each with its signature; as AWS describes it, not as botocore's signers compute it."""
    scope = f"{date[:8]}/us-east-1/s3/aws4_request"
    key = b"AWS4FOOBARSECRET"
    for part in (date[:8], "us-east-1", "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")

    def continued(kind: str, previous: str, *digests: str) -> str:
        lines = "\n".join((f"AWS4-HMAC-SHA256-{kind}", date, scope, previous, *digests))
        return hmac.digest(key, lines.encode(), "sha256").hex()

    body, previous = b"", seed
    for chunk in [*chunks, b""]:
        previous = continued("PAYLOAD", previous, hashlib.sha256().hexdigest(), hashlib.sha256(chunk).hexdigest())
        body += b"%x;chunk-signature=%s\r\n%s" % (len(chunk), previous.encode(), chunk + b"\r\n" if chunk else b"")
    if not trailer:
        return body + b"\r\n"
    signature = continued("TRAILER", previous, hashlib.sha256(f"{trailer}\n".encode()).hexdigest())
    return body + f"{trailer}\r\nx-amz-trailer-signature:{signature}\r\n\r\n".encode()


@pytest.mark.parametrize("trailer", ["", "x-amz-checksum-crc32:NSRBwg=="], ids=["plain", "trailer"])
def test_signed_chunks(trailer: str) -> None:
    kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
    given = {"x-amz-decoded-content-length": "3", "Content-Encoding": "aws-chunked"}
    request = AWSRequest("PUT", URL, given | {"X-Amz-Trailer": "x-amz-checksum-crc32"} if trailer else given)
    signer = S3SigV4Auth(KEYS, "s3", "us-east-1")
    signer.payload = lambda _request: kind
    signer.add_auth(request)
    headers = dict(request.headers.items())
    body = chunked(headers["X-Amz-Date"], headers["Authorization"].rpartition("=")[2], [b"a", b"bc"], trailer)

    assert outcome("PUT", URL, headers, body) == (200, "")
    assert outcome("PUT", URL, headers, body.replace(b"bc", b"xx")) in (MISMATCH, (400, "BadDigest"))
    signature = body.rpartition(b"signature")[2][1:9]
    assert outcome("PUT", URL, headers, body.replace(signature, b"00000000")) == MISMATCH


# ---------------------------------------------------------------- the endpoint


def test_requests_to_the_endpoint_are_signed_for_it() -> None:
    with mock_aws(strict=True, endpoint=True) as aws:
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="lake")
        url = f"{aws.endpoint.url}/lake/k"

        assert outcome("PUT", url, signed("PUT", url, b"x"), b"x") == (200, "")
        assert outcome("GET", url, signed("GET", url)) == (200, "")
        assert outcome("DELETE", url, signed("GET", url)) == MISMATCH


def test_check_is_switched_off() -> None:
    with mock_aws(strict={"signatures": False}, reset=False):
        assert outcome("DELETE", URL, signed("GET", URL)) == (204, "")
