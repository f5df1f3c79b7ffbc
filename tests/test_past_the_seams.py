"""Requests that go past the methods that a mock replaces are answered a layer below, or refused. None leaves."""

from __future__ import annotations

import asyncio
import socket
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from http.client import HTTPConnection, HTTPSConnection
from importlib import import_module
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import anyio
import boto3
import pytest
import trio
from botocore.httpsession import URLLib3Session

from aiomoto import RequestBlockedError, mock_aws
from tests.loopback import LoopbackServer, loopback_server
from tests.seams import BOTO3, KEYS, SEAMS, Seam, each_seam, url_of_buckets
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

HOST = "s3.us-east-1.amazonaws.com"
Send = Callable[..., Awaitable[tuple[int, bytes]]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        yield server


@pytest.fixture
def everything_leads_to(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> LoopbackServer:
    """A server that has the address of every host, so that it sees what leaves."""
    address = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", server.server_address)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [address])
    return server


# ---------------------------------------------------------------- libraries that stand on http.client


async def over_urllib(url: str, data: bytes | None = None, **_: Any) -> tuple[int, bytes]:
    headers = {"content-type": "text/plain"} if data else {}
    request = urllib.request.Request(url, data, headers, method="PUT" if data else "GET")
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: ASYNC210  (that is what is tested)
        return response.status, response.read()


async def over_http_client(url: str, data: bytes | None = None, **_: Any) -> tuple[int, bytes]:
    split = urlsplit(url)
    connection = HTTPSConnection(split.netloc, timeout=60)
    for _attempt in range(2):  # the second one on the same connection
        connection.request("PUT" if data else "GET", f"{split.path}?{split.query}", data)
        response = connection.getresponse()
        body = response.read()
    connection.close()
    return response.status, body


async def over_httplib2(url: str, data: bytes | None = None, **_: Any) -> tuple[int, bytes]:
    httplib2 = pytest.importorskip("httplib2", reason="needs httplib2")
    http = httplib2.Http(timeout=60)
    response, body = http.request(url, "PUT" if data else "GET", data)
    http.close()
    return response.status, body


def _core(library: str) -> str:
    pytest.importorskip(library, reason=f"needs {library}")
    return library


def over_httpcore(library: str) -> Send:
    async def over_httpcore(url: str, data: bytes | None = None) -> tuple[int, bytes]:
        with import_module(_core(library)).ConnectionPool() as pool:
            response = pool.request("PUT" if data else "GET", url, content=data)
        return response.status, response.content

    return over_httpcore


def over_async_httpcore(library: str) -> Send:
    async def over_httpcore(url: str, data: bytes | None = None) -> tuple[int, bytes]:
        async with import_module(_core(library)).AsyncConnectionPool() as pool:
            response = await pool.request("PUT" if data else "GET", url, content=data)
        return response.status, response.content

    return over_httpcore


BELOW: dict[str, Send] = {
    "urllib.request": over_urllib,
    "http.client": over_http_client,
    "httplib2": over_httplib2,
    **{library: over_httpcore(library) for library in ("httpcore", "httpcore2")},
    **{f"{library}-async": over_async_httpcore(library) for library in ("httpcore", "httpcore2")},
}
each_library = pytest.mark.parametrize("send", BELOW.values(), ids=BELOW)


@each_library
async def test_it_is_answered_by_moto(send: Send) -> None:
    with nothing_left_behind(), mock_aws() as aws:
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="reports")
        where = {"Bucket": "reports", "Key": "june.txt"}

        status, _ = await send(s3.generate_presigned_url("put_object", where), b"all is well")
        assert status == 200
        assert await send(s3.generate_presigned_url("get_object", where)) == (200, b"all is well")

        assert aws.calls.filter("s3", "PutObject")[0].params["Key"] == "june.txt"


@pytest.mark.parametrize("send", [over_urllib, over_http_client], ids=["urllib.request", "http.client"])
async def test_what_moto_does_not_have_is_refused(send: Send) -> None:
    with mock_aws(), pytest.raises(RequestBlockedError, match="Moto has no service that answers it"):
        await send("https://nothing.us-east-1.amazonaws.com/")


def test_errors_of_aws_and_of_the_network_are_the_librarys() -> None:
    with mock_aws() as aws:
        url = BOTO3.client("s3").generate_presigned_url("list_objects_v2", {"Bucket": "none"})
        with pytest.raises(HTTPError) as not_found:
            urllib.request.urlopen(url)
        not_found.value.close()
        assert not_found.value.code == 404
        with aws.faults.add("s3", "ListObjectsV2", raises="connect_error"), pytest.raises(URLError, match="refused"):
            urllib.request.urlopen(url)
        with aws.faults.add("s3", "ListObjectsV2", raises="reset"), pytest.raises(ConnectionResetError):
            urllib.request.urlopen(url)


def test_a_connection_from_before_the_mock_leads_to_moto_in_it(server: LoopbackServer) -> None:
    connection = HTTPSConnection(HOST)
    connection.sock = socket.create_connection(("127.0.0.1", server.server_address[1]))
    with mock_aws():
        connection.request("GET", "/")
        with connection.getresponse() as response:
            assert b"ListAllMyBucketsResult" in response.read()
    assert server.received == []


def test_a_connection_that_is_opened_before_its_request_leads_to_moto() -> None:
    connection = HTTPSConnection(HOST)
    with mock_aws():
        connection.connect()
        connection.request("GET", "/")
        with connection.getresponse() as response:
            assert b"ListAllMyBucketsResult" in response.read()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_not_asked_for_aws(scheme: str, server: LoopbackServer) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({scheme: server.url}))
    with mock_aws(), opener.open(f"{scheme}://{HOST}/") as response:
        assert b"ListAllMyBucketsResult" in response.read()
    assert server.received == []


