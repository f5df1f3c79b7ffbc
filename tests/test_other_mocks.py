"""Mocks of HTTP libraries beside ours, in whichever order they start and stop: what they have put there is theirs.

AWS is Moto's, all other hosts are theirs, and so is what Moto does not have.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
import boto3
import pytest
import requests
import responses
from botocore.config import Config
from yarl import URL

from aiomoto import MockAWS, mock_aws
from tests.programs import run_as_tests
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

THEIRS = "https://api.example.com/users"
# A stage of an API Gateway, which no service of Moto's answers.
STAGE = "https://abc123.execute-api.us-east-1.amazonaws.com/prod/users"
_SESSION = boto3.Session(region_name="us-east-1")


def presigned() -> str:
    """A URL to read an object that says hello."""
    keys = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}
    s3 = _SESSION.client("s3", config=Config(signature_version="s3v4"), **keys)
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key="hello", Body=b"hello")
    url: str = s3.generate_presigned_url("get_object", Params={"Bucket": "reports", "Key": "hello"})
    return url


# ---------------------------------------------------------------- respx, aioresponses, responses: any order


@contextmanager
def with_respx(url: str) -> Iterator[None]:
    respx = pytest.importorskip("respx", reason="needs respx")
    with respx.mock(assert_all_called=False) as router:
        router.get(url).respond(content=b"theirs")
        yield


async def over_httpx(url: str) -> bytes:
    body: bytes = import_module("httpx").get(url).content
    return body


async def over_httpx_async(url: str) -> bytes:
    async with import_module("httpx").AsyncClient() as client:
        body: bytes = (await client.get(url)).content
    return body


@contextmanager
def with_responses(url: str) -> Iterator[None]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(responses.GET, url, body=b"theirs")
        yield


@contextmanager
def with_default_responses(url: str) -> Iterator[None]:
    with responses.mock:
        responses.add(responses.GET, url, body=b"theirs")
        yield


async def over_requests(url: str) -> bytes:
    with requests.Session() as session:
        body: bytes = session.get(url, timeout=60).content
    return body


@contextmanager
def with_aioresponses(url: str) -> Iterator[None]:
    """It is asked first, and so it has to let AWS pass."""
    aioresponses = pytest.importorskip("aioresponses", reason="needs aioresponses").aioresponses
    with aioresponses(passthrough=[] if url == STAGE else ["https://reports.s3."]) as mock:
        mock.get(url, body=b"theirs", repeat=True, response_class=AioResponse)
        yield


class AioResponse(aiohttp.ClientResponse):
    """aioresponses 0.7.9 does not know of the stream that wrote the request, which aiohttp 3.14 asks for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "stream_writer" in inspect.signature(aiohttp.ClientResponse).parameters:
            kwargs["stream_writer"] = SimpleNamespace(output_size=0)
        super().__init__(*args, **kwargs)


