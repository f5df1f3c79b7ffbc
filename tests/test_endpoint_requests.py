"""Which requests the loopback endpoint answers: for all services, signed or not, under its own and AWS's hosts only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests  # type: ignore[import-untyped]

from aiomoto import MockAWS, mock_aws
from tests.buckets import SESSION, bucket_names
from tests.wire import Answer, ask, connection_to, head, read_to_end, send, socket_to

pytestmark = pytest.mark.thorough


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws() as aws:
        SESSION.client("s3").create_bucket(Bucket="photos")
        SESSION.client("s3").put_object(Bucket="photos", Key="photos/cat", Body=b"meow", ACL="public-read")
        yield aws


@pytest.fixture
def url(aws: MockAWS) -> str:
    return aws.endpoint.url


@pytest.fixture
def port(url: str) -> int:
    return urlsplit(url).port or 0


def get(url: str, host: str, target: str) -> Answer:
    return send(url, "GET", target, headers={"Host": host})


# ---------------------------------------------------------------- hosts


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("127.0.0.1:{port}", "/photos/photos/cat"),
        ("localhost:{port}", "/photos/photos/cat"),
        ("LocalHost:{port}", "/photos/photos/cat"),
        ("photos.localhost:{port}", "/photos/cat"),
        ("s3.amazonaws.com", "/photos/photos/cat"),
        ("photos.s3.amazonaws.com", "/photos/cat"),
        ("photos.s3.eu-west-1.amazonaws.com:443", "/photos/cat"),
    ],
)
def test_a_bucket_is_in_the_host_or_in_the_path(url: str, port: int, host: str, target: str) -> None:
    assert get(url, host.format(port=port), target).body == b"meow"


def test_a_bucket_in_the_host_is_created_and_written(url: str, port: int) -> None:
    headers = {"Host": f"new.bucket.localhost:{port}"}
    assert send(url, "PUT", "/", headers=headers).status == 200
    assert send(url, "PUT", "/new.bucket/key", b"body", headers).status == 200
    assert bucket_names() == ["new.bucket", "photos"]
    stored = SESSION.client("s3").get_object(Bucket="new.bucket", Key="new.bucket/key")
    assert stored["Body"].read() == b"body"


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "example.com:{port}",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1.example.com:{port}",
        "localhost.example.com:{port}",
        "evillocalhost:{port}",
        "s3.amazonaws.com.example.com",
        "amazonaws.com.evil:{port}",
        "evilamazonaws.com",
        "0.0.0.0:{port}",
    ],
)
def test_no_other_host_is_answered(url: str, port: int, host: str) -> None:
    # A page in a browser may have its own name lead here (DNS rebinding).
    answer = get(url, host.format(port=port), "/photos/photos/cat")
    assert (answer.status, b"meow" in answer.body) == (421, False)


@pytest.mark.parametrize(
    "host", ["", "[::1", "user@127.0.0.1:{port}", "a b", "127.0.0.1:{port}/x", "127.0.0.1:{port}.x", "127.0.0.1:99999"]
)
def test_a_host_that_is_none_is_a_bad_request(url: str, port: int, host: str) -> None:
    assert get(url, host.format(port=port), "/photos/photos/cat").status == 400


def test_a_target_may_be_a_whole_url_as_for_a_proxy(url: str) -> None:
    assert get(url, "ignored.example", "http://photos.s3.amazonaws.com/photos/cat").body == b"meow"
    assert get(url, urlsplit(url).netloc, "http://example.com/photos/cat").status == 421


# ---------------------------------------------------------------- services


def call(url: str, service: str, target: str, body: dict[str, Any], kind: str = "json-1.0") -> Answer:
    headers = {"X-Amz-Target": target, "Content-Type": f"application/x-amz-{kind}"}
    return send(url, "POST", "/", json.dumps(body).encode(), headers, service)


def test_services_are_told_by_the_signature(url: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    identity = send(url, "POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15", form, "sts")
    assert b"<Account>123456789012</Account>" in identity.body
    assert json.loads(call(url, "dynamodb", "DynamoDB_20120810.ListTables", {}).body) == {"TableNames": []}
    assert json.loads(call(url, "sqs", "AmazonSQS.CreateQueue", {"QueueName": "jobs"}).body)["QueueUrl"]
    assert json.loads(send(url, "GET", "/2015-03-31/functions", service="lambda").body) == {"Functions": []}
    assert SESSION.client("sqs").get_queue_url(QueueName="jobs")["QueueUrl"]


def test_an_error_of_a_service_is_the_clients_to_read(url: str) -> None:
    answer = call(url, "dynamodb", "DynamoDB_20120810.DescribeTable", {"TableName": "none"})
    assert (answer.status, json.loads(answer.body)["__type"].endswith("#ResourceNotFoundException")) == (400, True)
    answer = send(url, "GET", "/photos/none")
    assert (answer.status, b"<Code>NoSuchKey</Code>" in answer.body) == (404, True)


# ---------------------------------------------------------------- without a signature


def test_what_is_not_signed_is_for_s3(url: str, port: int) -> None:
    assert send(url, "GET", "/photos/photos/cat", service=None).body == b"meow"
    assert send(url, "PUT", "/photos/dog", b"woof", service=None).status == 200
    assert SESSION.client("s3").get_object(Bucket="photos", Key="dog")["Body"].read() == b"woof"
    in_host = {"Host": f"photos.localhost:{port}"}
    assert send(url, "GET", "/photos/cat", headers=in_host, service=None).body == b"meow"


def test_cognito_is_called_without_a_signature(url: str) -> None:
    cognito = SESSION.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="app")["UserPoolClient"]["ClientId"]
    body = json.dumps({"ClientId": client, "Username": "ada", "Password": "Passw0rd!"}).encode()
    headers = {
        "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
        "Content-Type": "application/x-amz-json-1.1",
    }
    assert "UserSub" in json.loads(send(url, "POST", "/", body, headers, None).body)
    assert cognito.list_users(UserPoolId=pool)["Users"][0]["Username"] == "ada"
    assert json.loads(send(url, "GET", f"/{pool}/.well-known/jwks.json", service=None).body)["keys"]


def test_a_role_is_assumed_with_a_web_identity(url: str) -> None:
    arguments = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::123456789012:role/web",
        "RoleSessionName": "me",
        "WebIdentityToken": "token",
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = send(url, "POST", "/", urlencode(arguments).encode(), headers, None)
    assert (answer.status, b"<SessionToken>" in answer.body) == (200, True)


def test_a_form_uploads_an_object(aws: MockAWS) -> None:
    client = SESSION.client("s3", endpoint_url=aws.endpoint.url)
    post = client.generate_presigned_post("photos", "dog")
    assert post["url"] == f"{aws.endpoint.url}/photos"
    answer = requests.post(post["url"], data=post["fields"], files={"file": b"woof"}, timeout=60)
    assert answer.status_code == 204
    assert client.get_object(Bucket="photos", Key="dog")["Body"].read() == b"woof"


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_is_fetched_by_any_client(aws: MockAWS, version: str) -> None:
    from botocore.config import Config

    client = SESSION.client("s3", endpoint_url=aws.endpoint.url, config=Config(signature_version=version))
    link = client.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "photos/cat"})
    assert send(aws.endpoint.url, "GET", link.removeprefix(aws.endpoint.url), service=None).body == b"meow"
    assert requests.get(link, timeout=60).content == b"meow"


def test_motos_own_api_is_there_as_on_its_server(url: str) -> None:
    assert send(url, "POST", "/moto-api/reset", service=None).status == 200
    assert bucket_names() == []


# ---------------------------------------------------------------- what nothing answers


def test_a_service_that_moto_lacks_is_named(url: str) -> None:
    answer = send(url, "GET", "/things", service="nosuchservice")
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "RequestBlocked")
    assert b"nosuchservice" in answer.body


def test_an_operation_that_moto_lacks_is_named(url: str) -> None:
    answer = call(url, "dynamodb", "DynamoDB_20120810.DescribeKinesisStreamingDestination", {})
    error = json.loads(answer.body)
    assert (answer.status, error["__type"]) == (400, "NotImplemented")
    assert "describe_kinesis_streaming_destination" in error["message"]


def test_a_service_that_the_mock_leaves_out_is_named() -> None:
    with mock_aws(config={"core": {"service_whitelist": ["s3"]}}) as aws:
        assert send(aws.endpoint.url, "GET", "/").status == 200
        answer = call(aws.endpoint.url, "dynamodb", "DynamoDB_20120810.ListTables", {})
    assert (answer.status, "dynamodb" in json.loads(answer.body)["message"]) == (400, True)


def test_a_failure_of_motos_is_an_internal_error(url: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = send(url, "GET", "/photos?max-keys=many")
    assert (answer.status, b"<Code>InternalError</Code>" in answer.body) == (500, True)
    assert b"ValueError: invalid literal" in answer.body
    assert "Moto failed to answer GET" in caplog.text
    assert send(url, "GET", "/photos/photos/cat").body == b"meow"


# ---------------------------------------------------------------- what is no request

HOST = b"Host: 127.0.0.1:%d\r\n"
MALFORMED = {
    "garbage": b"\x00\x01\x02\r\n\r\n",
    "tls": bytes.fromhex("16030100c8010000c40303") + b"x" * 100,
    "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "http-9": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "no-host": b"GET / HTTP/1.1\r\n\r\n",
    "no-host-1.0": b"GET / HTTP/1.0\r\n\r\n",
    "two-hosts": b"GET / HTTP/1.1\r\n" + HOST * 2 + b"\r\n",
    "lower-case-method": b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
    "unknown-method": b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
    "trace": b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    "connect": b"CONNECT s3.amazonaws.com:443 HTTP/1.1\r\nHost: s3.amazonaws.com:443\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "no-path": b"GET photos HTTP/1.1\r\n" + HOST + b"\r\n",
    "no-host-in-path": b"GET //[::/x HTTP/1.1\r\n" + HOST + b"\r\n",
    "no-colon": b"GET / HTTP/1.1\r\n" + HOST + b"header\r\n\r\n",
    "space-in-name": b"GET / HTTP/1.1\r\n" + HOST + b"a header: x\r\n\r\n",
    "nul-in-value": b"GET / HTTP/1.1\r\n" + HOST + b"header: a\0b\r\n\r\n",
    "long-line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "long-header": b"GET / HTTP/1.1\r\n" + HOST + b"header: " + b"a" * 100_000 + b"\r\n\r\n",
    "negative-length": b"PUT /photos/bad HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\nhello",
    "two-lengths": b"PUT /photos/bad HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "length-and-chunks": b"PUT /photos/bad HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "bad-chunk-size": b"PUT /photos/bad HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "bad-chunk-end": b"PUT /photos/bad HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_malformed_is_refused_and_harms_nothing(url: str, port: int, data: bytes) -> None:
    with connection_to(url) as other, socket_to(url) as sock:
        ask(other, "GET", "/photos/photos/cat")
        sock.sendall(data.replace(HOST, HOST % port))
        assert read_to_end(sock)[:10] in (b"HTTP/1.0 4", b"HTTP/1.1 4")

        assert ask(other, "GET", "/photos/photos/cat").body == b"meow"
        assert SESSION.client("s3").list_objects_v2(Bucket="photos")["KeyCount"] == 1


def test_a_flood_of_headers_is_cut_off(url: str) -> None:
    with socket_to(url) as sock:
        sock.sendall(head("GET", "/photos/photos/cat", url, {"Connection": "close"})[:-2])
        try:
            for number in range(100_000):
                sock.sendall(b"header-%d: value\r\n" % number)
        except ConnectionError:
            pass
        else:
            sock.sendall(b"\r\n")
            assert read_to_end(sock)[:10] in (b"HTTP/1.0 4", b"HTTP/1.1 4", b"")
    assert send(url, "GET", "/photos/photos/cat").body == b"meow"


def test_a_body_that_never_ends_stores_nothing(url: str) -> None:
    with socket_to(url) as sock:
        sock.sendall(head("PUT", "/photos/bad", url, {"Content-Length": "50"}) + b"hello")
    assert send(url, "GET", "/photos/photos/cat").body == b"meow"
    assert SESSION.client("s3").list_objects_v2(Bucket="photos")["KeyCount"] == 1


def test_slow_clients_hold_up_nobody(url: str) -> None:
    request = head("GET", "/photos/photos/cat", url, {"Connection": "close"})
    with socket_to(url) as slow, socket_to(url) as slower, socket_to(url):
        slower.sendall(head("PUT", "/photos/dog", url, {"Content-Length": "5", "Connection": "close"}) + b"wo")
        for byte in request[:-1]:
            slow.sendall(bytes([byte]))
        assert send(url, "GET", "/photos/photos/cat").body == b"meow"
        slower.sendall(b"of!")
        assert read_to_end(slower).startswith(b"HTTP/1.1 200 ")
        slow.sendall(request[-1:])
        assert read_to_end(slow).endswith(b"meow")


def test_a_client_that_does_not_read_holds_up_nobody(aws: MockAWS) -> None:
    SESSION.client("s3").put_object(Bucket="photos", Key="large", Body=bytes(20_000_000))
    with socket_to(aws.endpoint.url) as sock:
        sock.sendall(head("GET", "/photos/large", aws.endpoint.url, {"Connection": "close"}))
        assert sock.recv(4) == b"HTTP"
        assert send(aws.endpoint.url, "GET", "/photos/photos/cat").body == b"meow"
        assert len(read_to_end(sock)) > 20_000_000
