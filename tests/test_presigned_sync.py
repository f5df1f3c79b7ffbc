"""requests and urllib3 at AWS: streams, retries, adapters and pools of the user's own, and boto3's use of urllib3."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
import responses
import urllib3
from moto.core.models import responses_mock
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util import Retry

from aiomoto import MockAWS, mock_aws
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.snapshot import nothing_left_behind
from tests.test_presigned import LARGE, PHOTO, photo, put_photo, s3
from tests.test_presigned import aws as aws  # a fixture
from tests.test_presigned import server as server  # a fixture


def url_to(operation: str) -> str:
    url: str = s3().generate_presigned_url(operation, Params=PHOTO)
    return url


# ---------------------------------------------------------------- requests


@pytest.mark.usefixtures("aws")
def test_requests_streams_a_large_body() -> None:
    put_photo(s3(), LARGE)
    with requests.Session() as session, session.get(url_to("get_object"), stream=True) as response:
        assert isinstance(response.raw, urllib3.HTTPResponse)
        chunks = list(response.iter_content(100_000))

    assert b"".join(chunks) == LARGE
    assert {len(chunk) for chunk in chunks[:-1]} == {100_000}


@pytest.mark.usefixtures("aws")
def test_an_upload_in_pieces_is_sent_whole() -> None:
    pieces = (LARGE[index : index + (1 << 20)] for index in range(0, len(LARGE), 1 << 20))
    assert requests.put(url_to("put_object"), data=pieces, timeout=60).status_code == 200

    assert photo(s3()) == LARGE


def test_retries_of_a_session_are_its_own(aws: MockAWS) -> None:
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[404])))
        with pytest.raises(requests.exceptions.RetryError):
            session.get(url_to("get_object"))

    assert [(call.operation, call.status, call.backend) for call in aws.calls.filter("s3", "GetObject")] == [
        ("GetObject", 404, "requests")
    ] * 3


@pytest.mark.usefixtures("aws")
def test_cookies_are_the_sessions_own(server: LoopbackServer) -> None:
    server.answer = Answer(200, (("set-cookie", "seen=yes"),))
    with requests.Session() as session:
        session.get(server.url)
        session.get(url_to("get_object"))
        session.get(server.url)
        assert session.cookies.get_dict() == {"seen": "yes"}

    assert [request.headers.get("cookie") for request in server.received] == [None, "seen=yes"]


class Signing(HTTPAdapter):
    """An adapter that does something of its own to each request."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        request.headers["x-amz-meta-by"] = "ada"
        return super().send(request, *args, **kwargs)


@pytest.mark.usefixtures("aws")
def test_an_adapter_that_overrides_send_has_its_say() -> None:
    with requests.Session() as session:
        session.mount("https://", Signing())
        assert session.put(url_to("put_object"), data=b"...").status_code == 200

    assert s3().head_object(**PHOTO)["Metadata"] == {"by": "ada"}


class Canned(BaseAdapter):
    """An adapter that sends nothing."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.url = 299, request.url
        return response

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.usefixtures("aws")
def test_an_adapter_of_another_kind_is_left_alone() -> None:
    with requests.Session() as session:
        session.mount("https://photos.s3.amazonaws.com/", Canned())

        assert session.get("https://photos.s3.amazonaws.com/thing").status_code == 299


# ---------------------------------------------------------------- what is registered with Moto's mock of requests


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("url", ["https://api.example.com/users", "https://sts.amazonaws.com/users"])
def test_what_a_test_registers_with_motos_own_mock_is_answered(url: str) -> None:
    responses_mock.add(responses.GET, url, body=b"registered")

    for _ in range(2):
        assert requests.get(url, timeout=60).content == b"registered"


@pytest.mark.parametrize("order", ["before", "inside"])
def test_motos_own_mock_lets_the_rest_pass_to_another_one(order: str) -> None:
    with nothing_left_behind(), responses.RequestsMock() as theirs:
        theirs.add(responses.GET, "https://api.example.com/users", body=b"theirs")
        with mock_aws():
            responses_mock.add(responses.GET, "https://api.example.com/jobs", body=b"registered")
            assert requests.get("https://api.example.com/users", timeout=60).content == b"theirs"
            assert requests.get("https://api.example.com/jobs", timeout=60).content == b"registered"


@pytest.mark.usefixtures("aws")
def test_a_stage_of_an_api_gateway_is_answered(server: LoopbackServer) -> None:
    server.answer = Answer(200, (("content-type", "application/json"),), b'{"ada": 1}')
    gateway = boto3.client("apigateway", region_name="us-east-1")
    api = gateway.create_rest_api(name="users")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_method_response(**method, statusCode="200")
    gateway.put_integration(**method, type="HTTP", uri=f"{server.url}/users", integrationHttpMethod="GET")
    gateway.put_integration_response(**method, statusCode="200", responseTemplates={})
    gateway.create_deployment(restApiId=api, stageName="prod")

    answer = requests.get(f"https://{api}.execute-api.us-east-1.amazonaws.com/prod", timeout=60)

    assert (answer.status_code, answer.json()) == (200, {"ada": 1})
    assert [request.target for request in server.received] == ["/users"]


# ---------------------------------------------------------------- urllib3


@pytest.mark.usefixtures("aws")
def test_urllib3_streams_a_large_body() -> None:
    put_photo(s3(), LARGE)
    with urllib3.PoolManager() as pool:
        response = pool.request("GET", url_to("get_object"), preload_content=False)
        assert response.read(10) == LARGE[:10]
        assert b"".join(response.stream(100_000)) == LARGE[10:]
        response.release_conn()


def test_a_pool_of_one_host_retries_as_ever(aws: MockAWS) -> None:
    path = url_to("get_object").partition(".com")[2]
    with (
        urllib3.HTTPSConnectionPool("photos.s3.amazonaws.com", retries=Retry(1, status_forcelist=[404])) as pool,
        pytest.raises(urllib3.exceptions.MaxRetryError, match="too many 404 error responses"),
    ):
        pool.request("GET", path)

    assert [call.backend for call in aws.calls.filter("s3", "GetObject")] == ["urllib3"] * 2


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_not_asked(scheme: str) -> None:
    put_photo(s3())
    url = url_to("get_object").replace("https", scheme)
    proxies = {"http": "http://proxy.test:3128", "https": "http://proxy.test:3128"}

    assert requests.get(url, proxies=proxies, timeout=60).content == b"0123456789"
    with urllib3.ProxyManager("http://proxy.test:3128") as proxy:
        assert proxy.request("GET", url).data == b"0123456789"


# ---------------------------------------------------------------- boto3's own use of it


def test_what_boto3_sends_is_answered_once(aws: MockAWS) -> None:
    aws.calls.clear()
    put_photo(s3())

    assert [(call.operation, call.backend) for call in aws.calls] == [("PutObject", "boto3")]


def test_what_boto3_sends_past_the_mock_is_sent_once() -> None:
    with loopback_server() as server, mock_aws(config={"core": {"passthrough": {"services": ["s3"]}}}) as aws:
        s3(endpoint_url=server.url).put_object(**PHOTO, Body=b"...")
        assert list(aws.calls) == []

    assert [request.method for request in server.received] == ["PUT"]