async def over_aiohttp(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(URL(url, encoded=True)) as response:
        return await response.read()


class Theirs(NamedTuple):
    """Another mock: how to turn it on with a response for a URL, and a way to send what it answers."""

    name: str
    turned_on: Callable[[str], AbstractContextManager[None]]
    fetch: Callable[[str], Awaitable[bytes]]


MOCKS = [
    Theirs("respx-sync", with_respx, over_httpx),
    Theirs("respx-async", with_respx, over_httpx_async),
    Theirs("responses", with_responses, over_requests),
    Theirs("responses-default", with_default_responses, over_requests),
    Theirs("aioresponses", with_aioresponses, over_aiohttp),
]

each_mock = pytest.mark.parametrize("theirs", MOCKS, ids=lambda theirs: theirs.name)


@each_mock
@pytest.mark.parametrize("first_to_start", ["ours", "theirs"])
@pytest.mark.parametrize("first_to_stop", ["ours", "theirs"])
async def test_both_answer_what_is_theirs(theirs: Theirs, first_to_start: str, first_to_stop: str) -> None:
    with theirs.turned_on(THEIRS):
        await theirs.fetch(THEIRS)  # whatever is loaded or made once
    with nothing_left_behind():
        stacks = {"ours": ExitStack(), "theirs": ExitStack()}
        for name in sorted(stacks, reverse=first_to_start == "theirs"):
            stacks[name].enter_context(mock_aws() if name == "ours" else theirs.turned_on(THEIRS))
        assert await theirs.fetch(presigned()) == b"hello"
        assert await theirs.fetch(THEIRS) == b"theirs"

        stacks.pop(first_to_stop).close()
        if "ours" in stacks:
            assert await theirs.fetch(presigned()) == b"hello"
        else:
            assert await theirs.fetch(THEIRS) == b"theirs"
        stacks.popitem()[1].close()


@each_mock
@pytest.mark.parametrize("inner", ["ours", "theirs"])
async def test_what_moto_does_not_have_is_asked_of_the_other_mock(theirs: Theirs, inner: str) -> None:
    with ExitStack() as stack:
        for name in ("ours", "theirs") if inner == "theirs" else ("theirs", "ours"):
            stack.enter_context(mock_aws() if name == "ours" else theirs.turned_on(STAGE))

        assert await theirs.fetch(STAGE) == b"theirs"


@each_mock
async def test_what_is_let_out_is_asked_of_the_other_mock(theirs: Theirs) -> None:
    url = "https://letters.s3.amazonaws.com/hello"
    passthrough = {"core": {"passthrough": {"urls": ["https://letters.s3.amazonaws.com/"]}}}
    with theirs.turned_on(url), mock_aws(config=passthrough):
        assert await theirs.fetch(url) == b"theirs"


# ---------------------------------------------------------------- pytest-httpx: as its fixture starts and stops


@pytest.fixture
def ours() -> Iterator[MockAWS]:
    with mock_aws() as aws:
        yield aws


@pytest.fixture
def theirs_last(ours: MockAWS, request: pytest.FixtureRequest) -> Any:
    """pytest-httpx's fixture, turned on inside ours."""
    pytest.importorskip("pytest_httpx", reason="needs pytest-httpx")
    return request.getfixturevalue("httpx_mock")


@pytest.fixture
def theirs_first(request: pytest.FixtureRequest) -> Any:
    """The same, for a mock inside the test."""
    pytest.importorskip("pytest_httpx", reason="needs pytest-httpx")
    return request.getfixturevalue("httpx_mock")


@pytest.fixture
def loaded() -> None:
    """Let httpx load what it loads once."""
    with pytest.importorskip("httpx", reason="needs httpx").Client():
        pass


both_ways = pytest.mark.parametrize("fetch", [over_httpx, over_httpx_async], ids=["sync", "async"])


@both_ways
@pytest.mark.usefixtures("loaded")
async def test_inside_of_pytest_httpx_aws_is_motos(theirs_first: Any, fetch: Callable[[str], Awaitable[bytes]]) -> None:
    theirs_first.add_response(url=THEIRS, content=b"theirs", is_reusable=True)
    theirs_first.add_response(url=STAGE, content=b"a stage")
    with nothing_left_behind(), mock_aws():
        assert await fetch(presigned()) == b"hello"
        assert await fetch(THEIRS) == b"theirs"
        assert await fetch(STAGE) == b"a stage"
    assert await fetch(THEIRS) == b"theirs"


@pytest.mark.httpx_mock(should_mock=lambda request: not request.url.host.endswith(".amazonaws.com"))
@both_ways
async def test_pytest_httpx_inside_of_ours_is_asked_first(
    theirs_last: Any, fetch: Callable[[str], Awaitable[bytes]]
) -> None:
    theirs_last.add_response(url=THEIRS, content=b"theirs")

    assert await fetch(presigned()) == b"hello"
    assert await fetch(THEIRS) == b"theirs"


ENDS_AFTER_OURS = """
import httpx, pytest
from aiomoto import mock_aws

pytest_plugins = ["pytest_httpx"]

@pytest.fixture(scope="session", autouse=True)
def nothing_is_left():
    before = vars(httpx.HTTPTransport)["handle_request"]
    yield
    assert vars(httpx.HTTPTransport)["handle_request"] is before

@pytest.fixture
def ours():
    with mock_aws():
        yield

# The fixture of pytest-httpx undoes its work by monkeypatch, which ends after ours because it began before.
def test(monkeypatch, ours, httpx_mock):
    httpx_mock.add_response(url="https://api.example.com/", text="theirs")
    assert httpx.get("https://api.example.com/").text == "theirs"
"""


def test_pytest_httpx_may_end_after_ours(tmp_path: Path) -> None:
    pytest.importorskip("pytest_httpx", reason="needs pytest-httpx")
    (tmp_path / "test_ends_after_ours.py").write_text(ENDS_AFTER_OURS)

    run_as_tests(tmp_path / "test_ends_after_ours.py")


@both_ways
async def test_pytest_httpx_outlives_ours(
    request: pytest.FixtureRequest, fetch: Callable[[str], Awaitable[bytes]]
) -> None:
    pytest.importorskip("pytest_httpx", reason="needs pytest-httpx")
    with mock_aws():
        theirs = request.getfixturevalue("httpx_mock")
        theirs.add_response(url=THEIRS, content=b"theirs", is_reusable=True)
    assert await fetch(THEIRS) == b"theirs"
    with mock_aws():
        assert await fetch(presigned()) == b"hello"
        assert await fetch(THEIRS) == b"theirs"
    assert await fetch(THEIRS) == b"theirs"