@each_library
async def test_other_hosts_are_the_librarys(send: Send, server: LoopbackServer) -> None:
    if send is over_http_client:
        pytest.skip("the same as urllib.request")
    with mock_aws():
        status, _ = await send(f"{server.url}/users")
    assert (status, [each.target for each in server.received]) == (200, ["/users"])


# ---------------------------------------------------------------- whoever has taken the place of what we replaced


@each_seam
async def test_aws_is_motos_where_a_method_has_been_put_back(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    """As another mock does that began before ours and ends inside it."""
    original = vars(seam.owner)[seam.name]
    with mock_aws():
        url = url_of_buckets()
        with monkeypatch.context() as patch:
            patch.setattr(seam.owner, seam.name, original)

            assert b"reports" in await seam.ask(url)


async def test_aws_is_motos_for_a_client_from_before_whose_session_was_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s3, original = boto3.Session().client("s3", **KEYS), vars(URLLib3Session)["send"]
    with mock_aws():
        boto3.Session().client("s3", **KEYS).create_bucket(Bucket="reports")
        with monkeypatch.context() as patch:
            patch.setattr(URLLib3Session, "send", original)

            assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["reports"]


async def look_up(host: str, port: int) -> None:
    await asyncio.get_running_loop().getaddrinfo(host, port)


@pytest.mark.parametrize("connect", [asyncio.open_connection, look_up])
async def test_a_connection_of_asyncios_own_is_refused(connect: Callable[..., Awaitable[Any]]) -> None:
    with mock_aws(), pytest.raises(RequestBlockedError, match=rf"^a connection to {HOST} was blocked") as error:
        await connect(HOST, 443)
    assert f'mock_aws(config={{"core": {{"passthrough": {{"urls": ["https://{HOST}/"]}}}}}})' in str(error.value)


async def over_trio(host: str, port: int) -> None:
    async with await trio.open_tcp_stream(host, port):
        pass


async def over_trio_with_tls(host: str, port: int) -> None:
    await trio.open_ssl_over_tcp_stream(host=host, port=port)


async def look_up_with_trio(host: str, port: int) -> None:
    await trio.socket.getaddrinfo(host.encode(), port)


async def over_anyio(host: str, port: int) -> None:
    async with await anyio.connect_tcp(host, port):
        pass


@pytest.mark.parametrize("connect", [over_trio, over_trio_with_tls, look_up_with_trio, over_anyio])
def test_a_connection_of_trios_own_is_refused(connect: Callable[..., Awaitable[Any]]) -> None:
    message = rf"^a connection to {HOST} was blocked"
    with nothing_left_behind(), mock_aws(), pytest.raises(RequestBlockedError, match=message):
        anyio.run(connect, HOST, 443, backend="trio")


@pytest.mark.parametrize("connect", [over_trio, over_anyio])
@pytest.mark.parametrize("host", [HOST, "example.org"], ids=["named-by-passthrough", "not-of-aws"])
def test_trio_connects_to_what_passes_through_and_to_other_hosts(
    connect: Callable[..., Awaitable[Any]], host: str, everything_leads_to: LoopbackServer
) -> None:
    with mock_aws(config={"core": {"passthrough": {"urls": [f"https://{HOST}/"]}}}):
        anyio.run(connect, host, everything_leads_to.server_address[1], backend="trio")


# ---------------------------------------------------------------- what is let out


@pytest.fixture
def reports(everything_leads_to: LoopbackServer) -> Iterator[str]:
    """The URL of a bucket, of which a mock lets out a part."""
    url = f"http://reports.s3.amazonaws.com:{everything_leads_to.server_address[1]}"
    with mock_aws(config={"core": {"passthrough": {"urls": [f"{url}/letters/"]}}}):
        BOTO3.client("s3").create_bucket(Bucket="reports", ACL="public-read")
        BOTO3.client("s3").put_object(Bucket="reports", Key="hello", Body=b"Moto", ACL="public-read")
        yield url


def test_a_connection_that_is_opened_first_passes_through_for_the_urls_that_are_named(
    reports: str, everything_leads_to: LoopbackServer
) -> None:
    connection = HTTPConnection(urlsplit(reports).netloc)
    connection.connect()
    connection.request("GET", "/letters/a")
    with connection.getresponse() as response:
        response.read()
    connection.close()

    assert [each.target for each in everything_leads_to.received] == ["/letters/a"]


LIBRARIES: dict[str, Callable[[str], Awaitable[Any]]] = {
    str(seam): seam.ask for seam in SEAMS if seam.name not in ("send", "create_endpoint")
} | {name: send for name, send in BELOW.items() if name not in ("http.client", "httplib2")}


@pytest.mark.parametrize("ask", LIBRARIES.values(), ids=LIBRARIES)
async def test_what_passthrough_names_goes_out_and_nothing_else(
    ask: Callable[[str], Awaitable[Any]], reports: str, everything_leads_to: LoopbackServer
) -> None:
    await ask(f"{reports}/letters/a")
    body = await ask(f"{reports}/hello")

    assert body in (b"Moto", (200, b"Moto"))
    assert [each.target for each in everything_leads_to.received] == ["/letters/a"]
